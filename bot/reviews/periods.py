"""Which days a review covers, and what they are called."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.reviews.review import UNITS, Unit
from metrics.model import Language
from metrics.query import Comparison, Period
from metrics.twins import add_months, is_month_end
from prompts.loader import Wording

MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


def last_whole(unit: Unit, now: datetime, week_start: int = 0) -> Period:
    """The last week, month or quarter that has ended; of the year what has passed of it."""
    today = now.date()
    if unit == "year":
        return Period(today.replace(month=1, day=1), today, "year", complete=False, until=now)
    if unit == "week":
        running = today - timedelta(days=(today.weekday() - week_start) % 7)
        return Period(running - timedelta(days=7), running - timedelta(days=1), "week")
    first = _begin(today, unit)
    return Period(add_months(first, -MONTHS[unit]), first - timedelta(days=1), unit)


def unit_of(period: Period, week_start: int = 0) -> Unit | None:
    """The kind of review that a period calls for; None for one that no review is written of."""
    for unit in UNITS:
        is_named = period.kind == unit and not period.by_weekday
        if (is_named and _is_one(period, unit)) or (period.kind == "range" and _is_whole(period, unit, week_start)):
            return unit
    return None


def comparisons(unit: Unit) -> tuple[Comparison, ...]:
    """What the figures are held against; the year before a year is the same year a year ago."""
    if unit == "year":
        return ("year_ago",)
    return ("previous", "year_ago", "target") if unit == "month" else ("previous", "year_ago")


def whole_of(unit: Unit, period: Period) -> Period:
    """The whole week, month, quarter or year that the period is, or is the first part of."""
    if period.complete:
        return period
    if unit == "week":
        return Period(period.start, period.start + timedelta(days=6), "week")
    return Period(period.start, add_months(period.start, MONTHS[unit]) - timedelta(days=1), unit)


def following(unit: Unit, period: Period) -> Period:
    """The week, month, quarter or year after it."""
    whole = whole_of(unit, period)
    start = whole.end + timedelta(days=1)
    end = start + timedelta(days=6) if unit == "week" else add_months(start, MONTHS[unit]) - timedelta(days=1)
    return Period(start, end, unit)


def months_in(period: Period) -> tuple[Period, ...]:
    """The calendar months of a period, the last one as far as the period goes."""
    found = []
    first = period.start.replace(day=1)
    while first <= period.end:
        last = add_months(first, 1) - timedelta(days=1)
        is_cut = not period.complete and last >= period.end and period.until is not None
        end, until = (period.end, period.until) if is_cut else (last, None)
        found.append(Period(first, end, "month", complete=not is_cut, until=until))
        first = last + timedelta(days=1)
    return tuple(found)


def name_of(unit: Unit, period: Period, wording: Wording, language: Language, *, is_title: bool = False) -> str:
    """The period as it is called in a sentence: 2026年10月; a running one by its days, so that nothing sounds whole."""
    shown = {"unit": unit, "start": period.start, "end": period.end, "complete": period.complete}
    return wording.text("review/period", language, is_title=is_title, quarter=_quarter(period.start), **shown)


def _begin(day: date, unit: Unit) -> date:
    back = (day.month - 1) % MONTHS[unit]
    return add_months(day.replace(day=1), -back)


def _is_whole(period: Period, unit: Unit, week_start: int) -> bool:
    """Whether a span of dates is exactly one such unit."""
    if unit == "week":
        return period.days == 7 and period.start.weekday() == week_start
    return period.complete and _is_one(period, unit)


def _is_one(period: Period, unit: Unit) -> bool:
    """Whether it is one such unit, whole or from its first day on."""
    if unit == "week":
        return period.days <= 7
    is_first = period.start == _begin(period.start, unit)
    if not period.complete:
        return is_first and _begin(period.end, unit) == period.start
    return is_first and is_month_end(period.end) and add_months(period.start, MONTHS[unit]) > period.end


def _quarter(day: date) -> int:
    return (day.month - 1) // 3 + 1
