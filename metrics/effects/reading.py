"""Daily figures of the touched segment and of comparable ones, read through the same queries as every answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from metrics.effects.effect import Trial
from metrics.effects.panel import Floats, Panel, Series
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import UNKNOWN, Figure, KpiQuery, KpiResult, Period, Scope

Run = Callable[[KpiQuery, datetime], KpiResult]

HISTORY_DAYS = 365  # before the start; more is another shop
# Whose other values are comparable: a category's customers rarely move to another category, a channel's do.
COMPARABLE = ("category", "channel", "region")
LEAST_CONTROLS = 2
MOST_EMPTY = 0.25  # of a segment's days may bring nothing; beyond it a week's level is chance


ABSENT = ("not_available", "unreadable", "no_data")  # of a metric that has no figure at all


@dataclass(frozen=True)
class Read:
    """A panel, whose other values its controls are, and which of its days the data lack."""

    panel: Panel
    dimension: str
    missing: frozenset[date]


def read_panel(run: Run, model: SemanticModel, trial: Trial, unsettled: frozenset[date], now: datetime) -> Read | None:
    """None when no dimension of the scope has enough untouched values. Raises MetricsError.

    `unsettled` are days of promotions and holidays; they stay in the panel and are not clean.
    """
    period = Period(trial.start - timedelta(HISTORY_DAYS), trial.end, "range")
    query = KpiQuery((trial.metric,), period, trial.scope, grain="day")
    figures = run(query, now).figures
    if all(figure.absence in ABSENT for figure in figures):
        raise QueryError(f"the data hold no {trial.metric}", code="not_available")
    held = frozenset(figure.bucket.date() for figure in figures if figure.bucket is not None and _is_held(figure))
    days = _days(min(trial.start, *held), trial.end)  # a young shop has a short history and no missing days
    treated = _series("", figures, days)
    for dimension in (id for id in COMPARABLE if id in trial.scope):
        where = {id: values for id, values in trial.scope.items() if id != dimension}
        found = run(replace(query, where=where, by=(dimension,)), now).figures
        controls = _controls(found, dimension, trial, days)
        if len(controls) >= LEAST_CONTROLS:
            missing = frozenset(days) - held | _silent(days, (treated, *controls))
            clean = np.array([day not in missing and day not in unsettled for day in days])
            return Read(Panel(days, treated, controls, days.index(trial.start), clean), dimension, missing)
    return None


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(n) for n in range((last - first).days + 1))


def _is_held(figure: Figure) -> bool:
    """Whether the data cover the figure's day; a small segment may have brought nothing on it."""
    return figure.value is not None or figure.numerator is not None


def _silent(days: Sequence[date], series: Sequence[Series]) -> frozenset[date]:
    """Days on which nobody brought anything: rows that are not there, not a shop that all at once sold nothing."""
    total = sum(np.abs(one.numerator if one.denominator is None else one.denominator) for one in series)
    return frozenset(day for day, brought in zip(days, np.asarray(total), strict=True) if brought == 0)


def _controls(figures: Sequence[Figure], dimension: str, trial: Trial, days: Sequence[date]) -> tuple[Series, ...]:
    by_value: dict[str, list[Figure]] = {}
    for figure in figures:
        if dimension in figure.scope:  # a metric that the sources lack has one figure, of no group
            by_value.setdefault(figure.scope[dimension][0], []).append(figure)
    busy = {value for other in trial.others if _concurrent(other.scope, trial.scope, dimension) for value in
            other.scope.get(dimension, ())}  # fmt: skip
    untouched = [id for id in by_value if id not in (*trial.scope[dimension], UNKNOWN) and id not in busy]
    found = [_series(id, by_value[id], days) for id in untouched]
    return tuple(series for series in found if is_dense(series))


def _concurrent(other: Scope, scope: Scope, dimension: str) -> bool:
    """Whether another tactic can have moved the values of `dimension` at this cut."""
    shared = (id for id in other if id != dimension and id in scope)
    return dimension in other and all(set(other[id]) & set(scope[id]) for id in shared)


def is_dense(series: Series) -> bool:
    """Whether the segment brings something on most of its days."""
    known = np.isfinite(series.numerator)
    base = series.numerator if series.denominator is None else series.denominator
    return bool(known.any()) and float(np.mean(base[known] <= 0)) <= MOST_EMPTY


def _series(name: str, figures: Sequence[Figure], days: Sequence[date]) -> Series:
    """The figures laid out by day."""
    by_day: Mapping[date, Figure] = {figure.bucket.date(): figure for figure in figures if figure.bucket is not None}

    def column(of: Callable[[Figure], float | None]) -> Floats:
        # A day on which a small segment brought nothing is a zero; one that the data lack is taken out by the panel.
        return np.array([(of(by_day[day]) or 0.0) if day in by_day else 0.0 for day in days], dtype=float)

    if any(figure.denominator is not None for figure in figures):
        return Series(name, column(lambda figure: figure.numerator), column(lambda figure: figure.denominator))
    return Series(name, column(lambda figure: figure.value))
