"""Which sentences ask for a review, and of what; everything else is left to the assistant."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.assistant.lexicon import Lexicon
from bot.reviews.requests import RequestReader
from metrics import catalog
from metrics.calendar import Calendar

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SPAN = (date(2025, 9, 28), date(2026, 11, 22))
READER = RequestReader(Lexicon(catalog.load()), Calendar.load())


@pytest.mark.parametrize(
    ("text", "unit", "start", "end", "categories"),
    [
        ("写一份上周复盘", "week", "2026-11-09", "2026-11-15", ()),
        ("11月月报", "month", "2026-11-01", "2026-11-22", ()),
        ("11月报", "month", "2026-11-01", "2026-11-22", ()),
        ("上個月的月報", "month", "2026-10-01", "2026-10-31", ()),
        ("麻烦帮我出一份母婴10月的经营复盘", "month", "2026-10-01", "2026-10-31", ("母婴",)),
        ("上季度复盘", "quarter", "2026-07-01", "2026-09-30", ()),
        ("周报", "week", "2026-11-09", "2026-11-15", ()),
        ("生成2025年年终总结", "year", "2025-01-01", "2025-12-31", ()),
        ("write last month's review", "month", "2026-10-01", "2026-10-31", ()),
        ("Can you draft a review of last week for Mother & Baby?", "week", "2026-11-09", "2026-11-15", ("母婴",)),
        ("give me the 2025 annual report", "year", "2025-01-01", "2025-12-31", ()),
    ],
)
def test_a_sentence_asks_for_a_review(text: str, unit: str, start: str, end: str, categories: tuple[str, ...]) -> None:
    found = READER.plain(text, NOW, "zh", SPAN)
    assert found is not None
    assert (found.unit, str(found.period.start), str(found.period.end)) == (unit, start, end)
    assert found.categories == categories
    assert found.language == ("en" if text.isascii() else "zh")


@pytest.mark.parametrize(
    "text",
    [
        "复盘",
        "直播复盘脚本怎么做",
        "为什么要复盘",
        "上周GMV",
        "2023年电商运营年终回顾讲了什么",
        "2023年复盘",  # before the data: a document is meant
        "去年总结里怎么说私域",
        "上周复盘里提到的战法",
        "双11复盘",
        "what does the annual review say about live",
        "上周和上上周复盘",
    ],
)
def test_other_sentences_are_left_to_the_assistant(text: str) -> None:
    assert READER.plain(text, NOW, "zh", SPAN) is None


@pytest.mark.parametrize(
    ("words", "start", "complete"),
    [
        ("week", "2026-11-09", True),
        ("month", "2026-10-01", True),
        ("quarter", "2026-07-01", True),
        ("year", "2026-01-01", False),
        ("year 2025", "2025-01-01", True),
        ("本月", "2026-11-01", False),
        ("2026-10", "2026-10-01", True),
        ("week 2026-11-09~2026-11-15", "2026-11-09", True),
    ],
)
def test_the_command_takes_a_unit_or_a_time(words: str, start: str, complete: bool) -> None:
    found = READER.command(words, NOW, "zh")
    assert found != "unclear"
    assert (str(found.period.start), found.period.complete) == (start, complete)


@pytest.mark.parametrize("words", ["", "foo", "近7天", "2026-11-10~2026-11-16", "月报 上周", "双11", "昨天"])
def test_what_names_no_review_is_unclear(words: str) -> None:
    assert READER.command(words, NOW, "zh") == "unclear"
