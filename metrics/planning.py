"""What one metric of a query can be computed over: the windows that its tables cover, alike on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from metrics.calendar import Calendar
from metrics.comparisons import Baseline, aligned, twins_of
from metrics.coverage import Cover, clamp, holes_in, is_empty, reach
from metrics.errors import Problem
from metrics.model import Measure, Metric, SemanticModel
from metrics.query import Grain, KpiQuery, Notice, Period
from metrics.windows import HOUR, Window, aware, buckets, covered, midnight, window_of

DAYS_OF_A_STEP: dict[Grain, int] = {"hour": 1, "day": 1, "week": 7, "month": 28}


@dataclass(frozen=True)
class Standpoint:
    """What planning knows of the data at the moment of the question."""

    model: SemanticModel
    calendar: Calendar
    zone: ZoneInfo
    week_start: str
    now: datetime  # naive local
    covers: Mapping[str, Cover | None]  # table id -> what it holds; None: nothing yet
    problems: Mapping[str, Problem]  # table id -> why it cannot be read
    missing: Mapping[str, Mapping[str, str]]  # table id -> column -> why it cannot be read


@dataclass(frozen=True)
class MetricPlan:
    """One metric with the windows to compute it over, or why it cannot be."""

    metric: Metric
    tables: tuple[str, ...]
    period: Period  # as far as it is covered
    steps: tuple[Window, ...] = ()  # the window, or its buckets; empty when there is nothing to compute
    baselines: tuple[Baseline, ...] = ()
    data_to: datetime | None = None  # aware
    absence: str | None = None
    notices: tuple[Notice, ...] = field(default=())
    lost: frozenset[Window] = frozenset()  # steps of which a table has no day at all


def plan(metric: Metric, query: KpiQuery, at: Standpoint) -> MetricPlan:
    """Never raises for what the data lack: that is an absence with a notice."""
    measures = at.model.measures_of(metric)
    tables = tuple(dict.fromkeys(measure.table for measure in measures))
    broken = _unreadable(metric, tables, at)
    if broken is not None:
        return MetricPlan(metric, tables, query.period, absence="unreadable", notices=(broken,))
    reason = _unavailable(measures, query, at)
    if reason:
        notice = _not_split(metric, measures, query, at) or Notice(
            "not_available", {"metric": metric.id, "reason": reason}
        )
        return MetricPlan(metric, tables, query.period, absence="not_available", notices=(notice,))
    covers = [held for table in tables if (held := at.covers[table]) is not None]
    if len(covers) < len(tables):
        empty = next(table for table in tables if at.covers[table] is None)
        notice = Notice("no_data", {"metric": metric.id, "table": empty})
        return MetricPlan(metric, tables, query.period, absence="no_data", notices=(notice,))
    return _plan_covered(metric, query, at, tables, covers)


def _unreadable(metric: Metric, tables: Sequence[str], at: Standpoint) -> Notice | None:
    """A table whose files are there but cannot be read now; None when there is no such table."""
    for table in tables:
        problem = at.problems.get(table)
        if problem is not None and problem.is_connected:
            return Notice("unreadable", {"metric": metric.id, "table": table, "reason": problem.reason})
    return None


def _not_split(metric: Metric, measures: Sequence[Measure], query: KpiQuery, at: Standpoint) -> Notice | None:
    """That the metric is there, only not by a dimension asked for; None where it is not there at all."""
    if _unavailable(measures, replace(query, by=(), where={}), at):
        return None
    named = dict.fromkeys((*query.by, *query.where))
    lacking = [id for id in named if any(id in at.missing.get(measure.table, {}) for measure in measures)]
    return Notice("not_split", {"metric": metric.id, "dimension": lacking[0]}) if lacking else None


def _unavailable(measures: Sequence[Measure], query: KpiQuery, at: Standpoint) -> str:
    """Why the metric cannot be computed from these sources, "" when it can."""
    for measure in measures:
        if measure.table in at.problems:
            return at.problems[measure.table].reason
        missing = at.missing.get(measure.table, {})
        for column in (measure.column, measure.event, *measure.where, *query.where, *query.by):
            if column is not None and column in missing:
                return missing[column]
    return ""


def _plan_covered(
    metric: Metric, query: KpiQuery, at: Standpoint, tables: tuple[str, ...], covers: Sequence[Cover]
) -> MetricPlan:
    looks_back = any(measure.aggregation.startswith("retained") for measure in at.model.measures_of(metric))
    data_to = aware(min(held.data_to for held in covers), at.zone)
    requested = aligned(window_of(query.period, at.zone), query, covers, at.zone)
    window = clamp(requested, covers)
    if window is not None and looks_back and not _holds(window.before(), covers):
        window = None
    notices = (*_notices(metric, requested, window, covers, at.zone), *_short(metric, query))
    if window is None or is_empty(window, covers):
        return MetricPlan(metric, tables, query.period, data_to=data_to, absence="no_data", notices=notices)
    twins, refused = twins_of(query, requested, window, at.calendar, at.zone)
    baselines = []
    is_whole = bool(query.grain) or not holes_in(window, covers)  # a sum without a day is held against nothing
    for twin in twins:
        needed = Window(twin.window.before().start, twin.window.end) if looks_back else twin.window
        if is_whole and _holds(needed, covers) and not holes_in(needed, covers):
            baselines.append(_stepped(twin, query, at))
        elif is_whole:
            refused.append(_not_covered(metric, twin, covers))
    steps = _steps(window, query, at)
    return MetricPlan(
        metric=metric,
        tables=tables,
        period=covered(query.period, window, at.zone),
        steps=steps,
        baselines=tuple(baselines),
        data_to=data_to,
        notices=(*notices, *refused),
        lost=frozenset(step for step in steps if is_empty(step, covers)),
    )


def _short(metric: Metric, query: KpiQuery) -> tuple[Notice, ...]:
    """A period, or its steps, too short for the metric to mean much."""
    days = query.period.days if query.grain is None else DAYS_OF_A_STEP[query.grain]
    return (Notice("short_window", {"metric": metric.id, "days": str(days)}),) if days < metric.minimum_days else ()


def _steps(window: Window, query: KpiQuery, at: Standpoint) -> tuple[Window, ...]:
    return buckets(window, query.grain, at.week_start) if query.grain else (window,)


def _stepped(twin: Baseline, query: KpiQuery, at: Standpoint) -> Baseline:
    return Baseline(twin.kind, twin.period, twin.window, _steps(twin.window, query, at))


def _holds(window: Window, covers: Sequence[Cover]) -> bool:
    return clamp(window, covers) == window


def _notices(
    metric: Metric, requested: Window, window: Window | None, covers: Sequence[Cover], zone: ZoneInfo
) -> tuple[Notice, ...]:
    """What the reader must know about the part that is not covered."""
    first = max(held.first for held in covers)
    slowest = min(covers, key=lambda held: (reach(held, requested.end), held.end))
    held_to = {"metric": metric.id, "table": slowest.table, "data_to": aware(slowest.end, zone).isoformat()}
    if window is None:
        if requested.end <= midnight(first) or requested.start < midnight(first) <= slowest.end:
            return (Notice("period_not_covered", {"metric": metric.id, "first": first.isoformat()}),)
        if slowest.grain == "hour" and reach(slowest, requested.end) <= requested.start < slowest.end:
            return (Notice("no_whole_hour", {"metric": metric.id, "table": slowest.table}),)
        return (Notice("no_data", held_to),)
    notices = []
    if window.start > requested.start:
        notices.append(Notice("period_not_covered", {"metric": metric.id, "first": first.isoformat()}))
    if requested.end - window.end >= HOUR or slowest.end < requested.end:
        held_to["data_to"] = aware(window.end, zone).isoformat()
        notices.append(Notice("clamped", held_to))
    notices.extend(_without_rows(metric, window, covers))
    return tuple(notices)


def _without_rows(metric: Metric, window: Window, covers: Sequence[Cover]) -> Iterator[Notice]:
    """The days that a table lacks; where the others hold them, the two sides of a ratio are not of the same days."""
    for held in covers:
        holes = holes_in(window, (held,))
        shared = set(holes).intersection(*(other.holes for other in covers))
        about = {"metric": metric.id, "table": held.table}
        if shared:
            yield Notice("days_without_rows", {**about, "days": ", ".join(_runs(sorted(shared)))})
        if len(holes) > len(shared):
            alone = [day for day in holes if day not in shared]
            yield Notice("days_on_one_side", {**about, "days": ", ".join(_runs(alone))})


def _runs(days: Sequence[date]) -> Iterator[str]:
    """Days in order as few words: 2026-09-01–2026-09-30."""
    for _, run in groupby(enumerate(days), lambda place: place[1].toordinal() - place[0]):
        held = [day for _, day in run]
        yield f"{held[0]}–{held[-1]}" if len(held) > 1 else f"{held[0]}"


def _not_covered(metric: Metric, twin: Baseline, covers: Sequence[Cover]) -> Notice:
    first = max(held.first for held in covers)
    return Notice("baseline_not_covered", {"metric": metric.id, "kind": twin.kind, "first": first.isoformat()})
