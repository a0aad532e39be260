"""The order lines of one day and the refunds that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from metrics.demo import buyers, incidents, season
from metrics.demo.market import (
    CATEGORIES,
    CELLS,
    CHANNEL_PRICE,
    CHANNEL_REFUND,
    LINES_PER_ORDER,
    MORE_UNITS,
    ORDER_SHARE,
    OTHER_CATEGORY_SHARE,
    PRICE_SPREAD,
    REFUND_SHARE,
    UNIT_PRICE,
    Floats,
    Integers,
)
from metrics.demo.plan import DayPlan, ShopPlan, random_stream

MICROSECONDS = 1_000_000
LONGEST_REFUND_DAYS = 15
_MEAN_REFUND_DAYS = 3.5


@dataclass(frozen=True)
class Lines:
    """Order lines sorted by time; categories, channels and regions as places in their lists."""

    order_id: Integers
    time: Integers  # microseconds since 1970 in local time
    buyer_id: Integers
    is_first_order: np.ndarray
    category: Integers
    channel: Integers
    region: Integers
    units: Integers
    cents: Integers


@dataclass(frozen=True)
class Refunds:
    """Refunded lines, in the order of the lines that they belong to."""

    refund_id: Integers
    order_id: Integers
    time: Integers
    category: Integers
    channel: Integers
    region: Integers
    cents: Integers
    units: Integers


@dataclass(frozen=True)
class _Orders:
    """Whole orders of a day, sorted by time."""

    time: Integers
    buyer_id: Integers
    is_first: np.ndarray
    category: Integers
    channel: Integers
    region: Integers


def midnight(day: date) -> int:
    """Microseconds since 1970 at the beginning of a local day."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * 86_400 * MICROSECONDS


def moment(time: datetime) -> int:
    """Microseconds since 1970 of a local wall-clock time."""
    return midnight(time.date()) + (time - datetime.combine(time.date(), datetime.min.time())) // timedelta(
        microseconds=1
    )


def lines_of(plan: ShopPlan, today: DayPlan, history: buyers.BuyerHistory) -> Lines:
    """Every order line of a whole day."""
    draw = random_stream(plan, today.day, "orders")
    orders = _orders(draw, today, history)
    count = len(orders.time)
    per_order = 1 + np.searchsorted(np.cumsum(LINES_PER_ORDER)[:-1], draw.random(count), side="right")
    of_order = np.repeat(np.arange(count), per_order)
    category = _categories(draw, orders.category[of_order], np.r_[True, of_order[1:] != of_order[:-1]][: len(of_order)])
    channel = orders.channel[of_order]
    units = 1 + np.floor(np.log1p(-draw.random(len(of_order))) / np.log(MORE_UNITS[category])).astype(np.int64)
    units = np.minimum(units, 12)
    return Lines(
        order_id=_order_numbers(today.day, count)[of_order],
        time=orders.time[of_order],
        buyer_id=orders.buyer_id[of_order],
        is_first_order=orders.is_first[of_order],
        category=category,
        channel=channel,
        region=orders.region[of_order],
        units=units,
        cents=_cents(draw, today.day, category, channel, units),
    )


def _orders(draw: np.random.Generator, today: DayPlan, history: buyers.BuyerHistory) -> _Orders:
    cell = np.repeat(np.arange(today.orders.size), today.orders.ravel())
    category, channel, region = (np.asarray(axis) for axis in np.unravel_index(cell, CELLS))
    seconds = season.seconds_of_day(today.day, channel, draw.random(len(cell)))
    time = midnight(today.day) + seconds.astype(np.int64) * MICROSECONDS
    place_in_cell = np.arange(len(cell)) - (np.cumsum(today.orders.ravel()) - today.orders.ravel())[cell]
    is_first = place_in_cell < today.first_orders.ravel()[cell]
    rank = _rank_offsets(today.first_orders).ravel()[cell] + place_in_cell
    buyer = buyers.first_time(today.day, today.first_orders, category, region, rank)
    back = np.flatnonzero(~is_first)
    buyer[back] = buyers.returning(draw, today.day, category[back], region[back], history)
    order = np.argsort(time, kind="stable")
    return _Orders(time[order], buyer[order], is_first[order], category[order], channel[order], region[order])


