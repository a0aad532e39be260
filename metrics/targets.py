"""What was planned: targets by month, metric and category, and when one of them may be held against a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from metrics.model import Metric, SemanticModel
from metrics.naming import fold, metric_words
from metrics.query import Figure, Notice, Period
from metrics.windows import Window, midnight, window_of

ADDITIVE = ("sum", "count")  # distinct counts do not add up over categories, so neither do their targets


@dataclass(frozen=True)
class Targets:
    """All targets; a key given twice with different values is left out and named in `conflicts`."""

    values: Mapping[tuple[date, str, str | None], float] = field(default_factory=dict)  # (month, metric, category)
    unknown: tuple[str, ...] = ()  # metric names in the file that the catalogue does not know
    conflicts: tuple[str, ...] = ()

    @classmethod
    def read(cls, rows: Iterable[tuple[datetime, str, str | None, float]], model: SemanticModel) -> Targets:
        """Out of (month, metric by any of its names, category or None, value)."""
        words = metric_words(model)
        values: dict[tuple[date, str, str | None], float] = {}
        unknown: dict[str, None] = {}
        conflicts: dict[tuple[date, str, str | None], None] = {}
        for month, name, category, value in rows:
            metric = words.get(fold(name or ""))
            if metric is None:
                unknown[name] = None
                continue
            key = (month.date().replace(day=1), metric, category or None)
            if values.setdefault(key, value) != value:
                conflicts[key] = None
        kept = {key: value for key, value in values.items() if key not in conflicts}
        named = tuple(f"{month:%Y-%m} {metric} {category or 'whole shop'}" for month, metric, category in conflicts)
        return cls(kept, tuple(unknown), named)


def target_for(figure: Figure, metric: Metric, model: SemanticModel, targets: Targets) -> Figure | Notice:
    """The target that the figure may be held against, else a notice that says why there is none.

    The target of a ratio of sums holds for any period inside its month. Everything else, also a ratio over distinct
    buyers, who are fewer in a month than its days' buyers added up, is held against the target of a whole month from
    its first day on; the notice `target_progress` then tells how much of the month has run.
    """
    month = figure.period.start.replace(day=1)
    if figure.period.end.replace(day=1) != month:
        return _undefined(figure, "several_months")
    if not _holds_for_any_part(metric, model) and not _runs_from_first(figure.period, month):
        return _undefined(figure, "part_of_month")
    value = _value(figure, metric, model, targets, month)
    if value is None:
        return _undefined(figure, "not_given")
    return Figure(
        metric=figure.metric,
        value=value,
        unit=figure.unit,
        period=Period(month, _last_day(month), "month"),
        scope=figure.scope,
        sources=("targets",),
        data_to=None,
    )


def _holds_for_any_part(metric: Metric, model: SemanticModel) -> bool:
    additive = all(measure.aggregation in ("sum", "count") for measure in model.measures_of(metric))
    return metric.denominator is not None and additive


def progress(figure: Figure, target: Figure, zone: ZoneInfo) -> Notice:
    """How much of a month's target is reached, and how much of the month has run."""
    span = window_of(target.period, zone)
    run = window_of(figure.period, zone)
    attainment = figure.value / target.value if figure.value is not None and target.value else None
    data = {
        "metric": figure.metric,
        "month": f"{target.period.start:%Y-%m}",
        "attainment": "" if attainment is None else f"{attainment:.6f}",
        "elapsed": f"{_share(run, span):.6f}",
    }
    return Notice("target_progress", data | {name: ",".join(values) for name, values in figure.scope.items()})


def _share(run: Window, span: Window) -> float:
    return (run.end - span.start) / span.length


def _undefined(figure: Figure, reason: str) -> Notice:
    scope = {name: ",".join(values) for name, values in figure.scope.items()}
    return Notice("target_not_defined", {"metric": figure.metric, "reason": reason} | scope)


def _runs_from_first(period: Period, month: date) -> bool:
    """The whole month, or its first days up to a moment that time has not passed yet."""
    if period.start != month:
        return False
    return period.end == _last_day(month) or not period.complete


def _last_day(month: date) -> date:
    return (midnight(month) + timedelta(days=32)).date().replace(day=1) - timedelta(days=1)


def _value(figure: Figure, metric: Metric, model: SemanticModel, targets: Targets, month: date) -> float | None:
    """The target of exactly this scope; a sum over several categories only where such sums mean something."""
    if set(figure.scope) - {"category"}:
        return None
    categories: tuple[str | None, ...] = figure.scope.get("category") or (None,)
    values = [targets.values.get((month, metric.id, category)) for category in categories]
    if len(values) == 1:
        return values[0]
    adds_up = metric.denominator is None and model.measures[metric.numerator].aggregation in ADDITIVE
    known = [value for value in values if value is not None]
    return sum(known) if adds_up and len(known) == len(values) else None
