"""The days before a change, each series read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from metrics.diagnosis.history import Day, days_of
from metrics.diagnosis.reading import Figures, Side, first_day_gap
from metrics.query import Figure, Scope


@dataclass(frozen=True)
class Past:
    """Daily series of a change's metrics, of the whole and of any cut."""

    figures: Figures
    whole: Side

    def of(self, metric: str) -> Mapping[date, Day]:
        """The days of one metric of the chain over the whole."""
        return days_of([item for item in self._whole if item.metric == metric])

    def at(self, metric: str, scope: Scope) -> Mapping[date, Day]:
        """The days of one metric at a cut."""
        return days_of(self._read((metric,), scope))

    @cached_property
    def _whole(self) -> tuple[Figure, ...]:
        return self._read(self.figures.ids(self.whole.chain), self.whole.query.where)

    def _read(self, metrics: tuple[str, ...], scope: Scope) -> tuple[Figure, ...]:
        change = self.whole.change
        gap = first_day_gap(change) if change is not None else 0
        return self.figures.daily(metrics, scope, self.whole.query.period, gap)
