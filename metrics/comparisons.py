"""The twin of a period, cut to the same elapsed part as the figure it is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from metrics import twins
from metrics.calendar import Calendar
from metrics.coverage import Cover, clamp
from metrics.query import Change, Comparison, Figure, KpiQuery, Notice, Period
from metrics.windows import DAY, Window, covered, midnight, same_place, window_of


@dataclass(frozen=True)
class Baseline:
    """One period to compare with, as far as it is compared."""

    kind: Comparison
    period: Period
    window: Window
    steps: tuple[Window, ...] = ()  # its buckets, or the window itself


def kinds_of(query: KpiQuery) -> tuple[Comparison, ...]:
    """The comparisons wanted; an explicit baseline is asked for by naming it."""
    if query.against is not None and "previous" not in query.compare:
        return ("previous", *query.compare)
    return query.compare


def aligned(requested: Window, query: KpiQuery, covers: Sequence[Cover], zone: ZoneInfo) -> Window:
    """`requested`, cut to the elapsed part of an explicit baseline that is itself not over or not fully settled."""
    if query.against is None:
        return requested
    held = clamp(window_of(query.against, zone), covers)
    if held is None or held.end == midnight(query.against.end) + DAY:
        return requested
    return Window(requested.start, min(requested.end, requested.start + held.length))


def twins_of(
    query: KpiQuery, requested: Window, window: Window, calendar: Calendar, zone: ZoneInfo
) -> tuple[list[Baseline], list[Notice]]:
    """Every baseline of the query for a figure over `window`, and a notice for each that cannot be had.

    A figure that lacks its first days has none: its twin would be longer than itself.
    """
    found: list[Baseline] = []
    notices: list[Notice] = []
    for kind in kinds_of(query):
        if kind == "target":
            continue
        twin = _twin(kind, query, calendar)
        if twin is None or window.start > requested.start:
            notices.append(Notice("baseline_not_covered", {"kind": kind}))
            continue
        explicit = kind == "previous" and query.against is not None
        whole = window_of(twin, zone)
        cut = _cut(kind, query, window_of(query.period, zone), window, whole, explicit)
        found.append(Baseline(kind, covered(twin, cut, zone), cut))
        if explicit and cut.length != window.length:
            lengths = {"current_days": str(window.length.days), "baseline_days": str(cut.length.days)}
            notices.append(Notice("unequal_lengths", lengths))
    return found, notices


def _twin(kind: Comparison, query: KpiQuery, calendar: Calendar) -> Period | None:
    if kind == "year_ago":
        return twins.year_ago(query.period, calendar)
    return query.against or twins.previous(query.period, calendar)


def _cut(kind: Comparison, query: KpiQuery, asked: Window, window: Window, whole: Window, explicit: bool) -> Window:
    """The twin, as far as the figure's window goes in what was asked for."""
    runs_on = explicit and asked.end < midnight(query.period.end) + DAY  # a named baseline is whole until cut here
    if window.end == asked.end and not runs_on:
        return whole
    by_calendar = query.period.kind == "year" or (kind == "year_ago" and query.period.kind in ("month", "quarter"))
    return Window(whole.start, same_place(whole, window, by_calendar=by_calendar))


def change(kind: Comparison, current: Figure, baseline: Figure) -> Change:
    """The difference in the metric's unit, and relative to the baseline where that means something."""
    if current.value is None or baseline.value is None:
        return Change(kind, current, baseline, None, None)
    absolute = current.value - baseline.value
    relative = absolute / abs(baseline.value) if baseline.value else None
    return Change(kind, current, baseline, absolute, relative)
