"""Cards are ranked by need, evidence and what the team measured; what was shown can be left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.assistant.gather import audience_of
from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Asker, Gap, Role, Tried
from bot.tactics.advise import Advisor
from bot.tactics.ledger.request import AdoptRequest
from bot.tactics.scoring import evidence_of, has_figure, outcome_of, score_of
from knowledge.documents import Tactic
from metrics import catalog
from metrics.effects.effect import Effect, Trial
from metrics.errors import QueryError
from metrics.query import Figure, KpiQuery, KpiResult, Period

HERE = {"category": ("母婴",)}
DAY = date(2026, 11, 9)
CARD = Tactic(
    id="a" * 16,
    title="早教直播",
    categories=("母婴",),
    channels=(),
    metrics=("GMV",),
    when="",
    actions=("讲一个主题",),
    evidence="2023年，母婴品牌转化率提升40%（《2023年电商运营年终回顾》› 1.3 双十一）",
    caution="",
    effort="",
    document_id="d",
    document="手册",
    file="手册.md",
    section="一",
    date=None,
    audience="everyone",
)


def run(verdict: str | None, state: str = "measured", scope: dict[str, tuple[str, ...]] | None = None) -> Tried:
    effect = Effect(Trial("gmv", HERE, DAY, DAY), verdict) if verdict else None  # type: ignore[arg-type]
    return Tried(scope or HERE, "gmv", "小林", DAY, DAY, state, effect)  # type: ignore[arg-type]


def gap(severity: float) -> Gap:
    figure = Figure("gmv", 1.0, "cny", Period(DAY, DAY), HERE, ("orders",), None)
    return Gap(figure, None, None, severity)


def test_a_worse_figure_better_evidence_and_a_measured_success_each_lift_a_card() -> None:
    bare = replace(CARD, evidence="行业通用做法")
    assert score_of(CARD, gap(0.2), (), HERE) > score_of(CARD, gap(0.1), (), HERE) > score_of(CARD, gap(-0.1), (), HERE)
    assert score_of(CARD, gap(0.1), (), HERE) > score_of(bare, gap(0.1), (), HERE)
    assert score_of(CARD, gap(0.1), (run("effective"),), HERE) > score_of(CARD, gap(0.1), (), HERE)
    assert score_of(CARD, gap(0.1), (run("harmful"),), HERE) < score_of(CARD, gap(0.1), (), HERE)


def test_an_outcome_elsewhere_counts_less_and_the_newest_counts_most() -> None:
    elsewhere = {"category": ("服饰",)}
    assert 1.0 < outcome_of((run("effective", scope=elsewhere),), HERE) < outcome_of((run("effective"),), HERE)
    assert outcome_of((run("harmful"), run("effective")), HERE) < 1.0 < outcome_of((run("effective"),), HERE)


@pytest.mark.parametrize(("state", "is_lower"), [("dropped", True), ("adopted", True), ("kept", False)])
def test_the_team_s_own_word_counts_too(state: str, is_lower: bool) -> None:
    assert (outcome_of((run(None, state),), HERE) < 1.0) is is_lower


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        ("2023年的教训是，忽视复盘会造成流量浪费（《2023年电商运营年终回顾》› 2.1 直播）", False),
        ("2023年，服饰品牌客单价提升30%（《回顾》› 2.1 直播）", True),
        ("GMV翻了三倍", True),
        ("", False),
    ],
)
def test_a_year_and_a_place_are_no_figure_of_a_case(evidence: str, told: bool) -> None:
    assert has_figure(replace(CARD, evidence=evidence)) is told


def test_no_evidence_weighs_least() -> None:
    assert evidence_of(replace(CARD, evidence="")) < evidence_of(replace(CARD, evidence="有人做过")) < evidence_of(CARD)


@pytest.mark.parametrize(("role", "measured"), [("operator", "new_buyers"), ("manager", "cac")])
def test_a_card_is_measured_on_what_the_reader_may_see(role: Role, measured: str) -> None:
    card = replace(CARD, metrics=("获客成本", "新客数"))

    class Shelf:
        def tactics(self, *, category: str | None = None, audience: str = "everyone") -> tuple[Tactic, ...]:
            return (card,)

        def source(self, card: Tactic, *, audience: str = "everyone") -> str:
            return ""

    def run(query: KpiQuery, now: datetime) -> KpiResult:
        raise QueryError("no data are connected", code="not_available")

    model = catalog.load()
    advisor = Advisor(model, Lexicon(model), run, Shelf())
    asker = Asker(role)
    (found,), _ = advisor.advise(HERE, (), Period(DAY, DAY), datetime(2026, 11, 10), audience_of(asker), asker)
    assert found.measured == measured


def test_a_request_to_adopt_comes_back_from_its_text() -> None:
    wanted = AdoptRequest("a" * 16, "gmv", {"category": ("母婴", "3C"), "channel": ("直播",)})
    assert AdoptRequest.parse(str(wanted)) == wanted
    assert AdoptRequest.parse(str(AdoptRequest("a" * 16, "gmv", {}))) == AdoptRequest("a" * 16, "gmv", {})
    assert AdoptRequest.parse("/adopt 母婴") is None
