"""The plan that the shop set itself for a month: drawn from the smooth trend, never from what then happened."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from metrics.demo import season
from metrics.demo.daily import LINES_PER_BASKET
from metrics.demo.market import (
    CATEGORIES,
    CHANNEL_REFUND,
    CHANNEL_RETURN_ON_SPEND,
    ORDER_SHARE,
    OTHER_CATEGORY_SHARE,
    REFUND_SHARE,
    Floats,
    order_value_at_rest,
)
from metrics.demo.plan import ShopPlan, expected, random_stream

AMBITION = 1.02  # how much better than the trend the plan wants to be
BUYERS_PER_ORDER = 0.93  # distinct buyers of a month per order
REFUNDED_PART = 0.94  # of a refunded line is paid back on average
GMV_STEP = 10_000.0  # CNY; plans are made in round numbers


@dataclass(frozen=True)
class Target:
    """One planned value; category None is the whole shop."""

    month: date  # first day
    metric: str  # catalogue id
    category: str | None
    value: float


@dataclass(frozen=True)
class _Trend:
    """Expected sums of a month by category."""

    visitors: Floats
    orders: Floats
    gmv: Floats
    spend: Floats
    refunds: Floats


def targets_of(plan: ShopPlan, month: date) -> tuple[Target, ...]:
    """Every target of a month; the shop's GMV target is the sum of its categories'."""
    trend = _trend(plan, month)
    stretch = AMBITION + 0.025 * random_stream(plan, month, "targets").standard_normal(len(CATEGORIES))
    gmv = np.maximum(1, np.round(trend.gmv * stretch / GMV_STEP)) * GMV_STEP
    ratios = {
        "conversion_rate": (trend.orders * BUYERS_PER_ORDER * AMBITION, trend.visitors, 4),
        "roi": (trend.gmv * AMBITION, trend.spend, 2),
        "refund_rate": (trend.refunds / AMBITION, trend.gmv, 3),
        "aov": (trend.gmv * AMBITION, trend.orders * BUYERS_PER_ORDER, 0),
    }
    rows = [Target(month, "gmv", None, float(gmv.sum()))]
    rows += [Target(month, "gmv", name, float(value)) for name, value in zip(CATEGORIES, gmv, strict=True)]
    for metric, (above, below, decimals) in ratios.items():
        rows.append(Target(month, metric, None, round(float(above.sum() / below.sum()), decimals)))
        values = zip(CATEGORIES, above / below, strict=True)
        rows += [Target(month, metric, name, round(float(value), decimals)) for name, value in values]
    return tuple(rows)


def _trend(plan: ShopPlan, month: date) -> _Trend:
    days = calendar.monthrange(month.year, month.month)[1]
    parts = [_day_trend(plan, month + timedelta(days=number)) for number in range(days)]
    return _Trend(*np.sum(parts, axis=0))


def _day_trend(plan: ShopPlan, day: date) -> Floats:
    """Expected visitors, orders, GMV, spend and refunds of one day by category."""
    visitors, conversion = expected(plan, day, with_incidents=False)
    orders = (visitors * conversion).sum(axis=2)
    more = LINES_PER_BASKET - 1
    strays = more * OTHER_CATEGORY_SHARE
    lines = orders * (1 + more - strays) + orders.sum(axis=0) * strays * ORDER_SHARE[:, None]
    price = order_value_at_rest() * np.exp(-0.06 * np.maximum(0, season.promotion_log_lift(day)))[:, None]
    gmv = lines * price
    spend = orders * LINES_PER_BASKET * order_value_at_rest() / CHANNEL_RETURN_ON_SPEND
    refunds = gmv * REFUND_SHARE[:, None] * CHANNEL_REFUND * REFUNDED_PART
    carts = orders + orders.sum(axis=0) * strays * ORDER_SHARE[:, None]
    return np.array([part.sum(axis=1) for part in (visitors.sum(axis=2), carts, gmv, spend, refunds)])
