"""How far a figure is from its target, by category where categories have targets, and which drivers miss theirs."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta

from metrics.diagnosis.chains import Chain, adds_up, chains_of
from metrics.diagnosis.explanation import Event, Explanation, Part
from metrics.diagnosis.reading import Figures
from metrics.diagnosis.segments import share_of
from metrics.model import Metric, SemanticModel
from metrics.query import Change, KpiQuery, KpiResult

SPLIT = "category"  # targets are given for the whole shop and by category


def target_gap(query: KpiQuery, figures: Figures, model: SemanticModel) -> Explanation:
    """The gap to the target, to its part that is due by now while the month still runs; not explained without one."""
    metric = model.metrics[query.metrics[0]]
    plain = replace(query, compare=("target",), against=None)
    result = figures.run(plain, figures.now)
    change = _target_change(result)
    if change is None or change.absolute is None:
        return Explanation(query, metric.id, metric.unit, None, 0.0, 0.0, result=result)
    due = due_part(change, metric)
    total = _gap(change, due)
    parts = _by_category(plain, metric, figures, model, total, due)
    chain = next(chains_of(metric, model, figures.hidden))
    return Explanation(
        query=query,
        metric=metric.id,
        unit=change.current.unit,
        change=change,
        total=total,
        residual=total - math.fsum(part.contribution for part in parts) if parts else 0.0,
        segments={SPLIT: parts} if parts else {},
        events=_drivers(plain, chain, figures),
        result=result,
        due=due,
    )


def due_part(change: Change, metric: Metric) -> float:
    """The part of a target that is due: all of a ratio's or a whole month's, else as much as of the month has run."""
    period = change.current.period
    if metric.denominator is not None or period.complete or period.until is None:
        return 1.0
    first = period.start.replace(day=1)
    following: date = (first + timedelta(days=32)).replace(day=1)
    start, end = (datetime.combine(day, datetime.min.time()) for day in (first, following))
    return (period.until.replace(tzinfo=None) - start) / (end - start)


def _gap(change: Change, due: float) -> float:
    return (change.current.value or 0.0) - due * (change.baseline.value or 0.0)


def _target_change(result: KpiResult) -> Change | None:
    return next((item for item in result.changes if item.kind == "target"), None)


def _by_category(
    query: KpiQuery, metric: Metric, figures: Figures, model: SemanticModel, total: float, due: float
) -> tuple[Part, ...]:
    """Each category against its own target; what no category's target says is one part. () where they don't add up."""
    if not adds_up(metric, model) or SPLIT not in model.dimensions or len(query.where.get(SPLIT, ())) == 1:
        return ()
    result = figures.run(replace(query, by=(SPLIT,)), figures.now)
    parts = []
    for item in result.changes:
        if item.kind == "target" and item.absolute is not None:
            gap, scope = _gap(item, due), item.current.scope
            id = f"segment:{SPLIT}={scope[SPLIT][0]}"
            sides = (due * (item.baseline.value or 0.0), item.current.value)
            parts.append(Part(id, "segment", metric.id, scope, gap, share_of(gap, total), *sides))
    if not parts:
        return ()
    parts.sort(key=lambda part: -abs(part.contribution))
    rest = total - math.fsum(part.contribution for part in parts)
    if abs(rest) > 1e-9 * max(abs(part.contribution) for part in (*parts,)):
        parts.append(Part(f"rest:{SPLIT}", "rest", "", query.where, rest, share_of(rest, total)))
    return tuple(parts)


def _drivers(query: KpiQuery, chain: Chain, figures: Figures) -> tuple[Event, ...]:
    """The drivers that have a target of their own, beside it."""
    found = figures.beside([id for id in chain.factors if id and id != chain.metric.id], query, "target")
    return tuple(
        Event("driver_target", item.current.metric, query.where, item.current, item.baseline)
        for item in found
        if item.absolute is not None and item.current.value is not None
    )
