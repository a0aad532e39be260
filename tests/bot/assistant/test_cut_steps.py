"""A week or month that the asked range cuts short is marked, and is neither the highest nor the lowest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from bot.app import Core, open_core
from bot.assistant.contract import plain_text
from bot.assistant.types import Asker, Question
from bot.settings import Settings
from tests.bot.assistant.conftest import NOW

FIRST, DAYS = date(2026, 8, 1), 107  # to 15 November
HEAD = "order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount\n"


@pytest.fixture(scope="module")
def even(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Core]:
    """¥10 a day, ¥20 a day from 12 to 18 October."""
    home = tmp_path_factory.mktemp("even")
    days = [FIRST + timedelta(days=n) for n in range(DAYS)]
    high = (date(2026, 10, 12), date(2026, 10, 18))
    rows = [
        f"{n},{day} 10:00:00,{n},true,母婴,直播,华东,1,{20 if high[0] <= day <= high[1] else 10}\n"
        for n, day in enumerate(days, 1)
    ]
    (home / "orders.csv").write_text(HEAD + "".join(rows), "utf-8")
    (home / "sources.yaml").write_text("tables:\n  orders: {files: orders.csv}\n", "utf-8")
    (home / "opsbot.toml").write_text("[knowledge]\nbundled = false\n", "utf-8")
    opened = open_core(Settings.load(home))
    yield opened
    opened.close()


def asked(core: Core, text: str) -> str:
    return plain_text(core.assistant.answer_now(Question(text, Asker("operator"), NOW, ())).html)


def test_weeks_cut_by_the_edges_of_a_month_are_no_extremes(even: Core) -> None:
    # 1 October is a Thursday: 4 days of ¥10; 26 to 31 October: 6 days. Whole weeks hold ¥70 and ¥140.
    text = asked(even, "10月每周GMV")
    assert "最高 ¥140.00（10/12）· 最低 ¥70.00（10/05）· 最近 ¥60.00（10/26*）" in text
    assert re.search(r"10/01\* +¥40\.00", text)
    assert "* 不足一整周，不参与最高、最低" in text


def test_a_month_cut_by_the_asked_range_is_marked_too(even: Core) -> None:
    text = asked(even, "monthly GMV from 2026-08-20 to 2026-10-31")
    # 12 days of August; September 30 × ¥10; October 31 × ¥10 and ¥70 more
    assert "high ¥380.00 (2026/10) · low ¥300.00 (2026/09)" in text
    assert re.search(r"2026/08\* +¥120\.00", text)
    assert "* not a whole month, left out of high and low" in text


def test_whole_weeks_carry_no_mark(even: Core) -> None:
    assert "*" not in asked(even, "9月28日到10月18日每周GMV")


def test_where_every_week_is_cut_the_mark_is_explained_without_more(even: Core) -> None:
    text = asked(even, "10月1日到10月8日每周GMV")
    assert "* 不足一整周\n" in text


def test_one_step_alone_is_neither_the_highest_nor_the_lowest(even: Core) -> None:
    text = asked(even, "10月12日到10月18日每周GMV")
    assert "最近 ¥140.00（10/12）" in text  # 7 × 20
    assert "最高" not in text
    assert "最低" not in text


def test_a_mark_that_is_not_shown_is_not_explained(even: Core) -> None:
    # 16 weeks from Saturday 1 August, too many for a table: the first is cut, the last whole and none of them named
    text = asked(even, "8月1日到11月15日每周GMV")
    assert "最高" in text
    assert "*" not in text
