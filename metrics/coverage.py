"""How far a table's rows reach at a given moment, and what of a window they really cover.

A table that is settled daily covers whole days up to yesterday; an hourly one covers whole hours. For a table
of events the last row does not say by itself whether the source fell silent or the shop did: see `_event_end`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from metrics.windows import DAY, HOUR, Window, midnight

TableGrain = Literal["event", "hour", "day"]
HISTORY_DAYS = 28  # of closing times looked at
SPARSE_ROWS_PER_DAY = 12.0  # below one row in two hours, a silent evening means nothing
ROWS_OF_A_HOLE = 25.0  # empty days on which so many rows were to be expected are a hole in the data, not quiet days
SETTLED_SHARE = 0.9  # a settled table that has rows on so many of its days should have them on all
LONGEST_GAP = timedelta(minutes=15)  # a live source that is silent for longer has stopped


@dataclass(frozen=True)
class DayRows:
    """The rows of one day in one table."""

    day: date
    first: datetime  # naive local
    last: datetime
    rows: int


@dataclass(frozen=True)
class Cover:
    """What a table holds as of one moment."""

    table: str
    grain: TableGrain
    first: date  # first day with rows
    data_to: datetime  # freshness, naive local: last event, end of the last hour bucket or settled day
    end: datetime  # rows are complete up to here, exclusive
    holes: frozenset[date]  # days without any row in a table that has rows every day


@dataclass(frozen=True)
class History:
    """All days with rows of one table, with what can be said of them once for all moments."""

    days: tuple[DayRows, ...] = ()
    grain: TableGrain = "event"  # what the rows are, which may be coarser than what the table was meant to hold
    holes: frozenset[date] = frozenset()

    @classmethod
    def of(cls, grain: TableGrain, parts: Sequence[Sequence[DayRows]]) -> History:
        """The days of several files as one history."""
        days = _merged(parts)
        effective = _effective(grain, days)
        return cls(days, effective, _holes(effective, days))

    def until(self, day: date) -> Sequence[DayRows]:
        """The last days up to and with `day`, as many as are ever looked at."""
        end = bisect_right(self.days, day, key=lambda row: row.day)
        return self.days[max(0, end - HISTORY_DAYS - 2) : end]


Latest = Callable[[date, datetime], datetime | None]  # last moment of a day before an instant


def _merged(parts: Sequence[Sequence[DayRows]]) -> tuple[DayRows, ...]:
    days: dict[date, DayRows] = {}
    for part in parts:
        for new in part:
            held = days.get(new.day)
            days[new.day] = new if held is None else _joined(held, new)
    return tuple(days[day] for day in sorted(days))


def _joined(one: DayRows, other: DayRows) -> DayRows:
    return DayRows(one.day, min(one.first, other.first), max(one.last, other.last), one.rows + other.rows)


def _effective(grain: TableGrain, days: Sequence[DayRows]) -> TableGrain:
    """A table whose every time is midnight holds days, whatever it was meant to hold."""
    return "day" if days and all(row.last == midnight(row.day) for row in days) else grain


def cover(table: str, history: History, now: datetime, latest: Latest) -> Cover | None:
    """The table's cover as of `now` (naive local), None when it holds nothing up to then."""
    past = list(history.until(now.date()))
    if past and past[-1].day == now.date() and history.grain == "day":
        past.pop()  # today is not settled
    elif past and past[-1].last >= now:
        moment = latest(past[-1].day, now)
        past[-1:] = [DayRows(past[-1].day, past[-1].first, moment, past[-1].rows)] if moment else []
    if not past:
        return None
    last = past[-1].last
    if history.grain == "day":
        data_to = end = midnight(past[-1].day) + DAY
    elif history.grain == "hour":
        data_to, end = min(now, last + HOUR), _hour_end(past, now)
    else:
        data_to, end = last, _event_end(past, now)
    return Cover(table, history.grain, history.days[0].day, data_to, end, history.holes)


