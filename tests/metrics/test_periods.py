"""Words about time, against a table worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from metrics.calendar import Calendar
from metrics.periods import Reading, anchored, default_period, describe, read
from metrics.query import Period

ZONE = ZoneInfo("Asia/Shanghai")
ASKED_BACK = "?"
SUNDAY = datetime(2026, 11, 22, 14, 30, tzinfo=ZONE)


@cache
def calendar() -> Calendar:
    return Calendar.load()


def _table() -> list[Any]:
    groups = yaml.safe_load((Path(__file__).parent / "period_cases.yaml").read_text(encoding="utf-8"))
    return [
        pytest.param(str(text), expected, _moment(group["now"]), group.get("week_start", 0), id=f"{index}-{text}")
        for index, group in enumerate(groups)
        for text, expected in group["cases"].items()
    ]


def _moment(value: object) -> datetime:
    """yaml leaves `2026-11-22T14:30` a text, as it has no seconds."""
    return datetime.fromisoformat(str(value)).replace(tzinfo=ZONE)


def _said(reading: Reading, now: datetime) -> str:
    """A reading in the notation of the table."""
    parts = []
    for match in reading.periods:
        days = _days(match.period, now)
        parts.append(f"future {days}" if match.future else f"({days})" if match.implied else days)
    for compare in reading.compares:
        parts.append(compare.kind + (f"={_days(compare.against, None)}" if compare.against else ""))
    parts += [f"by {reading.grain}"] if reading.grain else []
    parts += [f"?{words.text}" for words in reading.unread]
    return " | ".join(parts) or "-"


def _days(period: Period, now: datetime | None) -> str:
    if period.until is None:
        return f"{period.start}..{period.end}"
    assert not period.complete
    assert period.until.date() == period.end
    return f"{period.start}..now" if period.until == now else f"{period.start}..{period.until:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(("text", "expected", "now", "week_start"), _table())
def test_words_about_time_mean_the_days_of_the_table(text: str, expected: str, now: datetime, week_start: int) -> None:
    reading = read(text, now=now, calendar=calendar(), week_start=week_start)

    if expected == ASKED_BACK:
        assert reading.unread
    else:
        assert _said(reading, now) == expected


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(_table()) >= 1000


def _read(text: str, now: datetime = SUNDAY) -> Reading:
    return read(text, now=now, calendar=calendar())


def test_offsets_point_at_the_words_in_the_text() -> None:
    reading = _read("母婴 上周 转化率 比上上周 按天 最近")

    assert [match.text for match in reading.periods] == ["上周"]
    assert reading.compares[0].text == "比上上周"
    assert reading.grain_span is not None
    assert reading.grain_span.text == "按天"
    assert reading.unread[0].text == "最近"
    for found in (*reading.periods, *reading.compares, reading.grain_span, *reading.unread):
        assert "母婴 上周 转化率 比上上周 按天 最近"[found.start : found.end] == found.text


def test_the_label_is_the_phrase_as_written() -> None:
    assert _read("看看25年双十一的gmv").periods[0].period.label == "25年双十一"


def test_a_period_ahead_is_flagged_and_not_complete() -> None:
    match = _read("下周").periods[0]

    assert match.future
    assert not match.period.complete
    assert match.period.until is None


def test_without_time_yesterday_is_meant() -> None:
    assert default_period(SUNDAY) == Period(date(2026, 11, 21), date(2026, 11, 21), "day")


def test_a_named_baseline_follows_the_period_of_the_turn_before() -> None:
    last_year = _read("跟去年比").compares[0]
    last_week = _read("较上周同期").compares[0]
    yesterday = default_period(SUNDAY)

    assert anchored(last_year, yesterday, calendar()).kind == "year_ago"  # type: ignore[union-attr]
    against = anchored(last_week, yesterday, calendar()).against  # type: ignore[union-attr]
    assert against is not None
    assert against.start == date(2026, 11, 14)


def test_a_baseline_of_another_unit_cannot_be_anchored() -> None:
    assert anchored(_read("比上月").compares[0], default_period(SUNDAY), calendar()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上周", "11/09–11/15"),
        ("昨天", "11/21"),
        ("今天", "11/22 00:00–14:30"),
        ("本周", "11/16–11/22 14:30"),
        ("去年双11", "2025/11/01–11/11"),
        ("去年12月到今年1月", "2025/12/01–2026/01/31"),
    ],
)
def test_dates_are_printed_in_digits_with_the_year_where_it_is_another(text: str, expected: str) -> None:
    period = _read(text).periods[0].period

    assert describe(period, "zh", now=SUNDAY) == describe(period, "en", now=SUNDAY) == expected


def test_without_a_now_the_year_is_always_printed() -> None:
    assert describe(default_period(SUNDAY), "en") == "2026/11/21"


def test_a_promotion_of_the_users_calendar_is_read(tmp_path: Path) -> None:
    own = tmp_path / "calendar.yaml"
    own.write_text(
        'events:\n  birthday:\n    name: {zh: 店庆, en: Shop birthday}\n    aliases: [black friday]\n    day: "08-18"\n'
        '    campaign: ["08-16", "08-20"]\n',
        encoding="utf-8",
    )
    mine = Calendar.load(own)

    for text in ("店庆", "shop birthday", "black friday"):
        period = read(text, now=SUNDAY, calendar=mine).periods[0].period
        assert (period.start, period.end) == (date(2026, 8, 16), date(2026, 8, 20))


@pytest.mark.parametrize(
    "unit", ["2025", "1.", "上", "11.11", "618", "99 ", "同比", "上周比", " ", "last ", "一", "3月到"]
)
def test_a_long_text_made_to_be_slow_is_read_to_its_end(unit: str) -> None:
    """A pattern that looks back over the whole text would be met here: it does not come back."""
    _read((unit * 10_000)[:10_000])
