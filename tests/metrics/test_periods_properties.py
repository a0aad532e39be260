"""What holds for every text and every day, not only for the table."""

from __future__ import annotations

import calendar as months
from datetime import datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.calendar import Calendar
from metrics.periods import Reading, read
from metrics.query import Period

ZONE = ZoneInfo("Asia/Shanghai")
PHRASES = (
    *(
        "今天",
        "昨天",
        "本周",
        "上周",
        "上周三",
        "上周末",
        "本月",
        "上月",
        "上季度",
        "今年",
        "去年",
        "近7天",
        "近4周",
        "近3个月",
    ),
    *(
        "双11",
        "618当天",
        "春节",
        "国庆",
        "去年双11",
        "双11前一周",
        "3月",
        "8号",
        "q3",
        "上半年",
        "8月到10月",
        "11.1到11.11",
    ),
    *("last week", "past 4 weeks", "nov 1-11", "q3 2025", "double 11", "mtd", "周一到周三", "月初至今", "10月至今"),
)
FRAGMENTS = (
    *PHRASES,
    *(
        "比",
        "较",
        "和",
        "到",
        "-",
        "~",
        "的",
        "环比",
        "同比",
        "去年同期",
        "上周同期",
        "vs",
        "前",
        "后",
        "前三天",
        "之后",
        "期间",
        "当天",
    ),
    *(
        "最近",
        "目标",
        "每天",
        "by week",
        "年",
        "月",
        "日",
        "号",
        "11",
        "2",
        "30",
        ".",
        "/",
        ":",
        " ",
        "元",
        "%",
        "gmv",
        "母婴",
        "起",
        "以来",
        "第二周",
        "最后一天",
        "前三天",
        "first half of ",
        "week of ",
        "农历",
        "正月",
        "一下",
        "、",
        "到",
        "/2026",
    ),
)
moments = st.datetimes(datetime(2012, 1, 1), datetime(2040, 12, 31)).map(lambda moment: moment.replace(tzinfo=ZONE))
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join) | st.text(max_size=40)


@cache
def calendar() -> Calendar:
    return Calendar.load()


def _read(text: str, now: datetime, week_start: int = 0) -> Reading:
    return read(text, now=now, calendar=calendar(), week_start=week_start)


@given(texts, moments, st.integers(0, 6))
@settings(max_examples=400, deadline=None)
def test_reading_never_raises_and_every_find_lies_in_the_text(text: str, now: datetime, week_start: int) -> None:
    reading = _read(text, now, week_start)

    spans = [
        *reading.periods,
        *reading.compares,
        *reading.unread,
        *([reading.grain_span] if reading.grain_span else []),
    ]
    for found in spans:
        assert 0 <= found.start <= found.end <= len(text)
        assert found.text == text[found.start : found.end]


@given(texts, moments, st.integers(0, 6))
@settings(max_examples=400, deadline=None)
def test_a_period_ends_today_at_the_latest_unless_it_lies_ahead(text: str, now: datetime, week_start: int) -> None:
    for match in _read(text, now, week_start).periods:
        period = match.period
        assert period.start <= period.end
        assert match.future == (period.start > now.date())
        if match.future:
            assert not period.complete
        elif period.complete:
            assert period.end < now.date()
            assert period.until is None
        else:
            assert period.end == now.date()
            assert period.until == now


@given(st.sampled_from(PHRASES), moments)
@settings(max_examples=300, deadline=None)
def test_the_label_of_a_period_reads_as_the_same_period(phrase: str, now: datetime) -> None:
    period = _read(f"看看{phrase} gmv", now).periods[0].period

    assert _read(period.label, now).periods[0].period == period


@given(st.dates(datetime(2012, 1, 1).date(), datetime(2040, 12, 31).date()), moments)
@settings(max_examples=200, deadline=None)
def test_a_full_date_means_that_day_however_it_is_written(day: object, now: datetime) -> None:
    assert hasattr(day, "strftime")
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        found = _read(day.strftime(form), now)
        inside = abs(int(day.strftime("%Y")) - now.year) <= 50
        assert inside
        assert [match.period.start for match in found.periods] == [day]


@given(st.integers(1, 12), st.integers(1, 31), moments)
@settings(max_examples=200, deadline=None)
def test_a_day_without_a_year_is_the_latest_one_not_after_today(month: int, day: int, now: datetime) -> None:
    reading = _read(f"{month}月{day}日", now)

    if day > months.monthrange(2024, month)[1]:  # not even in a leap year
        assert reading.periods == ()
        assert reading.unread
        return
    found = reading.periods[0].period.start
    assert (found.month, found.day) == (month, day)
    assert found <= now.date()
    later = [year for year in range(found.year + 1, now.year + 1) if day <= months.monthrange(year, month)[1]]
    assert all((year, month, day) > (now.year, now.month, now.day) for year in later)


