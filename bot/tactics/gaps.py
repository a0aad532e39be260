"""How far KPIs stand from where they should be: against their own past, and against the month's target."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.assistant.beside import both
from bot.assistant.types import Gap
from metrics.model import Metric, SemanticModel
from metrics.query import Change, Figure, KpiQuery, KpiResult, Period, Scope

Run = Callable[[KpiQuery, datetime], KpiResult]
PAST_WEIGHT = 0.5  # the period before is a weaker yardstick than a target
LONGEST_SHIFTED, WEEKS_BACK = 14, 6  # days of a period, and how far back a like one is looked for
SETTLED_DAYS = 7  # before, a month has too few days to be held against its target; the last one is


def measure_gaps(
    run: Run,
    model: SemanticModel,
    metrics: Sequence[str],
    scope: Scope,
    period: Period,
    now: datetime,
    by: tuple[str, ...] = (),
) -> list[Gap]:
    """One gap for each metric (and group) that has a figure in `period`; raises MetricsError.

    The past is the period before; where a promotion stands on one side only, the nearest earlier weeks that hold the
    same. The target is the month's: targets are set by the month, and a ratio over distinct buyers is not the same
    over a week.
    """
    past = KpiQuery(tuple(metrics), period, scope, by, compare=("previous",))
    goal = KpiQuery(tuple(metrics), target_period(now), scope, by, compare=("target",))
    recent, monthly = both(lambda: run(past, now), lambda: run(goal, now))
    targets = {_key(change.current): change for change in monthly.changes if _is_due(change, model)}
    if not _is_like(recent):
        recent = _with_like_weeks(run, past, now) or recent
    is_like = _is_like(recent)
    gaps = []
    for figure in recent.figures:
        if figure.value is not None:
            before = recent.change(figure, "previous") if is_like else None
            target = targets.get(_key(figure))
            gaps.append(Gap(figure, before, target, severity(before, target, model.metrics[figure.metric])))
    return gaps


def _is_like(result: KpiResult) -> bool:
    return all(notice.code != "unlike_events" for notice in result.notices)


def _with_like_weeks(run: Run, query: KpiQuery, now: datetime) -> KpiResult | None:
    """The same query against the nearest weeks before with the same promotions and holidays; None without such."""
    period = query.period
    if not period.complete or period.days > LONGEST_SHIFTED:
        return None
    for weeks in range(-(-period.days // 7) + 1, WEEKS_BACK + 1):
        back = timedelta(weeks=weeks)
        found = run(replace(query, against=Period(period.start - back, period.end - back, "days")), now)
        if _is_like(found) and found.changes:
            return found
    return None


def target_period(now: datetime) -> Period:
    """The month so far, or the last whole one while the month is young."""
    first = now.date().replace(day=1)
    if now.day > SETTLED_DAYS:
        return Period(first, now.date(), "month", complete=False, until=now)
    last = first - timedelta(days=1)
    return Period(last.replace(day=1), last, "month")


def severity(past: Change | None, target: Change | None, metric: Metric) -> float:
    """How bad a figure stands, relative to its yardstick; negative on the right side of both."""
    from_past = PAST_WEIGHT * _badness(past, metric)
    return from_past if target is None else max(_badness(target, metric), from_past)


def _is_due(change: Change, model: SemanticModel) -> bool:
    """An amount's target is for the whole month: a part of it is behind by nature and says nothing yet."""
    is_ratio = model.metrics[change.current.metric].denominator is not None
    return change.relative is not None and (is_ratio or change.current.period.complete)


def _badness(change: Change | None, metric: Metric) -> float:
    if change is None or change.relative is None:
        return 0.0
    return -change.relative if metric.higher_is_better else change.relative


def _key(figure: Figure) -> tuple[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    return figure.metric, tuple(sorted(figure.scope.items()))