def _rank_offsets(first_orders: Integers) -> Integers:
    """Where the ranks of a cell begin among the new buyers of its category and region."""
    offsets: Integers = np.cumsum(first_orders, axis=1) - first_orders
    return offsets


def _order_numbers(day: date, count: int) -> Integers:
    return int(f"{day:%Y%m%d}") * 1_000_000 + np.arange(1, count + 1)


def _categories(draw: np.random.Generator, category: Integers, is_first_line: np.ndarray) -> Integers:
    """The order's own category, now and then another one on its later lines."""
    other = np.searchsorted(np.cumsum(ORDER_SHARE), draw.random(len(category)) * ORDER_SHARE.sum(), side="right")
    other = np.minimum(other, len(CATEGORIES) - 1)
    strays = (draw.random(len(category)) < OTHER_CATEGORY_SHARE) & ~is_first_line
    return np.where(strays, other, category)


def _cents(draw: np.random.Generator, day: date, category: Integers, channel: Integers, units: Integers) -> Integers:
    level = (UNIT_PRICE * np.exp(-0.06 * np.maximum(0, season.promotion_log_lift(day))))[category]
    spread = np.exp(draw.standard_normal(len(category)) * PRICE_SPREAD - PRICE_SPREAD**2 / 2)
    return np.maximum(100, np.rint(level * CHANNEL_PRICE[channel] * spread * units * 100)).astype(np.int64)


def refunds_of(plan: ShopPlan, day: date, lines: Lines) -> Refunds:
    """Refunds of a whole day's lines, 1 to 15 days after the order."""
    draw = random_stream(plan, day, "refunds")
    count = len(lines.time)
    wait = 1 + draw.standard_exponential(count) * _MEAN_REFUND_DAYS
    wait = np.where(wait < LONGEST_REFUND_DAYS, wait, 1 + draw.random(count) * (LONGEST_REFUND_DAYS - 1))
    time = lines.time + (wait * 86_400).astype(np.int64) * MICROSECONDS
    share = REFUND_SHARE[lines.category] * CHANNEL_REFUND[lines.channel]
    days_later = (time - midnight(day)) // (86_400 * MICROSECONDS)
    share = share * _refund_factors(plan, day)[days_later, lines.category, lines.channel, lines.region]
    chosen = np.flatnonzero(draw.random(count) < share)
    return _refunded(draw, lines, time, chosen)


def _refund_factors(plan: ShopPlan, day: date) -> Floats:
    """Incidents on the refund share by days after the order and cell: they strike on the day of the refund."""
    days = range(LONGEST_REFUND_DAYS + 2)
    return np.stack([incidents.factors(plan.anchor, day + timedelta(days=later), "refund") for later in days])


def _refunded(draw: np.random.Generator, lines: Lines, time: Integers, chosen: Integers) -> Refunds:
    units, cents = lines.units[chosen], lines.cents[chosen]
    is_part = draw.random(len(chosen)) < 0.15
    kept = 0.3 + 0.6 * draw.random(len(chosen))
    line_in_order = np.arange(len(lines.time)) - np.searchsorted(lines.order_id, lines.order_id) + 1
    return Refunds(
        refund_id=lines.order_id[chosen] * 10 + line_in_order[chosen],
        order_id=lines.order_id[chosen],
        time=time[chosen],
        category=lines.category[chosen],
        channel=lines.channel[chosen],
        region=lines.region[chosen],
        cents=np.where(is_part, np.floor(cents * kept), cents).astype(np.int64),
        units=np.where(is_part, np.maximum(1, np.floor(units * kept)), units).astype(np.int64),
    )
