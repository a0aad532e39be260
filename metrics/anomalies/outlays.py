"""Which metric is the money that comes in, and which ones are of money that goes out."""

from __future__ import annotations

from metrics.currency import is_money
from metrics.model import Metric, SemanticModel


def value_metric(model: SemanticModel) -> Metric | None:
    """The money that comes in: the first sum of money in the catalogue that is driven by others."""
    for metric in model.metrics.values():
        if metric.denominator is None and is_money(metric.unit) and metric.higher_is_better and metric.drivers:
            return metric
    return None


def is_outlay(metric: Metric, model: SemanticModel) -> bool:
    """Whether what is at stake went out: the metric is spent or paid back, or is a return on what is spent."""
    spent = {one.numerator for one in model.metrics.values() if is_money(one.unit) and not one.higher_is_better}
    return metric.numerator in spent or metric.denominator in spent
