"""The target of a period of several months: theirs added up, where every month has one."""

from __future__ import annotations

from datetime import date

from metrics.model import SemanticModel
from metrics.query import Period, Scope
from metrics.targets import ADDITIVE, Targets


def goal(targets: Targets, model: SemanticModel, metric: str, scope: Scope, period: Period) -> float | None:
    """The target of whole months; None where one is missing, or targets of this metric cannot be added up."""
    if set(scope) - {"category"} or period.start.day != 1:
        return None
    months = _months(period.start, period.end)
    categories: tuple[str | None, ...] = scope.get("category") or (None,)
    values = [targets.values.get((month, metric, category)) for month in months for category in categories]
    known = [value for value in values if value is not None]
    definition = model.metrics[metric]
    adds_up = definition.denominator is None and (
        model.measures[definition.numerator].aggregation in ADDITIVE or len(categories) == 1
    )
    if len(known) < len(values) or (len(values) > 1 and not adds_up):
        return None
    return sum(known)


def _months(start: date, end: date) -> tuple[date, ...]:
    found = [start.replace(day=1)]
    while found[-1].replace(day=1) < end.replace(day=1):
        last = found[-1]
        found.append(last.replace(year=last.year + last.month // 12, month=last.month % 12 + 1))
    return tuple(found)
