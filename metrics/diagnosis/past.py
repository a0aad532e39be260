"""The days before a change, each series read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from metrics.diagnosis.history import Day, days_of
from metrics.diagnosis.reading import Figures, Side, first_day_gap
from metrics.query import Scope


@dataclass(frozen=True)
class Past:
    """Daily series of a change's metrics, of the whole and of any cut."""

    figures: Figures
    whole: Side
    _known: dict[str, Mapping[date, Day]] = field(default_factory=dict)  # a series is read for several ends

    def of(self, metric: str) -> Mapping[date, Day]:
        """The days of one metric over the whole."""
        if metric not in self._known:
            self._known[metric] = self.at(metric, self.whole.query.where)
        return self._known[metric]

    def at(self, metric: str, scope: Scope) -> Mapping[date, Day]:
        """The days of one metric at a cut."""
        change = self.whole.change
        gap = first_day_gap(change) if change is not None else 0
        return days_of(self.figures.daily((metric,), scope, self.whole.query.period, gap))
