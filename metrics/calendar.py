"""Promotions and holidays: which days each of them covers in which year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal

from metrics.holidays import days_off, lunar_day, solar_term
from metrics.model import Name

EventKind = Literal["campaign", "holiday"]
_FIRST_YEAR, _LAST_YEAR = 1950, 2099  # outside, solar terms and lunar tables are not dependable
BUNDLED = Path(__file__).parent / "definitions" / "calendar.yaml"


@dataclass(frozen=True)
class DayRule:
    """How the event's own day is found in a year; exactly one of the first four is set."""

    fixed: tuple[int, int] | None = None  # month, day
    lunar: tuple[int, int] | None = None  # lunar month, day
    term: str | None = None  # solar term, e.g. 清明
    weekday: tuple[int, int, int] | None = None  # month, how manieth, weekday with 0 = Monday
    shift: int = 0  # days added

    def day(self, year: int) -> date:
        if self.fixed:
            found = date(year, *self.fixed)
        elif self.lunar:
            found = lunar_day(year, *self.lunar)
        elif self.weekday:
            month, nth, weekday = self.weekday
            first = date(year, month, 1)
            found = first + timedelta((weekday - first.weekday()) % 7 + 7 * (nth - 1))
        else:
            found = solar_term(year, self.term or "")
        return found + timedelta(self.shift)


@dataclass(frozen=True)
class Occurrence:
    """One event in one year."""

    event: str
    year: int
    day: date  # 当天
    start: date  # 期间, both ends inclusive
    end: date
    is_estimate: bool = False  # the official days off of that year are not known yet


@dataclass(frozen=True)
class Event:
    id: str
    name: Name
    kind: EventKind
    rule: DayRule
    fixed: tuple[tuple[int, int], tuple[int, int]] | None = None  # campaign from month, day to month, day
    offsets: tuple[int, int] = (0, 0)  # campaign in days from the event's day; with `off_days` the fallback
    off_days: bool = False  # the campaign is the run of public days off around the day
    exact: Mapping[int, tuple[date, date, date]] = field(default_factory=dict)  # year -> day, start, end
    since: int | None = None
    weighs: bool = True  # False: people name the day, but it moves no figures, so comparisons pass over it

    def occurrence(self, year: int) -> Occurrence | None:
        """The event in `year`; None before it first took place."""
        if self.since is not None and year < self.since:
            return None
        if year in self.exact:
            return Occurrence(self.id, year, *self.exact[year])
        day = self.rule.day(year)
        if self.fixed:
            first, last = self.fixed
            # A campaign over New Year belongs to the year that it ends in.
            return Occurrence(self.id, year, day, date(year - (first > last), *first), date(year, *last))
        run = days_off(day) if self.off_days else None
        start, end = run or (day + timedelta(self.offsets[0]), day + timedelta(self.offsets[1]))
        return Occurrence(self.id, year, day, start, end, is_estimate=self.off_days and run is None)


@dataclass(frozen=True, eq=False)  # compared by identity, so that what is compiled for one can be cached
class Calendar:
    """Every known event; ask it for the days of one in a year."""

    events: tuple[Event, ...]
    _seen: dict[tuple[str, int], Occurrence | None] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, user_file: Path | None = None) -> Calendar:
        """The bundled events with those of `user_file` laid over them; DefinitionError lists every mistake."""
        from metrics.calendar_file import read_events  # yaml is needed only where a calendar is loaded

        return cls(read_events(BUNDLED, user_file))

    @cached_property
    def _by_id(self) -> dict[str, Event]:
        return {event.id: event for event in self.events}

    def event(self, id: str) -> Event:
        """The event of that id; KeyError when there is none."""
        return self._by_id[id]

    def spans(self, id: str, year: int) -> Occurrence | None:
        """Day and campaign of the event in `year`; None when it did not take place."""
        key = (id, year)
        if key not in self._seen:  # a lunar date costs milliseconds, a question asks for several
            self._seen[key] = self.event(id).occurrence(year) if _FIRST_YEAR <= year <= _LAST_YEAR else None
        return self._seen[key]

    def nearest(self, id: str, day: date) -> Occurrence | None:
        """The occurrence whose own day lies nearest to `day`; None when the event is unknown."""
        if id not in self._by_id:
            return None
        found = [self.spans(id, day.year + shift) for shift in (-1, 0, 1)]
        return min((one for one in found if one), key=lambda one: abs((one.day - day).days), default=None)
