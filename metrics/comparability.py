"""Whether two periods hold the same promotions and holidays: a week with 双11 in it is no yardstick for one without."""

from __future__ import annotations

from datetime import date

from metrics.calendar import Calendar
from metrics.query import Notice, Period

LONGEST_CHECKED = 92  # days; over a quarter the same events weigh little


def event_days(period: Period, calendar: Calendar) -> dict[str, int]:
    """Event id → how many days of the period it covers; events that don't touch it are absent."""
    found: dict[str, int] = {}
    for event in calendar.events:
        if not event.weighs:
            continue
        for year in range(period.start.year - 1, period.end.year + 2):
            occurrence = calendar.spans(event.id, year)
            if occurrence is not None and occurrence.start <= period.end and occurrence.end >= period.start:
                days = _overlap(period, occurrence.start, occurrence.end)
                found[event.id] = found.get(event.id, 0) + days
    return found


def mismatch(kind: str, current: Period, baseline: Period, calendar: Calendar) -> Notice | None:
    """A notice naming every event that the two periods hold for different numbers of days; None when alike.

    `events` is "id:days in current:days in baseline", separated by spaces.
    """
    if max(current.days, baseline.days) > LONGEST_CHECKED:
        return None
    here, there = event_days(current, calendar), event_days(baseline, calendar)
    unlike = [id for id in dict.fromkeys((*here, *there)) if here.get(id, 0) != there.get(id, 0)]
    if not unlike:
        return None
    events = " ".join(f"{id}:{here.get(id, 0)}:{there.get(id, 0)}" for id in unlike)
    return Notice("unlike_events", {"kind": kind, "events": events})


def _overlap(period: Period, start: date, end: date) -> int:
    return (min(period.end, end) - max(period.start, start)).days + 1
