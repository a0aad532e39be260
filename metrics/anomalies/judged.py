"""Which metrics are looked over: those that tell of something by themselves, not what follows from them."""

from __future__ import annotations

from collections.abc import Sequence

from metrics.anomalies.outlays import value_metric
from metrics.currency import is_money
from metrics.model import Audience, Metric, SemanticModel


def judged_metrics(model: SemanticModel, audience: Audience, asked: Sequence[str] = ()) -> list[Metric]:
    """The metrics asked for that a single day tells something about; without any, those that tell of something new."""
    fit = [metric for metric in model.metrics.values() if _fits_a_day(metric, model)]
    seen = [metric for metric in fit if metric.audience == "everyone" or audience == "manager"]
    if asked:
        return [metric for metric in seen if metric.id in asked]
    value = value_metric(model)
    if value is None:
        return seen
    telling = [metric for metric in seen if _tells(metric, value, model)]
    sides = {id for metric in telling if metric.denominator for id in (metric.numerator, metric.denominator)}
    rest = [metric for metric in seen if _is_apart(metric, value, model) and (metric.numerator not in sides)]
    spent = [metric for metric in seen if _is_apart(metric, value, model) and metric.audience == "manager"]
    return list(dict.fromkeys((*telling, *spent, *rest)))


def _fits_a_day(metric: Metric, model: SemanticModel) -> bool:
    """A share of one value is what the cut of that value shows anyway."""
    measures = model.measures_of(metric)
    is_plain = all(one.aggregation in ("sum", "count", "count_distinct") for one in measures)
    return metric.minimum_days == 1 and is_plain and not any(set(one.where) & set(model.dimensions) for one in measures)


def _tells(metric: Metric, value: Metric, model: SemanticModel) -> bool:
    """The value, what drives it, and rates that these do not settle."""
    if metric is value or metric.id in value.drivers:
        return True
    if metric.denominator is None or is_money(metric.unit):
        return False
    sold = model.measures[value.numerator].table
    return sum(measure.table == sold for measure in model.measures_of(metric)) < 2


def _is_apart(metric: Metric, value: Metric, model: SemanticModel) -> bool:
    return (
        metric.denominator is None and model.measures[metric.numerator].table != model.measures[value.numerator].table
    )
