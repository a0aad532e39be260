"""The running day against the same hours of the days before: what is off so far."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np

from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.anomalies.eventdays import EventDays, earlier, event_days
from metrics.anomalies.judged import judged_metrics
from metrics.anomalies.lineage import without_repeats
from metrics.anomalies.readings import Keys, Panel, Run, can_be_cut, covering, keys_of, measured, scope_of
from metrics.anomalies.runs import Stretch, stretches
from metrics.anomalies.scan import MOST_LISTED, series_of, weight
from metrics.anomalies.series import Series
from metrics.calendar import Calendar
from metrics.errors import QueryError
from metrics.model import Audience, Metric, SemanticModel
from metrics.query import KpiQuery, Period, Scope

DAYS = 21
MOST_CUTS = 2  # dimensions looked at: every cut is asked for day by day
LEAST_HOURS = 3  # of the day; earlier ones say little
AFTER_EVENT, BEFORE_EVENT = 3, 15  # days read around those of the year before that today is like


def scan_today(
    run: Run,
    model: SemanticModel,
    calendar: Calendar,
    now: datetime,
    scope: Scope,
    audience: Audience = "everyone",
    metrics: tuple[str, ...] = (),
    most: int = MOST_LISTED,
) -> Scan:
    """What is unusual of today up to the last whole hour; of metrics that are settled by day nothing is said."""
    fit = [metric for metric in judged_metrics(model, audience, metrics) if _runs_by_hour(metric, model)]
    hour = _last_hour(run, fit, scope, now)
    if hour is None or hour < LEAST_HOURS:
        return Scan(())
    today = now.date()
    places = event_days(calendar, today - timedelta(days=460), today)
    days = _days(today, places)
    found: list[Stretch] = []
    count = 0
    wholes: dict[str, Series] | None = None
    for by in _cuts(model, scope):
        wanted = [metric for metric in fit if can_be_cut(metric, model, by)]
        if wanted:
            panel = _panel(run, model, wanted, by, scope, days, hour, now)
            series = series_of(wanted, panel, wholes if by else None, places, model)
            wholes = series if not by else wholes
            found += [one for held in series.values() for one in stretches(held, model, today, today)]
            count += sum(int(held.is_judged.sum()) for held in series.values())
    kept = sorted(without_repeats(found, model), key=weight, reverse=True)
    listed = [_anomaly(one, run, scope, hour, now) for one in kept[: most + 2]]
    shown = tuple(one for one in listed if one is not None)[:most]
    return Scan(shown, max(0, len(kept) - len(shown)), count)


def _runs_by_hour(metric: Metric, model: SemanticModel) -> bool:
    return all(table.grain != "day" for table in model.tables_of(metric))


def _cuts(model: SemanticModel, scope: Scope) -> list[tuple[str, ...]]:
    open_ones = [name for name in model.dimensions if len(scope.get(name, ())) != 1]
    return [(), *((name,) for name in open_ones[:MOST_CUTS])]


def _days(today: date, places: EventDays) -> tuple[date, ...]:
    """The weeks before, and the days around those of the year before that today is like."""
    recent = [today - timedelta(days=number) for number in range(DAYS, -1, -1)]
    place = places.get(today)
    like = earlier(place, places.of(place.event)) if place is not None else ()
    older = {
        day + timedelta(days=number)
        for day in like
        if day < recent[0]
        for number in range(-BEFORE_EVENT, AFTER_EVENT + 1)
    }
    return (*sorted(older - set(recent)), *recent)


def _last_hour(run: Run, metrics: list[Metric], scope: Scope, now: datetime) -> int | None:
    """The hour up to which every metric is in today."""
    period = Period(now.date(), now.date(), "day", complete=False, until=now)
    found = []
    for metric in metrics:
        until = run(KpiQuery((metric.id,), period, scope), now).figures[0].period.until
        found.append(until.hour if until is not None and until.date() == now.date() else 0)
    return min(found, default=None)


def _panel(
    run: Run,
    model: SemanticModel,
    metrics: list[Metric],
    by: tuple[str, ...],
    scope: Scope,
    days: tuple[date, ...],
    hour: int,
    now: datetime,
) -> Panel:
    """Every day up to that hour."""
    ids = tuple(metric.id for metric in covering(metrics, model))
    cells: dict[str, dict[tuple[Keys, int], float]] = {}
    for at, day in enumerate(days):
        until = datetime.combine(day, time(hour), now.tzinfo)
        query = KpiQuery(ids, Period(day, day, "day", complete=False, until=until), scope, by)
        try:
            figures = run(query, now).figures
        except QueryError:
            continue
        for figure in figures:
            if figure.period.until == until:
                for id, value in measured(model.metrics[figure.metric], figure):
                    cells.setdefault(id, {})[keys_of(figure, by), at] = value
    keys = tuple(dict.fromkeys(key for held in cells.values() for key, _ in held))
    panel = Panel(by, keys, days)
    rows = {key: row for row, key in enumerate(keys)}
    for metric in metrics:
        for measure in model.measures_of(metric):
            values = np.full((len(keys), len(days)), np.nan)
            for (key, at), value in cells.get(measure.id, {}).items():
                values[rows[key], at] = value
            panel.measures[measure.id] = values
    return panel


def _anomaly(one: Stretch, run: Run, scope: Scope, hour: int, now: datetime) -> Anomaly | None:
    """Today alone, as it stands at that hour."""
    place = scope_of(one.series.panel.by, one.keys, scope)
    until = datetime.combine(now.date(), time(hour), now.tzinfo)
    span = Period(now.date(), now.date(), "day", complete=False, until=until)
    figure = run(KpiQuery((one.series.metric.id,), span, place), now).figures[0]
    if figure.value is None or one.first != one.last or one.low <= figure.value <= one.high:
        return None
    return Anomaly(
        metric=one.series.metric.id, scope=place, figure=figure, span=span, started=now.date(), expected=one.expected,
        low=one.low, high=one.high, direction=1 if one.sign > 0 else -1, is_bad=one.is_bad, money=one.money,
        score=one.score, is_running=True, hours=(0, hour),
    )  # fmt: skip
