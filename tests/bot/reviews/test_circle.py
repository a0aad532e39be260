"""The circle closes: what was measured becomes a card of a review, and the review answers and advises once indexed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Asker
from bot.reviews.desk import Written
from bot.tactics.advise import Advisor
from bot.tactics.draft_board import DraftBoard
from bot.tactics.drafting import vocabulary_of
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.entry import text_of as json_of
from knowledge.library import Library
from knowledge.loading.registry import load
from knowledge.tactics import read_tactics
from metrics.anomalies.anomaly import Scan
from metrics.effects.effect import Interval
from metrics.query import Period
from tests.bot.ledger.entries import CARD, EFFECT, MEASURED, ROW
from tests.bot.reviews.conftest import NOW, Shop, desk_over, text_of

HARMFUL = replace(EFFECT, verdict="harmful", interval=Interval(-0.052, -0.081, -0.012, 0.06), money=-5000.0)
UNSEEN = replace(EFFECT, verdict="cannot_tell", interval=Interval(0.01, -0.05, 0.07, 0.08), money=None)
ROWS = (
    replace(MEASURED, id=1),
    replace(MEASURED, id=2, card=json_of(replace(CARD, title="低价引流")), effect=json_of(HARMFUL)),
    replace(MEASURED, id=3, card=json_of(replace(CARD, title="短信召回")), effect=json_of(UNSEEN)),
    replace(ROW, id=4, card=json_of(replace(CARD, title="晚场直播")), review=date(2026, 12, 1)),
    replace(
        MEASURED,
        id=5,
        card=json_of(replace(CARD, title="旧打法")),
        start=date(2026, 1, 5),
        review=date(2026, 1, 19),
    ),
)


@pytest.fixture(scope="module")
def written(shop: Shop) -> Written:
    board = LedgerBoard()
    board.hold(ROWS)
    desk = desk_over(shop.analyst, board, lambda *_: Scan(()))
    request = desk.command("month", NOW, "zh")
    assert request != "unclear"
    return desk.write(request, Asker("operator"), NOW)


@pytest.fixture(scope="module")
def library(written: Written, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "2026年10月经营复盘.md").write_text(written.markdown, encoding="utf-8")
    opened = Library.open(tmp_path_factory.mktemp("index"), (folder,), embedding="hash", serving=False)
    opened.sync()
    yield opened
    opened.close()


def test_what_was_measured_is_told_for_what_it_is(written: Written) -> None:
    section = written.markdown.split("、战法与成效\n")[1].split("\n## ")[0]
    assert "- **有效**：家电 · 私域采用“以旧换新”" in section
    assert "家电 · 私域 GMV +8.1%（90% 区间 +1.9…+14.6），有效" in section
    assert "- **教训**：家电 · 私域采用“低价引流”" in section
    assert "−5.2%（90% 区间 −8.1…−1.2）" in section
    assert "- **还不能下结论**：家电 · 私域采用“短信召回”" in section
    assert "- **进行中**：家电 · 私域采用“晚场直播”" in section
    assert "旧打法" not in section  # over before the month began
    assert written.is_grounded


def test_only_what_was_effective_becomes_a_card(written: Written) -> None:
    for data, name in ((written.markdown.encode(), "a.md"), (written.docx, "a.docx")):
        cards = read_tactics(load(data, name))
        (card,) = cards.tactics
        assert cards.mistakes == ()
        assert (card.title, card.categories, card.channels, card.metrics) == (
            "以旧换新",
            ("家电",),
            ("私域",),
            ("GMV",),
        )
        assert card.actions == ("先估价", "再换新")
        assert "+8.1%（90% 区间 +1.9…+14.6），有效" in card.evidence
        assert "《大促作战手册》" in card.evidence  # where the way comes from stays known
        assert "¥3.2万" in card.when  # where the metric stood


def test_a_question_is_answered_with_a_citation_of_the_review(library: Library) -> None:
    found = library.search("2026年10月以旧换新效果怎么样")
    assert found.verdict == "answer"
    assert found.passages[0].document == "2026年10月经营复盘"
    assert "+8.1%" in found.passages[0].text


def test_a_limited_chat_reads_no_other_category_s_figures_out_of_a_review_of_the_whole_shop(library: Library) -> None:
    question = "2026年10月以旧换新效果怎么样"
    assert library.search(question).passages
    assert library.search(question, categories=("母婴",)).passages == ()


def test_the_card_is_suggested_next_time(shop: Shop, library: Library) -> None:
    model = shop.analyst.model
    cards = DraftBoard(library, vocabulary_of(model), shop.analyst.zone)
    advisor = Advisor(model, Lexicon(model), shop.analyst.run, cards)
    week = Period(date(2026, 11, 9), date(2026, 11, 15), "week")
    suggestions, is_own = advisor.advise({"category": ("家电",)}, ("gmv",), week, NOW, "everyone")
    assert is_own
    assert suggestions[0].tactic.title == "以旧换新"
    assert suggestions[0].tactic.document == "2026年10月经营复盘"


def test_an_entry_outside_a_chat_s_categories_stays_out(shop: Shop) -> None:
    board = LedgerBoard()
    board.hold(ROWS)
    desk = desk_over(shop.analyst, board, lambda *_: Scan(()))
    written = text_of(desk, "month", Asker("operator", categories=("母婴",)), NOW)
    assert "以旧换新" not in written.markdown
    assert all("以旧换新" not in line for line in written.review.summary)
