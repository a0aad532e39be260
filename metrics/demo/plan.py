"""One day of the shop before anybody buys: expected and drawn visitors and orders by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from metrics.demo import incidents, season
from metrics.demo.market import (
    CELLS,
    CHANNEL_REPEAT,
    MOST_REPEATS,
    REPEAT_APPETITE,
    Floats,
    Integers,
    conversion_at_rest,
    orders_at_rest,
)


@dataclass(frozen=True)
class ShopPlan:
    """All that the rows of a day depend on besides its date."""

    seed: int
    anchor: date  # the day of the first build; incidents count from it
    first_day: date  # the first day with rows
    scale: float  # multiplies every volume


@dataclass(frozen=True)
class DayPlan:
    """Volumes of a day by (category, channel, region)."""

    day: date
    expected_visitors: Floats
    expected_orders: Floats
    visitors_by_hour: Integers  # a fourth axis of 24 hours
    orders: Integers
    first_orders: Integers  # how many of the orders are their buyer's first


def random_stream(plan: ShopPlan, day: date, name: str) -> np.random.Generator:
    """A generator that depends on seed, date and purpose alone, so that a day can be made again on its own."""
    key = [plan.seed, day.toordinal(), *name.encode()]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


@lru_cache(maxsize=8)
def expected(plan: ShopPlan, day: date, *, with_incidents: bool = True) -> tuple[Floats, Floats]:
    """Expected visitors and conversion of the day by cell, without noise."""
    lift = season.promotion_log_lift(day)
    to_conversion = season.CONVERSION_PART * np.where(lift > 0, 1.0, 0.0)  # dips are of visitors
    to_conversion *= incidents.promotion_in_visitors_only(plan.anchor, day)
    visitors = _visitors_at_rest() * plan.scale * season.visitors_factor(day, plan.anchor)[:, :, None]
    visitors = visitors * np.exp(lift * (1 - to_conversion))[:, None, None]
    conversion = conversion_at_rest() * np.exp(lift * to_conversion)[:, None, None]
    if with_incidents:
        visitors = visitors * incidents.factors(plan.anchor, day, "visitors")
        conversion = conversion * incidents.factors(plan.anchor, day, "conversion")
    visitors.flags.writeable = conversion.flags.writeable = False  # shared by every table of the day
    return visitors, conversion


def day_plan(plan: ShopPlan, day: date) -> DayPlan:
    """The day's volumes, drawn."""
    draw = random_stream(plan, day, "plan")
    visitors, conversion = expected(plan, day)
    visitors = visitors * _noise(draw, 0.045)
    conversion = conversion * _noise(draw, 0.03)
    by_hour = _whole(draw, visitors[..., None] * season.hour_shares(day)[None, :, None, :])
    orders = _whole(draw, visitors * conversion)
    return DayPlan(day, visitors, visitors * conversion, by_hour, orders, _whole(draw, orders * (1 - _repeat_share())))


def _noise(draw: np.random.Generator, size: float) -> Floats:
    """Everyday swings: a category as a whole and each of its channels."""
    categories, channels, _ = CELLS
    shared = draw.standard_normal((categories, 1, 1)) * size * 0.6
    own = draw.standard_normal((categories, channels, 1)) * size
    factor: Floats = np.exp(shared + own)
    return factor


def _whole(draw: np.random.Generator, values: Floats) -> Integers:
    """Whole numbers with the given means; less noisy than Poisson, so that small cells stay readable."""
    return np.floor(values + draw.random(values.shape)).astype(np.int64)


@lru_cache(maxsize=1)
def _visitors_at_rest() -> Floats:
    return orders_at_rest() / conversion_at_rest()


@lru_cache(maxsize=1)
def _repeat_share() -> Floats:
    """Share of orders that come from earlier buyers, by cell (equal over regions)."""
    share = np.minimum(MOST_REPEATS, np.outer(REPEAT_APPETITE, CHANNEL_REPEAT))
    return np.repeat(share[:, :, None], CELLS[2], axis=2)
