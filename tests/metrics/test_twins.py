"""The period before and the one a year ago."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.calendar import Calendar
from metrics.periods import read
from metrics.query import Period
from metrics.twins import add_months, cut_like, previous, shifted, year_ago

ZONE = ZoneInfo("Asia/Shanghai")
WHOLE = (
    "昨天",
    "上周",
    "上上周",
    "上月",
    "上季度",
    "去年",
    "近7天",
    "近30天",
    "近4周",
    "近3个月",
    "前年上半年",
    "去年双11",
    "去年国庆",
    "去年618当天",
    "去年10月第一周",
    "去年11月上半月",
    "上两周",
    "两个月前",
    "去年11月最后三天",
)
RUNNING = ("今天", "本周", "本月", "本季", "今年", "这两天", "这两周", "10月至今")
moments = st.datetimes(datetime(2013, 1, 1), datetime(2039, 12, 31)).map(lambda moment: moment.replace(tzinfo=ZONE))


@cache
def calendar() -> Calendar:
    return Calendar.load()


def _period(text: str, now: str | datetime = "2026-11-22T14:30", week_start: int = 0) -> Period:
    moment = datetime.fromisoformat(now).replace(tzinfo=ZONE) if isinstance(now, str) else now
    return read(text, now=moment, calendar=calendar(), week_start=week_start).periods[0].period


def _days(period: Period | None) -> str:
    if period is None:
        return "none"
    until = f"T{period.until:%H:%M}" if period.until else ""
    return f"{period.start}..{period.end}{until}"


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("昨天", "2026-11-22T14:30", "2026-11-20..2026-11-20"),
        ("今天", "2026-11-22T14:30", "2026-11-21..2026-11-21T14:30"),
        ("上周", "2026-11-22T14:30", "2026-11-02..2026-11-08"),
        ("本周", "2026-11-18T09:00", "2026-11-09..2026-11-11T09:00"),
        ("上周三", "2026-11-22T14:30", "2026-11-10..2026-11-10"),  # a day → the day before
        ("上周末", "2026-11-22T14:30", "2026-11-07..2026-11-08"),
        ("上周一到周三", "2026-11-22T14:30", "2026-11-02..2026-11-04"),
        ("近7天", "2026-11-22T14:30", "2026-11-08..2026-11-14"),
        ("近4周", "2026-11-22T14:30", "2026-09-21..2026-10-18"),
        ("上月", "2026-11-22T14:30", "2026-09-01..2026-09-30"),
        ("2月", "2026-11-22T14:30", "2026-01-01..2026-01-31"),
        ("3月", "2026-11-22T14:30", "2026-02-01..2026-02-28"),
        ("本月", "2026-11-22T14:30", "2026-10-01..2026-10-22T14:30"),
        ("本月", "2026-03-31T14:30", "2026-02-01..2026-02-28T14:30"),  # February has no 31st
        ("月初到昨天", "2026-11-22T14:30", "2026-10-01..2026-10-21"),
        ("近3个月", "2026-11-22T14:30", "2026-05-01..2026-07-31"),
        ("上季度", "2026-11-22T14:30", "2026-04-01..2026-06-30"),
        ("本季", "2026-11-22T14:30", "2026-07-01..2026-08-22T14:30"),  # the 53rd day of each
        ("上半年", "2026-11-22T14:30", "2025-07-01..2025-12-31"),
        ("去年", "2026-11-22T14:30", "2024-01-01..2024-12-31"),
        ("今年", "2026-11-22T14:30", "2025-01-01..2025-11-22T14:30"),
        ("双11", "2026-11-22T14:30", "2026-10-21..2026-10-31"),
        ("11月1日到7日", "2026-11-22T14:30", "2026-10-25..2026-10-31"),
    ],
)
def test_the_period_before_has_the_same_length_or_the_same_elapsed_part(text: str, now: str, expected: str) -> None:
    assert _days(previous(_period(text, now), calendar())) == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        ("昨天", "2026-11-22T14:30", "2025-11-21..2025-11-21"),
        ("今天", "2024-02-29T10:00", "2023-02-28..2023-02-28T10:00"),
        ("上周", "2026-11-22T14:30", "2025-11-10..2025-11-16"),  # ISO week 46 of both years
        ("本周", "2026-11-22T14:30", "2025-11-17..2025-11-23T14:30"),
        ("本周", "2026-12-30T08:00", "2025-12-22..2025-12-24T08:00"),  # 2026 has a week 53, 2025 has not: week 52
        ("上周三", "2026-11-22T14:30", "2025-11-12..2025-11-12"),
        ("上周末", "2026-11-22T14:30", "2025-11-15..2025-11-16"),
        ("近7天", "2026-11-22T14:30", "2025-11-15..2025-11-21"),
        ("上月", "2026-11-22T14:30", "2025-10-01..2025-10-31"),
        ("2月", "2025-11-22T14:30", "2024-02-01..2024-02-29"),  # whole month against whole month
        ("本月", "2024-02-29T10:00", "2023-02-01..2023-02-28T10:00"),
        ("本季", "2026-11-22T14:30", "2025-10-01..2025-11-22T14:30"),
        ("今年", "2026-11-22T14:30", "2025-01-01..2025-11-22T14:30"),
        ("双11", "2026-11-22T14:30", "2025-11-01..2025-11-11"),
        ("双11", "2026-11-05T10:00", "2025-11-01..2025-11-05T10:00"),
        ("618当天", "2026-11-22T14:30", "2025-06-18..2025-06-18"),
        ("双11前一周", "2026-11-22T14:30", "2025-11-04..2025-11-10"),
        ("国庆", "2026-11-22T14:30", "2025-10-01..2025-10-07"),  # seven days against the first seven
        # new moon 2026-02-17 and 2025-01-29: the days off began two days before it
        ("春节", "2026-11-22T14:30", "2025-01-27..2025-02-04"),
        ("春节前一周", "2026-11-22T14:30", "2025-01-20..2025-01-26"),
        ("中秋", "2026-11-22T14:30", "2025-10-06..2025-10-08"),
        # lunar days keep their place in the lunar month: new moons 2026-02-17 and 2025-01-29, 2026-09-11 and 2025-09-22
        ("正月十五", "2026-11-22T14:30", "2025-02-12..2025-02-12"),
        ("农历八月十五", "2026-11-22T14:30", "2025-10-06..2025-10-06"),
        ("黑五", "2025-12-22T14:30", "2024-11-29..2024-12-02"),
        ("母亲节", "2026-11-22T14:30", "2025-05-11..2025-05-11"),
        ("10月第一周", "2026-11-22T14:30", "2025-09-29..2025-10-05"),  # ISO week 40 of both years
        ("10月上半月", "2026-11-22T14:30", "2025-10-01..2025-10-15"),
        ("2009年双11", "2020-11-22T14:30", "none"),  # the first one
    ],
)
def test_the_period_a_year_ago(text: str, now: str, expected: str) -> None:
    assert _days(year_ago(_period(text, now), calendar())) == expected


def test_a_campaign_that_had_other_dates_is_compared_as_a_whole(tmp_path: Path) -> None:
    own = tmp_path / "calendar.yaml"
    own.write_text(
        "events:\n  double11:\n    years:\n      2025: {day: 2025-11-11, campaign: [2025-10-09, 2025-11-14]}\n",
        encoding="utf-8",
    )
    mine = Calendar.load(own)

    assert _days(year_ago(_period("双11"), mine)) == "2025-10-09..2025-11-14"
    # the first five days against the first five
    assert _days(year_ago(_period("双11", "2026-11-05T10:00"), mine)) == "2025-10-09..2025-10-13T10:00"


def test_the_same_part_of_an_earlier_unit() -> None:
    yesterday, week = _period("昨天"), _period("本周")

    assert _days(shifted(yesterday, "week", calendar())) == "2026-11-14..2026-11-14"
    assert _days(shifted(yesterday, "month", calendar())) == "2026-10-21..2026-10-21"
    assert _days(shifted(week, "week", calendar())) == _days(previous(week, calendar()))


def test_a_whole_baseline_is_cut_to_the_elapsed_part() -> None:
    cut = cut_like(_period("本周", "2026-11-18T09:00"), _period("上上周", "2026-11-18T09:00"))

    assert _days(cut) == "2026-11-02..2026-11-04T09:00"
    assert not cut.complete


def test_a_twin_carries_no_phrase_of_the_asker() -> None:
    assert previous(_period("上周"), calendar()).label == ""


@given(st.sampled_from(WHOLE), moments)
@settings(max_examples=300, deadline=None)
def test_whole_twins_adjoin_and_the_one_before_the_one_before_adjoins_again(text: str, now: datetime) -> None:
    period = _period(text, now)
    twin = previous(period, calendar())
    before = previous(twin, calendar())

    assert twin.end + timedelta(1) == period.start
    assert before.end + timedelta(1) == twin.start
    assert twin.complete
    if period.kind not in ("month", "quarter", "year"):
        assert twin.days == period.days


@given(st.sampled_from(RUNNING), moments, st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_running_twins_do_not_overlap_and_are_never_whole(text: str, now: datetime, week_start: int) -> None:
    period = _period(text, now, week_start)
    twin = previous(period, calendar())

    assert twin.end < period.start
    assert twin.days <= period.days + (period.kind == "year")  # to the same date, over a 29 February
    assert not twin.complete
    assert twin.until is not None
    assert twin.until.date() == twin.end
    assert twin.until.time() == now.time()


@given(st.sampled_from(WHOLE + RUNNING), moments)
@settings(max_examples=300, deadline=None)
def test_a_year_ago_lies_about_a_year_back_and_is_as_long(text: str, now: datetime) -> None:
    period = _period(text, now)
    twin = year_ago(period, calendar())

    assert twin is not None
    assert 350 <= (period.start - twin.start).days <= 371
    assert abs(twin.days - period.days) <= 1  # a 29 February
    assert twin.complete == period.complete


@given(st.dates(date(2013, 1, 1), date(2039, 12, 31)), moments)
@settings(max_examples=200, deadline=None)
def test_weeks_a_year_ago_begin_on_the_same_weekday(day: date, now: datetime) -> None:
    period = _period("上周", now)
    twin = year_ago(period, calendar())

    assert twin is not None
    assert twin.start.weekday() == period.start.weekday() == 0
    assert twin.start.isocalendar().week in (period.start.isocalendar().week, 52)


@given(st.dates(date(2013, 1, 1), date(2039, 12, 31)), st.integers(-30, 30))
def test_adding_months_keeps_the_day_or_takes_the_last(day: date, count: int) -> None:
    moved = add_months(day, count)

    assert (moved.year - day.year) * 12 + moved.month - day.month == count
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)
