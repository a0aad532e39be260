"""Daily series of the segment that a tactic touched and of comparable ones that it left alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """One segment's KPI by day; what cannot be added up is held as what it is recomputed from."""

    name: str
    numerator: Floats  # of an additive KPI its values; NaN on a day without data
    denominator: Floats | None = None  # None: the KPI adds up over days

    def scaled(self, factors: Floats) -> Series:
        """The same series with its KPI multiplied day by day, as a tactic of that effect would have it."""
        return replace(self, numerator=self.numerator * factors)


@dataclass(frozen=True, eq=False)
class Panel:
    """What an effect is estimated from: one row of days, seen in the touched segment and in the controls."""

    days: tuple[date, ...]  # consecutive
    treated: Series
    controls: tuple[Series, ...]
    start: int  # index of the tactic's first day; the days from there on are measured
    clean: npt.NDArray[np.bool_]  # False: a promotion, a holiday or a day without data, which is compared with nothing

    @property
    def series(self) -> tuple[Series, ...]:
        """The touched segment first."""
        return (self.treated, *self.controls)

    @property
    def clean_before(self) -> int:
        return int(self.clean[: self.start].sum())

    @property
    def clean_after(self) -> int:
        return int(self.clean[self.start :].sum())


@dataclass(frozen=True, eq=False)
class Indexed:
    """The clean days of a panel against what each weekday is used to bring; columns are the panel's series."""

    actual: Floats  # (clean days, series)
    expected: Floats  # the same days at each series' own weekday level before the start
    start: int  # index of the first measured clean day

    @classmethod
    def of(cls, panel: Panel) -> Indexed:
        """Levels are taken from before the start alone, so that the tactic cannot move its own yardstick."""
        weekdays = np.array([day.weekday() for day in panel.days])[panel.clean]
        start = panel.clean_before
        actual = np.column_stack([series.numerator[panel.clean] for series in panel.series])
        base = np.column_stack(
            [np.ones(len(weekdays)) if s.denominator is None else s.denominator[panel.clean] for s in panel.series]
        )
        expected = base * _weekday_levels(actual[:start], base[:start], weekdays[:start])[weekdays]
        return cls(actual, expected, start)

    def changes(self, before: int, after: int) -> Floats:
        """Log change of each series at every possible start: (starts, series); the last row is the real start.

        A start compares the `after` days from it with the `before` days that end at it. NaN where a series
        brought nothing in one of the two.
        """
        actual, expected = _sums(self.actual), _sums(self.expected)
        last = self.start
        starts = np.arange(last, before - 1, -1)
        starts = starts[(starts == last) | (starts + after <= last)][::-1]

        def level(first: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Floats:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = (actual[end] - actual[first]) / (expected[end] - expected[first])
                return np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1.0)), np.nan)

        found: Floats = level(starts, starts + after) - level(starts - before, starts)
        return found


def _sums(values: Floats) -> Floats:
    """Running sums with a leading zero, so that any window is one difference."""
    found: Floats = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    return found


def _weekday_levels(actual: Floats, base: Floats, weekdays: npt.NDArray[np.int64]) -> Floats:
    """Level of each weekday (7, series); a weekday that never occurred takes the overall level."""
    overall = actual.sum(axis=0) / np.maximum(base.sum(axis=0), 1e-12)
    levels = np.tile(overall, (7, 1))
    for weekday in range(7):
        rows = weekdays == weekday
        total = base[rows].sum(axis=0)
        held = actual[rows].sum(axis=0)
        known = (total > 0) & (held > 0)
        levels[weekday, known] = held[known] / total[known]
    return levels
