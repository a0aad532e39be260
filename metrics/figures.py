"""Aggregated rows into figures: where a value stands, and where an absence is said instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from metrics.model import Metric
from metrics.planning import MetricPlan
from metrics.query import UNKNOWN, Figure, KpiQuery, Period, Scope
from metrics.windows import Window, aware, covered

Keys = tuple[str, ...]  # one value for each dimension of `by`
Values = Mapping[str, float]  # measure id -> value; a measure without rows is not in it


@dataclass(frozen=True)
class Rows:
    """What one query brought back."""

    cells: Mapping[tuple[int, Keys], Values]  # (leg, group) -> measures

    @classmethod
    def read(cls, rows: Sequence[Sequence[Any]], dimensions: int, measures: Sequence[str]) -> Rows:
        """Out of rows of (leg, keys…, measures…)."""
        cells: dict[tuple[int, Keys], dict[str, float]] = {}
        for row in rows:
            keys = tuple(UNKNOWN if key in (None, "") else str(key) for key in row[1 : 1 + dimensions])
            held = zip(measures, row[1 + dimensions :], strict=True)
            cells.setdefault((int(row[0]), keys), {}).update({id: float(v) for id, v in held if v is not None})
        return cls(cells)

    def values(self, leg: int, keys: Keys) -> Values:
        return self.cells.get((leg, keys), {})


@dataclass(frozen=True)
class Maker:
    """Makes the figures of one metric."""

    plan: MetricPlan
    query: KpiQuery
    zone: ZoneInfo
    ever_seen: Callable[[str, Scope], bool]  # table, scope -> whether its values have ever had a row there
    # A series has each step once a group; its period and scope need to be made only once.
    _held: dict[tuple[Period, Window], tuple[Period, datetime]] = field(default_factory=dict, repr=False)
    _scopes: dict[Keys, Scope] = field(default_factory=dict, repr=False)

    def absent(self) -> Figure:
        """The one figure of a metric that could not be computed."""
        return self._figure(self.plan.period, (), None, self.plan.absence, None)

    def figure(self, values: Values, keys: Keys, period: Period, step: Window) -> Figure:
        """The figure of one group over one window, `period` being the whole that the window is a step of."""
        metric = self.plan.metric
        held, bucket = self._step(period, step) if self.query.grain else (period, None)
        if step in self.plan.lost:
            return self._figure(held, keys, None, "no_data", bucket)
        if metric.denominator is None:
            value = self._additive(metric, values, keys)
            return self._figure(held, keys, value, None if value is not None else "no_data", bucket)
        value, absence = _ratio(metric, values)
        if absence == "no_data":
            return self._figure(held, keys, None, absence, bucket)
        sides = (values.get(metric.numerator, 0.0), values.get(metric.denominator, 0.0))
        return self._figure(held, keys, value, absence, bucket, *sides)

    def _step(self, period: Period, step: Window) -> tuple[Period, datetime]:
        if (period, step) not in self._held:
            self._held[period, step] = covered(period, step, self.zone), aware(step.start, self.zone)
        return self._held[period, step]

    def _scope(self, keys: Keys) -> Scope:
        if keys not in self._scopes:
            own = {name: (key,) for name, key in zip(self.query.by, keys, strict=False)}
            self._scopes[keys] = {**self.query.where, **own}
        return self._scopes[keys]

    def _additive(self, metric: Metric, values: Values, keys: Keys) -> float | None:
        """A covered window without rows is a true 0, unless the filter's values never had a row at all.

        A category that sold nothing last week sold 0; one that this shop has never sold is unknown to the data, and
        saying 0 would pass a missing mapping off as a figure.
        """
        if metric.numerator in values:
            return values[metric.numerator]
        return 0.0 if all(self.ever_seen(table, self._scope(keys)) for table in self.plan.tables) else None

    def _figure(
        self,
        period: Period,
        keys: Keys,
        value: float | None,
        absence: str | None,
        bucket: datetime | None,
        numerator: float | None = None,
        denominator: float | None = None,
    ) -> Figure:
        return Figure(
            metric=self.plan.metric.id,
            value=value,
            unit=self.plan.metric.unit,
            period=period,
            scope=self._scope(keys),
            sources=self.plan.tables,
            data_to=self.plan.data_to,
            absence=absence,
            numerator=numerator,
            denominator=denominator,
            bucket=bucket,
        )


def _ratio(metric: Metric, values: Values) -> tuple[float | None, str | None]:
    """Value and absence; rows on one side are kept: no buyer among visitors is 0 %, buyers without visitors is none."""
    if metric.numerator not in values and metric.denominator not in values:
        return None, "no_data"
    denominator = values.get(metric.denominator or "", 0.0)
    if denominator == 0:
        return None, "zero_denominator"
    if denominator < metric.minimum_denominator:
        return None, "too_small"
    return values.get(metric.numerator, 0.0) / denominator, None
