"""Who buys: every day brings new buyers, and earlier ones come back, a few of them very often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.demo.market import CATEGORIES, ORDER_SHARE, REGIONS, Floats, Integers, orders_at_rest

# A buyer's number tells the day, category and region of the first order, and a rank among those; day 0 stands for
# customers from before the data begins. No register of buyers is needed: who may return is known from the day plans.
RANKS = 10_000
OLD_CUSTOMER_DAYS = 75  # size of the pool from before the data, in ordinary days of orders
SAME_CATEGORY_SHARE = 0.68  # of returning buyers buy again what they bought first
LOYALTY = 2.2  # exponent that makes low ranks return much more often
_WAITS: Floats = np.array([12.0, 55.0, 190.0])  # mean days between the first order and a later one
_WAIT_SHARES: Floats = np.array([0.40, 0.80, 1.0])  # cumulative


@dataclass(frozen=True)
class BuyerHistory:
    """New buyers of every earlier day by (day, category, region), from the first day on."""

    first_day: date
    new: Integers
    scale: float


def new_buyers(first_orders: Integers) -> Integers:
    """New buyers of a day by (category, region)."""
    counts: Integers = first_orders.sum(axis=1)
    return counts


def first_time(day: date, first_orders: Integers, category: Integers, region: Integers, rank: Integers) -> Integers:
    """Numbers of the buyers whose first order this is."""
    if first_orders.sum(axis=1).max(initial=0) > RANKS:
        raise ValueError(f"more than {RANKS} new buyers in one category and region on {day}; use a smaller scale")
    return _number(np.full(len(rank), _day_number(day)), category, region, rank)


def returning(
    draw: np.random.Generator, day: date, category: Integers, region: Integers, history: BuyerHistory
) -> Integers:
    """Numbers of earlier buyers of the same region, drawn with a heavy tail; always from before `day`."""
    count = len(category)
    wait = draw.standard_exponential(count) * _WAITS[np.searchsorted(_WAIT_SHARES, draw.random(count), side="right")]
    other = np.searchsorted(np.cumsum(ORDER_SHARE), draw.random(count) * ORDER_SHARE.sum(), side="right")
    home = np.where(draw.random(count) < SAME_CATEGORY_SHARE, category, np.minimum(other, len(CATEGORIES) - 1))
    since_start = (day - history.first_day).days - 1 - wait.astype(np.int64)
    pool = _born_that_day(history, since_start, home, region)
    is_old = pool == 0
    pool = np.where(is_old, _old_customers(history.scale)[home, region], pool)
    rank = (pool * draw.random(count) ** LOYALTY).astype(np.int64)
    born = np.where(is_old, 0, since_start + _day_number(history.first_day))
    return _number(born, home, region, rank)


def _born_that_day(history: BuyerHistory, day: Integers, category: Integers, region: Integers) -> Integers:
    """New buyers of a day (counted from the first one), 0 for days before the data begins."""
    if not len(history.new):
        return np.zeros_like(day)
    return np.where(day >= 0, history.new[np.maximum(day, 0), category, region], 0)


def _number(day: Integers, category: Integers, region: Integers, rank: Integers) -> Integers:
    number: Integers = ((day * len(CATEGORIES) + category) * len(REGIONS) + region) * RANKS + rank + 1
    return number


def _day_number(day: date) -> int:
    return day.toordinal() - 730_000


def _old_customers(scale: float) -> Integers:
    pool: Floats = orders_at_rest().sum(axis=1) * OLD_CUSTOMER_DAYS * scale
    return np.maximum(1, np.minimum(pool, RANKS)).astype(np.int64)
