"""What a difference in a metric is worth: money where the catalogue's own formulas say how."""

from __future__ import annotations

import numpy as np

from metrics.anomalies.outlays import is_outlay, value_metric
from metrics.anomalies.series import Series
from metrics.currency import is_money
from metrics.model import SemanticModel


def overspent(series: Series, model: SemanticModel, part: int, window: slice, expected: float) -> float | None:
    """Of a return on spending: what was spent beyond what its proceeds are worth, below 0; None for other metrics."""
    metric, panel = series.metric, series.panel
    if metric.denominator is None or not (is_outlay(metric, model) and metric.higher_is_better) or expected <= 0:
        return None
    spent, earned = (
        float(np.nansum(panel.measures[id][part, window])) for id in (metric.denominator, metric.numerator)
    )
    return earned / expected - spent


def per_unit(series: Series, model: SemanticModel, part: int, window: slice) -> float | None:
    """Money of one unit of the metric over those days, below 0 where more of it costs; None where nothing says it.

    A difference in money is money. People or orders more or less are worth what each of them spent there on these
    days; a driver of the value, such as visitors, is worth the value for each of it.
    """
    metric, panel = series.metric, series.panel
    if is_outlay(metric, model) and metric.higher_is_better:
        return None  # see `overspent`
    base = float(np.nansum(panel.base(metric)[part, window])) if metric.denominator else 1.0
    sign = 1.0 if metric.higher_is_better else -1.0
    if any(one.numerator == metric.numerator and is_money(one.unit) for one in model.metrics.values()):
        return sign * base
    value = value_metric(model)
    if value is None or value.numerator not in panel.measures:
        return None
    measure, money = model.measures[metric.numerator], model.measures[value.numerator]
    if measure.table != money.table and metric.id not in value.drivers:
        return None
    earned = float(np.nansum(panel.measures[value.numerator][part, window]))
    count = float(np.nansum(panel.measures[metric.numerator][part, window]))
    if earned <= 0 or count <= 0:
        earned = float(np.nansum(panel.measures[value.numerator][part, : window.start]))
        count = float(np.nansum(panel.measures[metric.numerator][part, : window.start]))
    return sign * base * earned / count if count > 0 else None
