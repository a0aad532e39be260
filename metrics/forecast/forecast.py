"""What a period will bring: the figure so far, and each day left by level, weekday and event, with an interval."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from metrics.anomalies.eventdays import EventDays, event_days
from metrics.anomalies.readings import Panel, Run, days_of, read_panel
from metrics.anomalies.season import filtered
from metrics.anomalies.series import LEAST_COUNT, grid_of, is_count
from metrics.calendar import Calendar
from metrics.forecast.ahead import Ahead, ahead
from metrics.forecast.expected import ExpectedDay, Forecast, NotForecast, Reason
from metrics.forecast.goals import goal
from metrics.forecast.hours import share_of_day
from metrics.model import Metric, SemanticModel
from metrics.query import Figure, KpiQuery, Period, Scope
from metrics.targets import Targets

HISTORY_DAYS = 540
LEAST_DAYS = 42  # of history
SAME_SUM = 0.005  # by how much the days added up may miss the whole: of what is counted once, they may not
RECENT_DAYS, MONTH_DAYS = 7, 28
LONGEST = 400  # days ahead


def forecast(
    run: Run,
    model: SemanticModel,
    calendar: Calendar,
    metric_id: str,
    scope: Scope,
    period: Period,
    now: datetime,
    targets: Targets | None = None,
) -> Forecast | NotForecast:
    """The expected end of `period` (whole days, its end in the future) as of `now`. Raises QueryError, SourceError."""
    metric = model.metrics[metric_id]
    if (reason := _unfit(metric, model, period, now)) is not None:
        return NotForecast(reason, metric_id)
    running = replace(period, end=now.date(), complete=False, until=now)
    so_far = run(KpiQuery((metric_id,), running, scope), now).figures[0]
    if so_far.value is None:
        return NotForecast("no_data", metric_id)
    first = now.date() - timedelta(days=HISTORY_DAYS)
    last = now.date() - timedelta(days=1)
    panel = _trimmed(read_panel(run, model, [metric], (), scope, ((first, last),), now), metric)
    if (reason := _unreadable(panel, metric, model)) is not None:
        return NotForecast(reason, metric_id)
    if not _adds_up(run, panel, metric, model, scope, now):
        return NotForecast("not_additive", metric_id)
    places = event_days(calendar, panel.days[0] - timedelta(days=400), period.end)
    left = days_of(((_next_day(so_far, now), period.end),))
    next_days = ahead(filtered(grid_of(metric, panel, model), places), grid_of(metric, panel, model), places, left)
    today = share_of_day(run, metric, scope, so_far, now, places)
    return _put_together(
        metric,
        scope,
        period,
        so_far,
        panel,
        next_days,
        today,
        _goal(targets, model, metric, scope, period),
        now,
        places,
    )


def _unfit(metric: Metric, model: SemanticModel, period: Period, now: datetime) -> Reason | None:
    if metric.denominator is not None:
        return "ratio"
    if period.end < now.date():
        return "over"
    return "too_far" if (period.end - now.date()).days > LONGEST else None


def _unreadable(panel: Panel, metric: Metric, model: SemanticModel) -> Reason | None:
    if not panel.keys or len(panel.days) < LEAST_DAYS:
        return "too_short"
    recent = panel.values(metric)[0, -28:]
    if not np.isfinite(recent).any():
        return "no_data"
    typical = float(np.nanmedian(recent))
    floor = LEAST_COUNT if is_count(model.measures[metric.numerator], model) else 0.0
    return "too_small" if typical <= floor else None


def _trimmed(panel: Panel, metric: Metric) -> Panel:
    """From the first day with a value on: before it there was no shop, or no data of it."""
    if not panel.keys:
        return panel
    values = panel.values(metric)[0]
    seen = np.flatnonzero(np.isfinite(values) & (values > 0))
    start = int(seen[0]) if len(seen) else len(values)
    measures = {id: held[:, start:] for id, held in panel.measures.items()}
    return Panel(panel.by, panel.keys, panel.days[start:], measures)


def _adds_up(run: Run, panel: Panel, metric: Metric, model: SemanticModel, scope: Scope, now: datetime) -> bool:
    """Whether the days added up are the whole: orders are, buyers who come twice are not."""
    if model.measures[metric.numerator].aggregation == "sum":
        return True
    recent = Period(panel.days[-MONTH_DAYS], panel.days[-1], "days")
    whole = run(KpiQuery((metric.id,), recent, scope), now).figures[0].value
    added = float(np.nansum(panel.values(metric)[0, -MONTH_DAYS:]))
    return whole is not None and added <= whole * (1 + SAME_SUM)


def _next_day(so_far: Figure, now: datetime) -> date:
    """The first day that is not wholly in: of tables settled by day that is today, too."""
    reached = so_far.period.until
    return min(now.date(), reached.date()) if reached is not None else now.date()


def _goal(targets: Targets | None, model: SemanticModel, metric: Metric, scope: Scope, period: Period) -> float | None:
    return None if targets is None else goal(targets, model, metric.id, scope, period)


def _put_together(
    metric: Metric,
    scope: Scope,
    period: Period,
    so_far: Figure,
    panel: Panel,
    left: Ahead,
    today: float,
    target: float | None,
    now: datetime,
    places: EventDays,
) -> Forecast:
    """`today` is the share of the first day of `left` that is in."""
    reached = so_far.value or 0.0
    rest = np.array(left.values)
    if len(rest):
        rest[0] *= 1 - today
    totals = reached + np.cumsum(rest)
    spread = left.spread_of_sums(rest)
    low, high = reached + np.cumsum(rest) * np.exp(-spread), reached + np.cumsum(rest) * np.exp(spread)
    past = _past(panel, metric, period, left.days)
    course = past + tuple(
        ExpectedDay(day, float(totals[at]), float(low[at]), float(high[at]), False) for at, day in enumerate(left.days)
    )
    recent = panel.values(metric)[0, -RECENT_DAYS:]
    unknown = {places[day].event for day in left.unknown}
    return Forecast(
        metric=metric.id,
        scope=scope,
        period=period,
        so_far=so_far,
        expected=float(totals[-1]) if len(totals) else reached,
        low=float(low[-1]) if len(totals) else reached,
        high=float(high[-1]) if len(totals) else reached,
        course=course,
        target=target,
        days_left=max(0.0, len(left.days) - today),
        recent_a_day=float(np.nanmean(recent)) if np.isfinite(recent).any() else None,
        unknown_events=tuple(sorted(unknown)),
    )


def _past(panel: Panel, metric: Metric, period: Period, left: tuple[date, ...]) -> tuple[ExpectedDay, ...]:
    """The days that are in, added up."""
    total, found = 0.0, []
    for at, day in enumerate(panel.days):
        if day >= period.start and (not left or day < left[0]):
            total += float(np.nan_to_num(panel.values(metric)[0, at]))
            found.append(ExpectedDay(day, total, total, total, True))
    return tuple(found)
