"""A shop of which everything is known: daily measures by category and channel, without any incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from metrics.demo.market import CATEGORIES, CHANNEL_RETURN_ON_SPEND, CHANNELS, REFUND_SHARE, order_value_at_rest
from metrics.demo.plan import ShopPlan, day_plan, expected

Floats = npt.NDArray[np.float64]

YEARS_APART = timedelta(days=4000)  # from the days that the sample shop has its own incidents on
AMOUNT_SPREAD = 0.8  # of one order around its mean: baskets differ
REFUND_SPREAD = 0.22  # of a day's refund share in one cell
SPEND_SPREAD = 0.06
PARCELS_A_ORDER = 1.2
SAME_DAY = 0.5
SELLS_NOTHING = 9.0


@dataclass(frozen=True)
class Cells:
    """Measures by (category, channel, day)."""

    days: tuple[date, ...]
    measures: dict[str, Floats]
    spread: dict[str, Floats]  # lever -> true everyday spread of its log, by (category, channel)


def simulate(seed: int, last: date, length: int) -> Cells:
    """Drawn days ending with `last`; orders, visitors and their swings are those of the sample shop's generator."""
    days = tuple(last - timedelta(days=length - 1 - number) for number in range(length))
    plan = ShopPlan(seed, last + YEARS_APART, days[0], 1.0)
    drawn = [day_plan(plan, day) for day in days]
    meant = [expected(plan, day, with_incidents=False) for day in days]
    chance = np.random.default_rng(seed)
    visitors = _stack([day.visitors_by_hour.sum(axis=(2, 3)) for day in drawn])
    orders = chance.poisson(_stack([day.orders.sum(axis=2) for day in drawn])).astype(float)
    gmv = orders * order_value_at_rest()[:, :, None] * _mean_amount(chance, orders)
    refunds = gmv * REFUND_SHARE[:, None, None] * chance.gamma(REFUND_SPREAD**-2, REFUND_SPREAD**2, gmv.shape)
    spend = _stack([(v * c).sum(axis=2) for v, c in meant]) * order_value_at_rest()[:, :, None]
    spend = spend / CHANNEL_RETURN_ON_SPEND[None, :, None] * np.exp(SPEND_SPREAD * chance.standard_normal(gmv.shape))
    delivered = chance.poisson(np.maximum(orders * PARCELS_A_ORDER, 0.0)).astype(float)
    measures = {
        "visitors": visitors,
        "buyers": orders,
        "gmv": gmv,
        "refund_amount": refunds,
        "ad_spend": spend,
        "delivered": delivered,
        "delivered_same_day": chance.binomial(delivered.astype(int), SAME_DAY).astype(float),
    }
    return Cells(days, measures, _spreads(measures, meant))


def cut(cells: Cells, by: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], ...], dict[str, Floats]]:
    """Names and measures of every part of a cut."""
    axes = tuple(axis for axis, name in enumerate(("category", "channel")) if name not in by)
    summed = {id: values.sum(axis=axes).reshape(-1, len(cells.days)) for id, values in cells.measures.items()}
    names = {"category": CATEGORIES, "channel": CHANNELS}
    keys: list[tuple[str, ...]] = [()]
    for name in by:
        keys = [(*key, value) for key in keys for value in names[name]]
    return tuple(keys), summed


def _stack(days: list[npt.NDArray[np.generic]]) -> Floats:
    return np.stack([day.astype(float) for day in days], axis=2)


def _mean_amount(chance: np.random.Generator, orders: Floats) -> Floats:
    """The mean of so many baskets, which are far from alike."""
    spread = AMOUNT_SPREAD / np.sqrt(np.maximum(orders, 1.0))
    return np.asarray(np.exp(spread * chance.standard_normal(orders.shape) - spread**2 / 2))


def _spreads(measures: dict[str, Floats], meant: list[tuple[Floats, Floats]]) -> dict[str, Floats]:
    """By how much each lever really swings from day to day around what was meant."""
    visitors = _stack([v.sum(axis=2) for v, _ in meant])
    orders = _stack([(v * c).sum(axis=2) for v, c in meant])
    value = order_value_at_rest()[:, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        levers = {
            "visitors": measures["visitors"] / visitors,
            "conversion": measures["buyers"] / measures["visitors"] / (orders / visitors),
            "basket": measures["gmv"] / measures["buyers"] / value,
            "refunds": measures["refund_amount"] / measures["gmv"] / REFUND_SHARE[:, None, None],
            "spend": measures["ad_spend"] * CHANNEL_RETURN_ON_SPEND[None, :, None] / (orders * value),
            "delivery": measures["delivered_same_day"] / measures["delivered"] / SAME_DAY,
        }
        return {id: _spread(np.log(np.where(values > 0, values, np.nan))) for id, values in levers.items()}


def _spread(values: Floats) -> Floats:
    """Of cells that hardly sell anything no day is like another."""
    enough = np.isfinite(values).sum(axis=2) >= values.shape[2] // 2
    found = np.full(values.shape[:2], SELLS_NOTHING)
    found[enough] = np.nanstd(values[enough], axis=1)
    return found