@given(st.integers(1, 99), moments)
@settings(max_examples=100, deadline=None)
def test_the_last_so_many_days_are_whole_and_end_yesterday(count: int, now: datetime) -> None:
    period: Period = _read(f"近{count}天", now).periods[0].period

    assert period.complete
    assert period.days == count
    assert (now.date() - period.end).days == 1


@given(st.integers(1, 20), moments, st.integers(0, 6))
@settings(max_examples=100, deadline=None)
def test_the_last_so_many_weeks_are_whole_weeks(count: int, now: datetime, week_start: int) -> None:
    period = _read(f"近{count}周", now, week_start).periods[0].period

    assert period.complete
    assert period.days == 7 * count
    assert period.start.weekday() == week_start
    assert 1 <= (now.date() - period.end).days <= 7


@given(moments)
@settings(max_examples=100, deadline=None)
def test_running_periods_hold_the_time_of_day(now: datetime) -> None:
    for phrase in ("今天", "本周", "本月", "本季", "今年"):
        period = _read(phrase, now).periods[0].period
        assert period.until is not None
        assert period.until.timetz() == now.timetz() != time(0) or now.time() == time(0)


SPANS = (
    *(
        "今天",
        "昨天",
        "本周",
        "上周三",
        "上周末",
        "上两周",
        "两个月前",
        "本月",
        "10月第一周",
        "上月最后三天",
        "10月上半月",
    ),
    *(
        "双11",
        "618当天",
        "国庆后三天",
        "正月十五",
        "8月到10月",
        "11.1到11.11",
        "11月1日-7日",
        "2026/11/1",
        "25q3",
        "h1 2026",
    ),
    *("last week", "first half of october", "week of nov 9", "oct 1-7", "nov 1 to nov 11", "past 2 fortnights", "mtd"),
)
AROUND = (
    ("", ""),
    ("看看", "的\ufffc"),
    ("\ufffc ", " \ufffc"),
    ("帮我查一下 ", "按渠道"),
    ("how was \ufffc ", "?"),
    ("", ",\ufffc怎么样"),
    ("\ufffc,", "."),
    ("\ufffc:", ","),
)


@given(st.sampled_from(SPANS), st.sampled_from(AROUND), moments, st.sampled_from((0, 6)))
@settings(max_examples=400, deadline=None)
def test_the_words_around_a_phrase_do_not_change_it(
    phrase: str, around: tuple[str, str], now: datetime, week_start: int
) -> None:
    alone, inside = _read(phrase, now, week_start), _read(around[0] + phrase + around[1], now, week_start)

    assert [_dates(match.period) for match in inside.periods] == [_dates(match.period) for match in alone.periods]
    assert len(inside.unread) == len(alone.unread)


def _dates(period: Period) -> tuple[object, ...]:
    return period.start, period.end, period.until, period.kind


@given(texts, moments)
@example("环比8号/3月", datetime(2012, 1, 1, tzinfo=ZONE))
@settings(max_examples=400, deadline=None)
def test_no_word_is_read_twice(text: str, now: datetime) -> None:
    reading = _read(text, now)
    finds = {
        (one.start, one.end) for one in (*reading.periods, *reading.compares, *reading.unread) if one.end > one.start
    }
    taken = sorted(finds)  # 同环比 is one find that means two comparisons

    assert all(left[1] <= right[0] for left, right in pairwise(taken))


@given(texts, moments, st.sampled_from(("–", "—", "−", "‐")))
@settings(max_examples=200, deadline=None)
def test_every_dash_reads_alike(text: str, now: datetime, dash: str) -> None:
    plain, fine = _read(text, now), _read(text.replace("-", dash), now)

    assert [_dates(match.period) for match in plain.periods] == [_dates(match.period) for match in fine.periods]
    assert [(one.start, one.end) for one in plain.unread] == [(one.start, one.end) for one in fine.unread]


@given(st.integers(1, 12), st.integers(1, 5), moments, st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_the_weeks_of_a_month_follow_one_another_and_lie_in_it_for_the_most_part(
    month: int, nth: int, now: datetime, week_start: int
) -> None:
    found = _read(f"2025年{month}月第{nth}周", now.replace(year=2026, day=min(now.day, 28)), week_start)

    if not found.periods:
        assert nth == 5  # every month has four such weeks
        return
    period = found.periods[0].period
    days = [period.start + timedelta(index) for index in range(7)]
    assert period.start.weekday() == week_start
    assert sum(day.month == month for day in days) >= 4
    assert sum((day - timedelta(7 * nth)).month == month for day in days) < 4  # nothing before the first
