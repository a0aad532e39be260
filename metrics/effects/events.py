"""Days on which segments cannot be compared: promotions with the wait before and the lull after, and holidays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from metrics.calendar import Calendar, EventKind

# People wait before a campaign and have bought after it, each category in its own measure; never for longer than
# the campaign itself lasted.
WAIT_DAYS, LULL_DAYS = 4, 8
LONG_HOLIDAY, HOLIDAY_MARGIN = 5, 2  # days; parcels rest around a long one


@dataclass(frozen=True)
class EventSpan:
    """One promotion or holiday in one year."""

    event: str  # calendar id
    kind: EventKind
    start: date  # of the event itself, both ends inclusive
    end: date
    from_day: date  # of the days that it unsettles
    to_day: date

    def days_within(self, first: date, last: date) -> int:
        """How many unsettled days lie between the two, both ends included."""
        return max(0, (min(last, self.to_day) - max(first, self.from_day)).days + 1)


def event_spans(calendar: Calendar, first: date, last: date) -> tuple[EventSpan, ...]:
    """Every event that unsettles a day between the two, in order."""
    found = [span for span in _spans(calendar, first, last) if span.days_within(first, last)]
    return tuple(sorted(found, key=lambda span: (span.start, span.event)))


def _spans(calendar: Calendar, first: date, last: date) -> Iterator[EventSpan]:
    for event in calendar.events:
        for year in range(first.year - 1, last.year + 2) if event.weighs else ():
            held = calendar.spans(event.id, year)
            if held is not None:
                length = (held.end - held.start).days + 1
                before, after = _margins(event.kind, length)
                from_day, to_day = held.start - timedelta(before), held.end + timedelta(after)
                yield EventSpan(event.id, event.kind, held.start, held.end, from_day, to_day)


def _margins(kind: EventKind, length: int) -> tuple[int, int]:
    if kind == "campaign":
        return min(WAIT_DAYS, length), min(LULL_DAYS, length)
    return (HOLIDAY_MARGIN, HOLIDAY_MARGIN) if length >= LONG_HOLIDAY else (0, 0)
