"""What one phrase of time says before it is known which year, month or week it lies in, and how that is found out."""

from __future__ import annotations

import calendar as months
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count, takewhile
from typing import Literal, Protocol

from metrics.calendar import Calendar
from metrics.query import Period, PeriodKind
from metrics.twins import add_months

MONTH_END = 99  # as a last day: the month's last, however long it is
_YEARS_BACK = 9  # a 29 February may lie eight years back
_FIRST_YEAR, _LAST_YEAR = 1990, 2090


@dataclass(frozen=True)
class Standpoint:
    """Where the asker stands in time."""

    now: datetime  # aware, in the shop's zone
    week_start: int  # 0 = Monday
    calendar: Calendar

    @property
    def today(self) -> date:
        return self.now.date()

    def week(self, offset: int) -> date:
        """First day of the week `offset` weeks from this one."""
        return week_of(self.today, self.week_start) + timedelta(7 * offset)


@dataclass(frozen=True)
class Span:
    """Definite days, not yet held against today."""

    start: date
    end: date
    kind: PeriodKind
    by_weekday: bool = False
    event: str | None = None


def bounded(span: Span, at: Standpoint, label: str) -> Period:
    """The span held against now: one that is not over runs to now, one ahead has no data yet."""
    whole = Period(span.start, span.end, span.kind, label=label, event=span.event, by_weekday=span.by_weekday)
    if span.end < at.today:
        return whole
    if span.start > at.today:
        return replace(whole, complete=False)
    return replace(whole, end=at.today, complete=False, until=at.now)


class Atom(Protocol):
    """A phrase that can become days."""

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        """The latest such span that began by today, or the first from `after` on; None for impossible dates."""


@dataclass(frozen=True)
class Fixed:
    """今天, 上周, 近7天: definite from the start."""

    span: Span

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        return self.span


@dataclass(frozen=True)
class Years:
    year: int

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR:
            return None
        return Span(date(self.year, 1, 1), date(self.year, 12, 31), "year")


@dataclass(frozen=True)
class Months:
    """Whole months: 3月, 8-10月, Q3, 上半年."""

    year: int | None
    first: int
    last: int  # smaller than `first` when the span runs over New Year
    kind: PeriodKind = "month"

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        if not (1 <= self.first <= 12 and 1 <= self.last <= 12):
            return None
        years = [self.year] if self.year is not None else _years(at, after)
        return _first_fitting((self._in(year) for year in years), at, after, is_pinned=self.year is not None)

    def _in(self, year: int) -> Span | None:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        last_day = date(year + (self.last < self.first), self.last, 1)
        return Span(date(year, self.first, 1), add_months(last_day, 1) - timedelta(1), self.kind)


@dataclass(frozen=True)
class Days:
    """A day or a few days of one month: 3月8日, 8号, 11月1-7日, 10月上旬."""

    year: int | None
    month: int | None
    first: int
    last: int | None = None  # None: one day

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        if self.month is None and self.year is not None:
            return None  # "2025年8号" names no month
        pinned = self.year is not None
        return _first_fitting((self._in(*one) for one in self._months(at, after)), at, after, is_pinned=pinned)

    def _months(self, at: Standpoint, after: date | None) -> Iterable[tuple[int, int]]:
        if self.month is not None:
            years = [self.year] if self.year is not None else _years(at, after)
            return [(year, self.month) for year in years]
        start, step = (after, 1) if after else (at.today, -1)
        moved = (add_months(start.replace(day=1), step * index) for index in range(13))
        return [(first.year, first.month) for first in moved]

    def _in(self, year: int, month: int) -> Span | None:
        if not (1 <= month <= 12 and _FIRST_YEAR <= year <= _LAST_YEAR):
            return None
        length = months.monthrange(year, month)[1]
        last = self.first if self.last is None else self.last
        if last == MONTH_END:
            last = length
        if not 1 <= self.first <= last <= length:
            return None
        kind: PeriodKind = "day" if self.last is None else "range"
        return Span(date(year, month, self.first), date(year, month, last), kind)


