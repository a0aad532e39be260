"""From measures to the scale that noise is even on, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.anomalies.readings import Floats, Panel
from metrics.anomalies.season import Grid, Season
from metrics.model import Measure, Metric, SemanticModel

LEAST_COUNT = 6.0  # expected events a day; below, every day is a surprise
MOST_NOISE = 0.5  # on the log scale; a series that swings more has no normal range
BUSY_SHARE = 0.75  # of days that must not be empty, else an ordinary day is one of two kinds
TYPICAL_DAYS = 56


@dataclass(frozen=True)
class Series:
    """One metric over every part of one cut, judged."""

    metric: Metric
    panel: Panel
    season: Season
    scaled: Floats  # the values on the scale of the season
    is_judged: npt.NDArray[np.bool_]  # by part: volume enough, and swinging little enough

    @property
    def is_ratio_below_one(self) -> bool:
        return self.metric.unit == "fraction" and self.metric.denominator is not None

    def back(self, scaled: Floats) -> Floats:
        """Out of the scale into the metric's unit."""
        return logistic(scaled) if self.is_ratio_below_one else np.exp(scaled)


def grid_of(metric: Metric, panel: Panel, model: SemanticModel) -> Grid:
    """The metric on its scale, with the variance that a day of less volume adds."""
    values, base = panel.values(metric), panel.base(metric)
    counts = panel.measures[metric.numerator]
    if metric.unit == "fraction" and metric.denominator is not None:
        scaled = _logit(values, base, is_count(model.measures[metric.numerator], model))
    else:
        scaled = _log(values)
    return Grid(panel.days, scaled, _sampling(metric, counts, base, model), _chance(metric, panel, model))


def judged(metric: Metric, panel: Panel, season: Season, scaled: Floats, model: SemanticModel) -> Series:
    """The series with what says of which parts it may be spoken."""
    enough = season.noise <= MOST_NOISE
    if is_count(model.measures[metric.numerator], model):
        enough &= _typical(panel.measures[metric.numerator]) >= LEAST_COUNT
    counts = panel.measures[metric.numerator][:, -TYPICAL_DAYS:]
    enough &= (counts > 0).sum(axis=1) >= BUSY_SHARE * np.maximum(1, np.isfinite(counts).sum(axis=1))
    if metric.denominator is not None:
        enough &= _typical(panel.base(metric)) >= max(LEAST_COUNT, metric.minimum_denominator)
    return Series(metric, panel, season, scaled, np.asarray(enough))


def is_count(measure: Measure, model: SemanticModel) -> bool:
    """Whether it counts events, whose chance alone makes a day swing by the root of their number."""
    kind = model.tables[measure.table].columns.get(measure.column)
    return measure.aggregation != "sum" or kind == "integer"


def logistic(scaled: Floats) -> Floats:
    """Out of logits into shares."""
    return np.asarray(1.0 / (1.0 + np.exp(-scaled)))


def _log(values: Floats) -> Floats:
    """A day without anything is far off, not infinitely: it counts as half of one, or a thousandth of the usual."""
    least = np.nan_to_num(_typical(values), nan=1.0) / 1000
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(np.maximum(values, np.maximum(least, 1e-9)[:, None]))


def _logit(values: Floats, base: Floats, counts: bool) -> Floats:
    half = 0.5 / np.maximum(base, 1.0) if counts else np.full_like(values, 1e-5)
    inside = np.clip(values, half, 1 - half)
    return np.asarray(np.log(inside / (1 - inside)))


def _sampling(metric: Metric, counts: Floats, base: Floats, model: SemanticModel) -> Floats:
    """Variance beyond the usual where a day has less to go by than most."""
    if metric.denominator is None:
        return np.zeros_like(counts)
    if is_count(model.measures[metric.numerator], model):
        rate = np.nan_to_num(_typical(counts) / np.maximum(_typical(base), 1.0))[:, None]
        own = 1.0 / np.maximum(rate * np.nan_to_num(base), 1.0)
        usual = 1.0 / np.maximum(rate * np.nan_to_num(_typical(base))[:, None], 1.0)
        return np.asarray(np.maximum(0.0, own - usual))
    usual_base = np.nan_to_num(_typical(base))[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        less = np.where(base > 0, usual_base / base, 1.0) - 1.0
    return np.asarray(np.clip(np.nan_to_num(less), 0.0, 20.0) * 0.02)


def _chance(metric: Metric, panel: Panel, model: SemanticModel) -> Floats:
    """The variance of a log count by chance alone; of an amount that of the events which make it up."""
    own = model.measures[metric.numerator]
    events = [own] if is_count(own, model) else [one for one in _counts(panel, model) if one.table == own.table]
    if not events:
        return np.zeros_like(panel.measures[metric.numerator])
    number = np.nan_to_num(_typical(panel.measures[events[0].id]))[:, None]
    if metric.denominator is not None and events[0] is own:
        base = panel.base(metric)
        number = number * np.nan_to_num(base / np.maximum(_typical(base), 1e-9)[:, None], nan=1.0)
        if metric.unit == "fraction":  # of a share, chance spreads the logit
            number = number * np.maximum(0.02, 1 - np.nan_to_num(_typical(panel.values(metric)))[:, None])
    return np.broadcast_to(1.0 / np.maximum(number, 1.0), panel.measures[metric.numerator].shape)


def _counts(panel: Panel, model: SemanticModel) -> list[Measure]:
    return [model.measures[id] for id in panel.measures if is_count(model.measures[id], model)]


def _typical(values: Floats) -> Floats:
    recent = values[:, -TYPICAL_DAYS:]
    with np.errstate(invalid="ignore"):
        seen = np.isfinite(recent).any(axis=1)
        result = np.full(len(values), np.nan)
        if seen.any():
            result[seen] = np.nanmedian(recent[seen], axis=1)
    return result