def _hour_end(past: Sequence[DayRows], now: datetime) -> datetime:
    end = past[-1].last + HOUR
    if end >= now:
        return now
    return _closed(past) if now.date() > past[-1].day and _closed_as_usual(past) else end


def _event_end(past: Sequence[DayRows], now: datetime) -> datetime:
    """The moment up to which events are complete.

    A silence that the usual gap between rows explains counts as no lag. A day that is over counts as whole when its
    last row is as late as on the days before; else it ends with its last row, at the full minute.
    """
    last = past[-1].last
    if now - last <= _usual_gap(past):
        return now
    if now.date() > past[-1].day and _closed_as_usual(past):
        return _closed(past)
    return min(now, last.replace(second=0, microsecond=0) + timedelta(minutes=1))


def _closed(past: Sequence[DayRows]) -> datetime:
    return midnight(past[-1].day) + DAY


def _rows_per_day(days: Sequence[DayRows]) -> float:
    recent = days[-HISTORY_DAYS:]
    return sum(row.rows for row in recent) / ((recent[-1].day - recent[0].day).days + 1)


def _usual_gap(past: Sequence[DayRows]) -> timedelta:
    """Ten times the mean gap between rows, a quarter of an hour at most."""
    return min(LONGEST_GAP, 10 * DAY / _rows_per_day(past))


def _closed_as_usual(past: Sequence[DayRows]) -> bool:
    last = past[-1]
    if last.last >= midnight(last.day) + 23 * HOUR or _rows_per_day(past) < SPARSE_ROWS_PER_DAY:
        return True
    before = [row.last - midnight(row.day) for row in past[-HISTORY_DAYS - 1 : -1]]
    return bool(before) and last.last - midnight(last.day) >= min(before) - HOUR


def _holes(grain: TableGrain, days: Sequence[DayRows]) -> frozenset[date]:
    """Days between the first and the last that have no row, where there should have been many."""
    if not days:
        return frozenset()
    span = (days[-1].day - days[0].day).days + 1
    rate = sum(row.rows for row in days) / span
    settled = grain != "event" and len(days) >= SETTLED_SHARE * span
    return frozenset(day for run in _empty_runs(days) if settled or len(run) * rate >= ROWS_OF_A_HOLE for day in run)


def _empty_runs(days: Sequence[DayRows]) -> Iterator[tuple[date, ...]]:
    """Each stretch of days without rows."""
    for one, following in pairwise(days):
        count = (following.day - one.day).days - 1
        if count:
            yield tuple(one.day + timedelta(days=n) for n in range(1, count + 1))


def clamp(window: Window, covers: Sequence[Cover]) -> Window | None:
    """The part of `window` that every table covers, in whole days or hours where one is daily or hourly."""
    start = max([window.start, *(midnight(held.first) for held in covers)])
    end = _whole(min([window.end, *(held.end for held in covers)]), covers)
    return Window(start, end) if start < end else None


def reach(held: Cover, until: datetime) -> datetime:
    """The end of what one table covers before `until`, in its own whole days or hours."""
    return _whole(min(until, held.end), (held,))


def _whole(moment: datetime, covers: Sequence[Cover]) -> datetime:
    grains = {held.grain for held in covers}
    if "day" in grains:
        return midnight(moment.date())
    return moment.replace(minute=0, second=0, microsecond=0) if "hour" in grains else moment


def holes_in(window: Window, covers: Sequence[Cover]) -> tuple[date, ...]:
    """Days of the window that a table should have and has not."""
    missing = {day for held in covers for day in held.holes}
    return tuple(sorted(day for day in missing if window.start <= midnight(day) < window.end))


def is_empty(window: Window, covers: Sequence[Cover]) -> bool:
    """Whether a table has none of the window's days: then there is no figure, not a figure of 0."""
    first, last = window.start.date(), (window.end - timedelta(microseconds=1)).date()
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return any(days <= held.holes for held in covers)