@dataclass(frozen=True)
class Weekdays:
    """周三, 上周末, 周一到周三: days named by their weekday."""

    week: int | None  # offset from this week; None when not said
    first: int  # 0 = Monday
    last: int

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        # A weekend is Saturday and the Sunday after it, also where the week begins on Sunday.
        first_day = 0 if (self.first, self.last) == (5, 6) else at.week_start
        if self.week is not None:
            return self._in(week_of(at.today, first_day) + timedelta(7 * self.week), first_day)
        start, step = (week_of(after, first_day), 7) if after else (week_of(at.today, first_day), -7)
        weeks = (start + timedelta(step * index) for index in range(3))
        return _first_fitting((self._in(week, first_day) for week in weeks), at, after, is_pinned=False)

    def _in(self, week: date, first_day: int) -> Span:
        start = week + timedelta((self.first - first_day) % 7)
        end = start + timedelta((self.last - self.first) % 7)
        return Span(start, end, "day" if start == end else "days", by_weekday=True)


Part = Literal["campaign", "day", "before", "after", "week", "month"]


@dataclass(frozen=True)
class Event:
    """双11, 国庆期间, 618当天, 双11前一周."""

    id: str
    part: Part = "campaign"
    length: int = 0  # days, of "before" and "after"
    year: int | None = None

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        if self.year is None and after is None and (running := self._running_year(at)) is not None:
            return self._in(at, running)  # 双11后一周 while it still runs is ahead, and not that of a year ago
        years = [self.year] if self.year is not None else _years(at, after, ahead=1)
        return _first_fitting((self._in(at, year) for year in years), at, after, is_pinned=self.year is not None)

    def _running_year(self, at: Standpoint) -> int | None:
        found = (at.calendar.spans(self.id, at.today.year + shift) for shift in (0, 1))
        return next((one.year for one in found if one and one.start <= at.today <= max(one.day, one.end)), None)

    def _in(self, at: Standpoint, year: int) -> Span | None:
        found = at.calendar.spans(self.id, year)
        if found is None:
            return None
        kind = at.calendar.event(self.id).kind
        # Before and after are counted from a promotion's own day but from the edges of a holiday.
        first, last = (found.day, found.day) if kind == "campaign" else (found.start, found.end)
        if self.part == "week":
            start = week_of(found.day, at.week_start)
            return Span(start, start + timedelta(6), "week")
        if self.part == "month":
            start = found.day.replace(day=1)
            return Span(start, add_months(start, 1) - timedelta(1), "month")
        start, end = {
            "campaign": (found.start, found.end),
            "day": (found.day, found.day),
            "before": (first - timedelta(self.length), first - timedelta(1)),
            "after": (last + timedelta(1), last + timedelta(self.length)),
        }[self.part]
        return Span(start, end, kind, event=self.id)


@dataclass(frozen=True)
class Edge:
    """月初, 10月底: one end of a span; means something only as an end of a longer one."""

    inner: Atom
    side: Literal["first", "last"]

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        span = self.inner.resolve(at, after)
        if span is None:
            return None
        day = span.start if self.side == "first" else span.end
        return replace(span, start=day, end=day)


def week_of(day: date, first_day: int) -> date:
    """First day of the week that holds `day`."""
    return day - timedelta((day.weekday() - first_day) % 7)


def _years(at: Standpoint, after: date | None, ahead: int = 0) -> Iterator[int]:
    if after is not None:
        return iter(range(after.year, after.year + _YEARS_BACK))
    return takewhile(lambda year: year > at.today.year - _YEARS_BACK, count(at.today.year + ahead, -1))


def _first_fitting(spans: Iterable[Span | None], at: Standpoint, after: date | None, *, is_pinned: bool) -> Span | None:
    for span in spans:
        if span is None:
            continue
        if is_pinned or (span.start <= at.today if after is None else span.end >= after):
            return span
    return None
