"""The period that another one is measured against: the one before, the same one a year ago, or one that was named."""

from __future__ import annotations

import calendar as months
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from metrics.calendar import Calendar, Occurrence
from metrics.query import Period, PeriodKind

Unit = Literal["day", "week", "month", "quarter", "year"]
_MONTHS_IN: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}
_ISO_LAST_CERTAIN_WEEK = 52


def previous(period: Period, calendar: Calendar) -> Period:
    """The same length just before; for a partial period the same elapsed part of the one before."""
    if period.kind in _MONTHS_IN:
        return _previous_months(period, _MONTHS_IN[period.kind])
    if period.kind == "week" or (period.by_weekday and period.kind != "day"):
        return _moved(period, -7 * -(-period.days // 7))
    return _moved(period, -period.days)


def year_ago(period: Period, calendar: Calendar) -> Period | None:
    """The same period a year ago; None when it cannot be said: the event did not exist or its dates are unknown."""
    if period.event is not None:
        return _event_a_year_ago(period, calendar)
    if period.kind == "week" or period.by_weekday:
        return _moved(period, (_same_iso_day(period.start) - period.start).days)
    start, end = add_months(period.start, -12), add_months(period.end, -12)
    if period.kind in _MONTHS_IN and period.complete and is_month_end(period.end):
        end = _month_end(end)
    return _placed(period, start, end)


def shifted(period: Period, unit: Unit, calendar: Calendar) -> Period | None:
    """The same part one unit earlier ("上月同期" of a day is that day of the month before); None as for `year_ago`."""
    if unit == "year":
        return year_ago(period, calendar)
    if unit == period.kind and period.event is None:
        return previous(period, calendar)
    if unit in ("day", "week"):
        return _moved(period, -1 if unit == "day" else -7)
    months_back = -_MONTHS_IN[unit]
    return _placed(period, add_months(period.start, months_back), add_months(period.end, months_back))


def cut_like(period: Period, baseline: Period) -> Period:
    """`baseline` cut to the elapsed part that the partial `period` covers; unchanged when nothing must be cut."""
    if period.complete or period.until is None or not baseline.complete or baseline.days < period.days:
        return baseline
    end = baseline.start + (period.end - period.start)
    return replace(baseline, end=end, complete=False, until=_at(end, period.until))


def is_month_end(day: date) -> bool:
    """Whether the next day is the first of a month."""
    return (day + timedelta(1)).day == 1


def add_months(day: date, count: int) -> date:
    """The same day of another month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def _previous_months(period: Period, unit: int) -> Period:
    first = period.start.replace(day=1)
    touched = (period.end.year - first.year) * 12 + period.end.month - first.month + 1
    count = -(-touched // unit) * unit
    start = add_months(period.start, -count)
    if period.complete and is_month_end(period.end):
        end = _month_end(add_months(period.end.replace(day=1), -count))
    elif period.kind == "year":
        end = add_months(period.end, -count)
    else:  # the same number of days from the start, but never into the period itself
        end = min(start + (period.end - period.start), period.start - timedelta(1))
    return _placed(period, start, end)


def _event_a_year_ago(period: Period, calendar: Calendar) -> Period | None:
    now = calendar.nearest(period.event or "", period.start)
    then = calendar.spans(now.event, now.year - 1) if now else None
    if now is None or then is None:
        return None
    if period.kind == "campaign" and period.start == now.start and period.days > 1:
        return _same_part(period, now, then)
    return _moved(period, (then.day - now.day).days)


def _same_part(period: Period, now: Occurrence, then: Occurrence) -> Period:
    """The whole campaign against the whole one; its first days against as many of the other's first days."""
    if period.end == now.end:
        return _placed(period, then.start, then.end)
    return _placed(period, then.start, min(then.start + (period.end - period.start), then.end))


def _same_iso_day(day: date) -> date:
    year, week, weekday = day.isocalendar()
    try:
        return date.fromisocalendar(year - 1, week, weekday)
    except ValueError:  # the year before has no week 53
        return date.fromisocalendar(year - 1, _ISO_LAST_CERTAIN_WEEK, weekday)


def _month_end(day: date) -> date:
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def _moved(period: Period, days: int) -> Period:
    return _placed(period, period.start + timedelta(days), period.end + timedelta(days))


def _placed(period: Period, start: date, end: date) -> Period:
    until = None if period.until is None else _at(end, period.until)
    return replace(period, start=start, end=end, until=until, label="")


def _at(day: date, moment: datetime) -> datetime:
    """The same time of day on another day; the wall clock counts, not the hours between."""
    return datetime.combine(day, moment.time(), tzinfo=moment.tzinfo)
