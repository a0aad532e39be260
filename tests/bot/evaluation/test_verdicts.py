"""What counts as wrong, as confident and as asked back without need."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.app import Core
from bot.assistant.types import Answer, Facts, Intent, Plan, Question
from bot.evaluation.asking import Examination
from bot.evaluation.cases import EMPTY, Case
from bot.evaluation.report import Report, as_json, as_text
from bot.evaluation.verdicts import Outcome, judge
from metrics.query import KpiQuery, Period
from tests.bot.evaluation.conftest import NOW

DAY = Period(date(2026, 11, 21), date(2026, 11, 21), "day")
PLAN = Plan("kpi", "zh", "昨天GMV", KpiQuery(("gmv", "orders"), DAY, {"category": ("母婴", "服饰")}))


def case(intent: str = "kpi", **expected: list[Any]) -> Case:
    empty = {name: (value,) for name, value in EMPTY.items()}
    given = {name: tuple(values) for name, values in expected.items()}
    return Case(1, "昨天GMV", (), None, None, {"intent": (intent,), **empty, **given})


def test_the_order_of_metrics_and_values_does_not_matter() -> None:
    expected = case(metrics=[["gmv", "orders"]], where=[{"category": ["服饰", "母婴"]}])
    assert judge(expected, Outcome(PLAN)).is_exact


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metrics", ["gmv"]),
        ("where", {}),
        ("by", ["channel"]),
        ("grain", "day"),
        ("period", {"start": "2026-11-21", "end": "2026-11-21", "complete": False}),
        ("compare", "previous"),
        ("top", 3),
    ],
)
def test_a_figure_for_another_question_is_wrong_and_confident(field: str, value: object) -> None:
    scope: dict[str, list[Any]] = {"where": [{"category": ["服饰", "母婴"]}]}
    expected = case("kpi", **scope | {field: [value]})
    verdict = judge(expected, Outcome(PLAN))
    assert verdict.different == (field,)
    assert verdict.is_confident


@pytest.mark.parametrize("intent", ["clarify", "abstain", "denied"])
def test_asking_back_is_not_confident_but_needless(intent: Intent) -> None:
    verdict = judge(case(), Outcome(replace(PLAN, intent=intent, query=None)))
    assert (verdict.is_confident, verdict.asks_needlessly) == (False, True)


def test_a_passage_in_the_place_of_a_figure_is_wrong_and_confident() -> None:
    assert judge(case(), Outcome(Plan("knowledge", "zh", ""))).is_confident


def test_a_figure_in_the_place_of_a_refusal_is_wrong_and_confident() -> None:
    assert judge(case("denied"), Outcome(PLAN)).is_confident


def test_another_reason_to_ask_back_is_a_miss_and_no_more() -> None:
    verdict = judge(case("clarify", unclear=["future"]), Outcome(Plan("clarify", "zh", "", unclear="unknown_word")))
    assert not verdict.is_exact
    assert not verdict.is_confident
    assert not verdict.asks_needlessly


def test_an_answer_that_held_no_figure_is_not_confident() -> None:
    answer = Answer(PLAN, "", Facts())
    assert not judge(case(top=[3]), Outcome(PLAN, answer)).is_confident


def test_a_question_that_crashes_is_counted_and_says_with_what() -> None:
    crashed = judge(case(), Outcome(None, error="ZeroDivisionError: by nothing"))
    assert (crashed.has_crashed, crashed.is_exact, crashed.is_confident) == (True, False, False)
    report = Report("own.yaml", (crashed, judge(case(), Outcome(replace(PLAN, query=None)))), 0.1)
    assert as_json(report)["crashed"] == 1
    assert "    ZeroDivisionError: by nothing" in list(as_text(report))


def test_a_crash_does_not_keep_the_next_question_from_being_asked(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_on_blank(question: Question) -> Plan:
        if not question.text:
            raise ZeroDivisionError
        return understand(question)

    understand = core.assistant.understander.understand
    monkeypatch.setattr(core.assistant.understander, "understand", fails_on_blank)
    cases = [replace(case(), question=""), case(where=[{}])]
    first, second = Examination(core.assistant, NOW, "operator", answers=False).verdicts(cases)
    assert (first.has_crashed, second.is_exact) == (True, True)
