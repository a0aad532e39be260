"""Reads the measures of many series with few queries: one grouped query a cut and a stretch of days."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt

from metrics.errors import QueryError
from metrics.model import Metric, SemanticModel
from metrics.query import UNKNOWN, Figure, KpiQuery, KpiResult, Period, Scope

Floats = npt.NDArray[np.float64]
Run = Callable[[KpiQuery, datetime], KpiResult]
Keys = tuple[str, ...]


@dataclass
class Panel:
    """Measures of every part of one cut, day by day."""

    by: tuple[str, ...]
    keys: tuple[Keys, ...]
    days: tuple[date, ...]
    measures: dict[str, Floats] = field(default_factory=dict)  # measure id -> (part, day); NaN: not known

    def values(self, metric: Metric) -> Floats:
        """The metric of every part and day; NaN where it is not known."""
        top = self.measures[metric.numerator]
        if metric.denominator is None:
            return top
        below = self.measures[metric.denominator]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(below > 0, top / below, np.nan)

    def base(self, metric: Metric) -> Floats:
        """What a ratio is of; ones for a sum."""
        if metric.denominator is None:
            return np.ones_like(self.measures[metric.numerator])
        return self.measures[metric.denominator]


def days_of(stretches: Sequence[tuple[date, date]]) -> tuple[date, ...]:
    """Every day of the stretches, in order."""
    found = {first + timedelta(days=number) for first, last in stretches for number in range((last - first).days + 1)}
    return tuple(sorted(found))


def can_be_cut(metric: Metric, model: SemanticModel, by: Sequence[str]) -> bool:
    """Whether all of the metric's tables carry the dimensions."""
    return all(set(by) <= set(table.dimensions) for table in model.tables_of(metric))


def covering(metrics: Sequence[Metric], model: SemanticModel) -> tuple[Metric, ...]:
    """As few of the metrics as hold every measure of all: a ratio's figure carries both of its sides."""
    wanted = {measure.id for metric in metrics for measure in model.measures_of(metric)}
    picked: list[Metric] = []
    for metric in sorted(metrics, key=lambda one: one.denominator is None):
        new = {measure.id for measure in model.measures_of(metric)} & wanted
        if new:
            picked.append(metric)
            wanted -= new
    return tuple(picked)


def read_panel(
    run: Run,
    model: SemanticModel,
    metrics: Sequence[Metric],
    by: tuple[str, ...],
    where: Scope,
    stretches: Sequence[tuple[date, date]],
    now: datetime,
) -> Panel:
    """The measures of `metrics` at one cut; a metric that this shop cannot be asked for is left unknown."""
    days = days_of(stretches)
    wanted = tuple(metric.id for metric in covering(metrics, model))
    figures = [
        figure
        for first, last in stretches
        for figure in _figures(run, KpiQuery(wanted, Period(first, last), where, by, "day"), now)
    ]
    keys = tuple(dict.fromkeys(keys_of(figure, by) for figure in figures if _is_named(figure, by)))
    panel = Panel(by, keys, days)
    rows, columns = {key: at for at, key in enumerate(keys)}, {day: at for at, day in enumerate(days)}
    for metric in metrics:
        for measure in model.measures_of(metric):
            panel.measures.setdefault(measure.id, np.full((len(keys), len(days)), np.nan))
    for figure in figures:
        if figure.bucket is None or not _is_whole(figure) or not _is_named(figure, by):
            continue
        place = rows[keys_of(figure, by)], columns[figure.bucket.date()]
        for id, value in measured(model.metrics[figure.metric], figure):
            panel.measures[id][place] = value
    return panel


def _figures(run: Run, query: KpiQuery, now: datetime) -> Sequence[Figure]:
    try:
        return run(query, now).figures
    except QueryError:
        if len(query.metrics) == 1:
            return ()
    return [figure for id in query.metrics for figure in _figures(run, replace(query, metrics=(id,)), now)]


def _is_whole(figure: Figure) -> bool:
    """A day that the data end in, or begin in, is not a day."""
    until = figure.period.until
    return until is None or until.time() == time()


def measured(metric: Metric, figure: Figure) -> Sequence[tuple[str, float]]:
    """Measure id and value of each side of a figure."""
    if metric.denominator is None:
        return () if figure.value is None else ((metric.numerator, figure.value),)
    if figure.numerator is None or figure.denominator is None:
        return ()
    return (metric.numerator, figure.numerator), (metric.denominator, figure.denominator)


def keys_of(figure: Figure, by: Sequence[str]) -> Keys:
    """The values that the figure is of."""
    return tuple(figure.scope[name][0] for name in by)


def _is_named(figure: Figure, by: Sequence[str]) -> bool:
    return all(figure.scope.get(name, (UNKNOWN,))[0] != UNKNOWN for name in by)


def scope_of(by: Sequence[str], keys: Keys, where: Scope) -> Mapping[str, tuple[str, ...]]:
    """The scope of one part."""
    return {**where, **{name: (key,) for name, key in zip(by, keys, strict=True)}}
