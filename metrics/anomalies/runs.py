"""Runs of unusual days out of judged series: what they brought, what they should have brought, in money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.anomalies.money import overspent, per_unit
from metrics.anomalies.readings import Floats, Keys
from metrics.anomalies.season import EFFECT_DOUBT
from metrics.anomalies.series import Series
from metrics.model import SemanticModel

RANGE = 2.6  # spreads on either side of the expected: 99 days in 100
LEAST_OFF = 0.05  # on the log scale; less is nobody's business, however sure it is


@dataclass(frozen=True)
class Stretch:
    """One run of unusual days of one part."""

    series: Series
    part: int
    first: int  # index of its first and last day
    last: int
    sign: int  # +1 high, -1 low
    off: float  # mean distance on the scale of the series
    score: float  # the same in spreads
    expected: float  # over the run, by daily figures
    value: float  # likewise
    low: float
    high: float
    money: float | None  # value of the difference, signed so that below 0 is lost or overspent

    @property
    def keys(self) -> Keys:
        return self.series.panel.keys[self.part]

    @property
    def place(self) -> dict[str, str]:
        """Dimension -> value of its part."""
        return dict(zip(self.series.panel.by, self.keys, strict=True))

    @property
    def days(self) -> tuple[date, date]:
        return self.series.panel.days[self.first], self.series.panel.days[self.last]

    @property
    def is_bad(self) -> bool:
        return (self.sign > 0) != self.series.metric.higher_is_better

    def excess(self, first: date, last: date) -> float:
        """Difference over those days in the unit of the numerator: comparable between a part and its whole."""
        days = self.series.panel.days
        window = [at for at, day in enumerate(days) if first <= day <= last]
        base = self.series.panel.base(self.series.metric)[self.part, window]
        value = self.series.panel.values(self.series.metric)[self.part, window]
        expected = self.series.back(self.series.season.expected[self.part, window])
        return float(np.nansum((value - expected) * base))

    def shares_days(self, other: Stretch) -> float:
        """Which part of its days the other has too."""
        first, last = max(self.days[0], other.days[0]), min(self.days[1], other.days[1])
        return max(0, (last - first).days + 1) / ((self.days[1] - self.days[0]).days + 1)


def stretches(series: Series, model: SemanticModel, start: date, end: date) -> Iterator[Stretch]:
    """The runs that reach into the days from `start` to `end`, as of `end`."""
    days = series.panel.days
    inside = [index for index, day in enumerate(days) if start <= day <= end]
    if not inside or not series.panel.keys:
        return
    scaled = series.scaled
    for part in np.flatnonzero(series.is_judged & series.season.flags[:, inside].any(axis=1)):
        for first, last in _runs(series.season.flags[part], series.season.started[part], inside):
            found = _stretch(series, model, scaled, int(part), first, last)
            if found is not None:
                yield found


def _runs(flags: np.ndarray, started: np.ndarray, inside: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last index of each run with a day inside; the latest of those with the same first day."""
    found: dict[int, int] = {}
    for index in inside:
        if flags[index]:
            found[int(started[index])] = index
    yield from found.items()


def _stretch(series: Series, model: SemanticModel, scaled: Floats, part: int, first: int, last: int) -> Stretch | None:
    window = slice(first, last + 1)
    sign = int(series.season.flags[part, last])
    pred, spread = series.season.expected[part, window], series.season.spread[part, window]
    off = scaled[part, window] - pred
    seen = np.isfinite(off) & np.isfinite(spread)
    if not seen.any():
        return None
    effect = float(np.nan_to_num(series.season.effect[part, window])[seen].mean())
    doubt = float(series.season.doubt[part, window][seen].max()) + (EFFECT_DOUBT * effect) ** 2
    noise = float(np.sqrt((spread[seen] ** 2).mean() / seen.sum() + doubt))
    mean = float(off[seen].mean())
    if abs(mean) < max(LEAST_OFF, RANGE * noise) or np.sign(mean) != sign:
        return None
    base = np.where(seen, series.panel.base(series.metric)[part, window], 0.0)
    value, expected, low, high = (
        _together(series, base, scaled[part, window] if shift is None else pred + shift)
        for shift in (None, 0.0, -RANGE * noise, RANGE * noise)
    )
    if low <= value <= high:
        return None
    unit = per_unit(series, model, part, window)
    money = overspent(series, model, part, window, expected) if unit is None else unit * (value - expected)
    return Stretch(series, part, first, last, sign, mean, abs(mean) / noise, expected, value, low, high, money)


def _together(series: Series, base: Floats, scaled: Floats) -> float:
    """Daily values on the scale as one figure of the whole run."""
    values = np.where(base > 0, series.back(np.nan_to_num(scaled)), 0.0)
    total = float(np.nansum(values * base))
    return total / float(np.nansum(base)) if series.metric.denominator else total
