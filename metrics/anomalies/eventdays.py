"""Which days promotions and holidays touch, and which day of an earlier year each of them corresponds to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from metrics.calendar import Calendar, Event, Occurrence

Where = TypeVar("Where")
Part = Literal["before", "start", "within", "day", "after"]

DAYS_BEFORE = 4  # people wait for a promotion
DAYS_AFTER = 8  # and have bought after it
PARTS: tuple[Part, ...] = ("day", "start", "within", "after", "before")  # the first that fits a day counts


@dataclass(frozen=True)
class EventDay:
    """The place of one day in one occurrence of an event."""

    event: str
    year: int  # of the occurrence
    part: Part
    offset: int  # days from the event's day; before its start and after its end from there
    is_campaign: bool

    @property
    def is_aftermath(self) -> bool:
        """Whether the event itself is not on: its pull is weak, and the level can be seen through it."""
        return self.part in ("before", "after")


class EventDays(Mapping[date, EventDay]):
    """Day -> the event that weighs most on it; `of` tells the days of one event, also where another weighs more."""

    def __init__(self, by_event: Mapping[str, Mapping[date, EventDay]]) -> None:
        self._by_event = by_event
        self._main: dict[date, EventDay] = {}
        for held in by_event.values():
            for day, place in held.items():
                if day not in self._main or _rank(place) < _rank(self._main[day]):
                    self._main[day] = place

    def __getitem__(self, day: date) -> EventDay:
        return self._main[day]

    def __iter__(self) -> Iterator[date]:
        return iter(self._main)

    def __len__(self) -> int:
        return len(self._main)

    def of(self, event: str) -> Mapping[date, EventDay]:
        """Every day that the event touches."""
        return self._by_event.get(event, {})


def event_days(calendar: Calendar, first: date, last: date) -> EventDays:
    """Every day from `first` to `last` that an event touches."""
    found: dict[str, dict[date, EventDay]] = {}
    for event in sorted((one for one in calendar.events if one.weighs), key=lambda one: one.kind != "campaign"):
        for year in range(first.year - 1, last.year + 2):
            occurrence = calendar.spans(event.id, year)
            for day, place in _places(event, occurrence) if occurrence else ():
                if first <= day <= last:
                    found.setdefault(event.id, {})[day] = place
    return EventDays(found)


def earlier(place: EventDay, held: Mapping[Where, EventDay]) -> tuple[Where, ...]:
    """Where `held` has the days of the latest earlier year that this one corresponds to.

    All of the same part where the campaign was longer or shorter that year; () where it is not held.
    """
    same = {at: other for at, other in held.items() if other.event == place.event and other.year < place.year}
    newest = max((other.year for other in same.values()), default=0)
    same = {at: other for at, other in same.items() if other.year == newest and other.part == place.part}
    exact = tuple(at for at, other in same.items() if other.offset == place.offset)
    return exact or tuple(same)


def _rank(place: EventDay) -> tuple[bool, int, bool]:
    return place.is_aftermath, PARTS.index(place.part), not place.is_campaign


def _places(event: Event, occurrence: Occurrence) -> Iterable[tuple[date, EventDay]]:
    is_campaign = event.kind == "campaign"
    day = occurrence.start - timedelta(days=DAYS_BEFORE if is_campaign else 1)
    last = occurrence.end + timedelta(days=DAYS_AFTER if is_campaign else 1)
    while day <= last:
        part, offset = _part(occurrence, day)
        yield day, EventDay(event.id, occurrence.year, part, offset, is_campaign)
        day += timedelta(days=1)


def _part(occurrence: Occurrence, day: date) -> tuple[Part, int]:
    if day == occurrence.day:
        return "day", 0
    if day < occurrence.start:
        return "before", (day - occurrence.start).days
    if day > occurrence.end:
        return "after", (day - occurrence.end).days
    return ("start", 0) if day == occurrence.start else ("within", (day - occurrence.day).days)
