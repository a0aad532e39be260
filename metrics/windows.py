"""Half-open spans of local wall-clock time: what a period means to a query, and its buckets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from metrics.query import Grain, Period

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, order=True)
class Window:
    """From `start` up to but without `end`; naive, in the shop's zone, as the tables hold their times."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def before(self) -> Window:
        """The window of the same length just before."""
        return Window(self.start - self.length, self.start)


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time())


def local(moment: datetime, zone: tzinfo) -> datetime:
    """The wall clock of `zone`, naive; a naive moment is taken as already local."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo is not None else moment


def aware(moment: datetime, zone: tzinfo) -> datetime:
    """A local wall-clock moment with its zone."""
    return moment.replace(tzinfo=zone)


def window_of(period: Period, zone: tzinfo) -> Window:
    """The span that a period covers; a partial one ends at its `until`."""
    end = midnight(period.end) + DAY
    if period.until is not None:
        end = min(end, local(period.until, zone))
    return Window(midnight(period.start), end)


def covered(period: Period, window: Window, zone: tzinfo) -> Period:
    """`period` as far as `window` goes; unchanged when it covers the whole of it."""
    if window == window_of(period, zone):
        return period
    last = (window.end - timedelta(microseconds=1)).date()
    until = aware(window.end, zone)
    return replace(period, start=window.start.date(), end=last, complete=False, until=until)


def buckets(window: Window, grain: Grain, week_start: str = "monday") -> tuple[Window, ...]:
    """The steps of `window`, in order; the first and the last are cut to it."""
    found: list[Window] = []
    start = _floor(window.start, grain, week_start)
    while start < window.end:
        end = _next(start, grain)
        found.append(Window(max(start, window.start), min(end, window.end)))
        start = end
    return tuple(found)


def count_of_buckets(window: Window, grain: Grain) -> int:
    """About how many steps there are, without making them."""
    return int(window.length / {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}[grain]) + 1


def _floor(moment: datetime, grain: Grain, week_start: str) -> datetime:
    if grain == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = midnight(moment.date())
    if grain == "week":
        offset = day.weekday() if week_start == "monday" else (day.weekday() + 1) % 7
        return day - offset * DAY
    return day.replace(day=1) if grain == "month" else day


def _next(start: datetime, grain: Grain) -> datetime:
    if grain == "month":
        return (start + 32 * DAY).replace(day=1)
    return start + {"hour": HOUR, "day": DAY, "week": 7 * DAY}[grain]


def same_place(twin: Window, part: Window, *, by_calendar: bool) -> datetime:
    """Where the elapsed part of `twin` ends that matches `part`; never beyond the twin.

    By the calendar, month, day and hour are kept (10 March is 10 March in a leap year too); else the elapsed time is.
    """
    if not by_calendar:
        return min(twin.start + part.length, twin.end)
    start, end = part.start, part.end
    months = (end.year - start.year) * 12 + end.month - start.month
    into_month = end - _first_of_month(start, months)
    following = _first_of_month(twin.start, months + 1)
    return min(_first_of_month(twin.start, months) + into_month, following, twin.end)


def _first_of_month(moment: datetime, months_later: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months_later
    return midnight(date(index // 12, index % 12 + 1, 1))
