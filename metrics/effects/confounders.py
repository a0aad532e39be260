"""What else may have moved the figures of a trial: other tactics, promotions, holidays, empty shelves, missing days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from metrics.effects.effect import Confounder, Overlap, Trial
from metrics.effects.events import EventSpan
from metrics.effects.reading import Read, Run
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import KpiQuery, Period, Scope

NEAR_DAYS = 28  # before the start: what was then is what the days after are held against
STOCK = "stock_days"  # its numerator is the units in stock
EMPTY_SHARE = 0.15  # of a region's usual stock; below it people find the shelf empty
LEAST_EMPTY_DAYS = 2


def confounders_of(
    trial: Trial, read: Read | None, events: tuple[EventSpan, ...], run: Run, model: SemanticModel, now: datetime
) -> tuple[Confounder, ...]:
    """All that is known to have happened besides the tactic, the most disturbing kind first. Raises SourceError."""
    near = trial.start - timedelta(NEAR_DAYS)
    return (
        *_tactics(trial, near),
        *_stock_outs(trial, near, run, model, now),
        *_events(trial, events, near),
        *(_missing(trial, read, near) if read is not None else ()),
    )


def overlaps(one: Scope, other: Scope) -> bool:
    """Whether some order can belong to both scopes."""
    return all(set(one[id]) & set(other[id]) for id in one if id in other)


def _tactics(trial: Trial, near: date) -> Iterator[Confounder]:
    for other in trial.others:
        if overlaps(other.scope, trial.scope):
            before = _days(other, near, trial.start - timedelta(1))
            after = _days(other, trial.start, trial.end)
            if before or after:
                yield Confounder("tactic", other.title, before, after, left_out=False)


def _days(other: Overlap, first: date, last: date) -> int:
    return max(0, (min(last, other.end) - max(first, other.start)).days + 1)


def _events(trial: Trial, events: tuple[EventSpan, ...], near: date) -> Iterator[Confounder]:
    for span in events:
        before = span.days_within(near, trial.start - timedelta(1))
        after = span.days_within(trial.start, trial.end)
        if before or after:
            kind = "promotion" if span.kind == "campaign" else "holiday"
            yield Confounder(
                "promotion" if kind == "promotion" else "holiday", span.event, before, after, left_out=True
            )


def _missing(trial: Trial, read: Read, near: date) -> Iterator[Confounder]:
    before = sum(near <= day < trial.start for day in read.missing)
    after = sum(day >= trial.start for day in read.missing)
    if before or after:
        yield Confounder("missing_days", "", before, after, left_out=True)


def _stock_outs(trial: Trial, near: date, run: Run, model: SemanticModel, now: datetime) -> Iterator[Confounder]:
    """Regions whose shelves were nearly empty for days; nothing when the shop does not record stock."""
    if STOCK not in model.metrics or "category" not in trial.scope:
        return
    where = {id: values for id, values in trial.scope.items() if id != "channel"}  # stock belongs to no channel
    query = KpiQuery((STOCK,), Period(near - timedelta(NEAR_DAYS), trial.end), where, ("region",), grain="day")
    try:
        figures = run(query, now).figures
    except QueryError:
        return
    stock: dict[str, dict[date, float]] = {}
    for figure in figures:
        if figure.bucket is not None and figure.numerator is not None and "region" in figure.scope:
            stock.setdefault(figure.scope["region"][0], {})[figure.bucket.date()] = figure.numerator
    for region, held in stock.items():
        found = _empty(Confounder("stock_out", region, 0, 0, left_out=False), held, near, trial.start)
        if found.days_before + found.days_after >= LEAST_EMPTY_DAYS:
            yield found


def _empty(region: Confounder, held: dict[date, float], near: date, start: date) -> Confounder:
    usual = float(np.median(list(held.values())))
    empty = [day for day, units in held.items() if day >= near and units < EMPTY_SHARE * usual]
    after = sum(day >= start for day in empty)
    return replace(region, days_before=len(empty) - after, days_after=after)
