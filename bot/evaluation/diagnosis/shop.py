"""A simulated shop in memory with one cause put into it; answers the queries of a diagnosis like the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from metrics.calendar import Calendar
from metrics.comparability import mismatch
from metrics.comparisons import change
from metrics.demo.market import (
    CATEGORIES,
    CHANNEL_REFUND,
    CHANNEL_RETURN_ON_SPEND,
    CHANNELS,
    REFUND_SHARE,
    REGIONS,
    order_value_at_rest,
)
from metrics.demo.plan import ShopPlan, expected
from metrics.model import SemanticModel
from metrics.query import Change, Figure, KpiQuery, KpiResult, Period
from metrics.twins import previous

Floats = NDArray[np.float64]
Lever = Literal["visitors", "conversion_rate", "aov", "refund_rate", "ad_spend"]
ZONE = ZoneInfo("Asia/Shanghai")
VALUES: Mapping[str, tuple[str, ...]] = {"category": CATEGORIES, "channel": CHANNELS, "region": REGIONS}
LEVERS: tuple[Lever, ...] = ("visitors", "conversion_rate", "aov", "refund_rate", "ad_spend")
MEASURES = ("visitors", "buyers", "orders", "gmv", "refund_amount", "ad_spend")
# Everyday swings of a category as a whole and of each of its channels, as logarithms.
SWINGS: Mapping[str, float] = {
    "visitors": 0.045,
    "conversion_rate": 0.03,
    "aov": 0.02,
    "refund_rate": 0.05,
    "ad_spend": 0.05,
}
SHARED = 0.6  # of a swing, that all channels of a category have in common
PRICE_SPREAD = 0.6  # sigma of the log amount of one buyer
LINES = 1.4  # order lines of a buyer


@dataclass(frozen=True)
class Planted:
    """The cause: a lever multiplied in a cut from a day on."""

    lever: Lever
    cut: Mapping[str, str]  # dimension → value; empty: the whole shop
    factor: float
    first: date


class SimulatedShop:
    """Days × categories × channels × regions of each measure, with the real season and promotions of those days."""

    def __init__(
        self, model: SemanticModel, calendar: Calendar, planted: Planted, last: date, days: int, scale: float, seed: int
    ) -> None:
        self._model = model
        self._calendar = calendar
        self._first = last - timedelta(days=days - 1)
        self._plan = ShopPlan(seed, last + timedelta(days=400), self._first, scale)
        draw = np.random.default_rng(seed)
        made = [self._day(self._first + timedelta(days=n), planted, draw) for n in range(days)]
        self._totals: dict[tuple[str, date, int], Floats] = {}
        self._rows = {name: np.stack([day[name] for day in made]) for name in MEASURES}

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """Figures and, where asked for, changes against the period before."""
        figures: list[Figure] = []
        changes: list[Change] = []
        twin = query.against or previous(query.period, self._calendar)
        for metric in query.metrics:
            for scope in self._scopes(query):
                for start, end in _steps(query):
                    period = Period(start, end, query.period.kind)
                    figure = self._figure(metric, scope, period, query)
                    figures.append(figure)
                    if query.compare and not query.grain:
                        changes.append(change("previous", figure, self._figure(metric, scope, twin, query)))
        notice = mismatch("previous", query.period, twin, self._calendar) if query.compare else None
        return KpiResult(query, tuple(figures), tuple(changes), now, (notice,) if notice else (), ())

    def total(self, metric: str, period: Period) -> Floats:
        """The cells of a measure over a period."""
        key = (metric, period.start, period.days)
        if key not in self._totals:
            first = (period.start - self._first).days
            self._totals[key] = self._rows[metric][max(0, first) : first + period.days].sum(0)
        return self._totals[key]

    def _day(self, day: date, planted: Planted, draw: np.random.Generator) -> dict[str, Floats]:
        visitors, conversion = expected(self._plan, day, with_incidents=False)
        lever = {name: _swing(draw, SWINGS[name]) for name in LEVERS}
        if day >= planted.first:
            places = tuple(
                slice(None) if name not in planted.cut else [VALUES[name].index(planted.cut[name])] for name in VALUES
            )
            moved = np.ones(visitors.shape)
            moved[np.ix_(*(range(moved.shape[n])[p] if isinstance(p, slice) else p for n, p in enumerate(places)))] = (
                planted.factor
            )
            lever[planted.lever] = lever[planted.lever] * moved
        came = draw.poisson(visitors * lever["visitors"]).astype(float)
        buyers = draw.poisson(came * conversion * lever["conversion_rate"]).astype(float)
        value = (order_value_at_rest() * LINES)[:, :, None] * lever["aov"]
        spread = np.exp(draw.standard_normal(came.shape) * PRICE_SPREAD / np.sqrt(np.maximum(buyers, 1.0)))
        gmv = buyers * value * spread
        calm = visitors * conversion * (order_value_at_rest() * LINES)[:, :, None]
        refunded = gmv * (REFUND_SHARE[:, None, None] * CHANNEL_REFUND[None, :, None]) * lever["refund_rate"]
        noise = np.exp(draw.standard_normal(came.shape) * 0.8 / np.sqrt(np.maximum(0.1 * buyers, 1.0)))
        spend = calm / CHANNEL_RETURN_ON_SPEND[None, :, None] * lever["ad_spend"]
        return {
            "visitors": came,
            "buyers": buyers,
            "orders": buyers,
            "gmv": gmv,
            "refund_amount": refunded * noise,
            "ad_spend": spend,
        }

    def _scopes(self, query: KpiQuery) -> Iterator[dict[str, tuple[str, ...]]]:
        chosen = [query.where.get(name) or VALUES[name] for name in query.by]
        for values in product(*chosen):
            yield {**query.where, **{name: (value,) for name, value in zip(query.by, values, strict=True)}}

    def _figure(self, metric: str, scope: Mapping[str, tuple[str, ...]], period: Period, query: KpiQuery) -> Figure:
        held = self._model.metrics[metric]
        sides = [self._sum(id, scope, period) for id in (held.numerator, held.denominator) if id is not None]
        known = all(side is not None for side in sides) and period.start >= self._first
        top, below = (sides[0] or 0.0, sides[1] or 0.0) if held.denominator else (sides[0] or 0.0, 1.0)
        bucket = datetime.combine(period.start, datetime.min.time(), ZONE) if query.grain else None
        ratio = {"numerator": top, "denominator": below} if held.denominator and known else {}
        value = top / below if known and below else None
        absence = None if value is not None else "no_data"
        return Figure(metric, value, held.unit, period, scope, ("simulated",), None, absence, bucket=bucket, **ratio)

    def _sum(self, measure: str, scope: Mapping[str, tuple[str, ...]], period: Period) -> float | None:
        if measure not in self._rows:
            return None
        cells = self.total(measure, period)
        for axis, (name, values) in enumerate(VALUES.items()):
            if name in scope:
                cells = cells.take([values.index(value) for value in scope[name]], axis)
        return float(cells.sum())


def _swing(draw: np.random.Generator, size: float) -> Floats:
    shape = (len(CATEGORIES), len(CHANNELS), 1)
    shared = draw.standard_normal((shape[0], 1, 1)) * size * SHARED
    factor: Floats = np.exp(shared + draw.standard_normal(shape) * size) * np.ones((*shape[:2], len(REGIONS)))
    return factor


def _steps(query: KpiQuery) -> Sequence[tuple[date, date]]:
    if query.grain != "day":
        return [(query.period.start, query.period.end)]
    days = [query.period.start + timedelta(days=n) for n in range(query.period.days)]
    return [(day, day) for day in days]
