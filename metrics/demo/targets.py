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
    CHANNEL_REPEAT,
    CHANNEL_RETURN_ON_SPEND,
    MOST_REPEATS,
    ORDER_SHARE,
    OTHER_CATEGORY_SHARE,
    REFUND_SHARE,
    REPEAT_APPETITE,
    Floats,
    order_value_at_rest,
)
from metrics.demo.plan import ShopPlan, expected, random_stream

AMBITION = 1.02  # how much better than the trend the plan wants to be
# A month's distinct buyers fall short of its orders by this part of what earlier buyers order.
BOUGHT_AGAIN_IN_CATEGORY = 0.28
BOUGHT_AGAIN_IN_SHOP = 0.43
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
    """Expected sums of a month by category, the whole shop last."""

    visitors: Floats
    buyers: Floats
    gmv: Floats
    spend: Floats
    refunds: Floats


def targets_of(plan: ShopPlan, month: date) -> tuple[Target, ...]:
    """Every target of a month; the shop's GMV target is the sum of its categories'."""
    trend = _trend(plan, month)
    stretch = AMBITION + 0.025 * random_stream(plan, month, "targets").standard_normal(len(CATEGORIES))
    gmv = np.maximum(1, np.round(trend.gmv[:-1] * stretch / GMV_STEP)) * GMV_STEP
    values = {
        "gmv": np.append(gmv, gmv.sum()),
        "conversion_rate": np.round(trend.buyers / trend.visitors * AMBITION, 4),
        "roi": np.round(trend.gmv / trend.spend * AMBITION, 2),
        "refund_rate": np.round(trend.refunds / trend.gmv / AMBITION, 3),
        "aov": np.round(trend.gmv / trend.buyers * AMBITION, 0),
    }
    scopes = (*CATEGORIES, None)
    return tuple(
        Target(month, metric, category, float(value))
        for metric, by_scope in values.items()
        for category, value in zip(scopes, by_scope, strict=True)
    )


def _trend(plan: ShopPlan, month: date) -> _Trend:
    days = calendar.monthrange(month.year, month.month)[1]
    parts = [_day_trend(plan, month + timedelta(days=number)) for number in range(days)]
    return _Trend(*np.sum(parts, axis=0))


def _day_trend(plan: ShopPlan, day: date) -> Floats:
    """Expected visitors, buyers, GMV, spend and refunds of one day by category, the whole shop last."""
    visitors, conversion = expected(plan, day, with_incidents=False)
    orders = (visitors * conversion).sum(axis=2)
    strays = (LINES_PER_BASKET - 1) * OTHER_CATEGORY_SHARE
    stray_lines = orders.sum(axis=0) * strays * ORDER_SHARE[:, None]
    price = order_value_at_rest() * np.exp(-0.06 * np.maximum(0, season.promotion_log_lift(day)))[:, None]
    gmv = (orders * (LINES_PER_BASKET - strays) + stray_lines) * price
    spend = orders * LINES_PER_BASKET * order_value_at_rest() / CHANNEL_RETURN_ON_SPEND
    refunds = gmv * REFUND_SHARE[:, None] * CHANNEL_REFUND * REFUNDED_PART
    again = np.minimum(MOST_REPEATS, np.outer(REPEAT_APPETITE, CHANNEL_REPEAT))
    buyers = (orders + stray_lines) * (1 - BOUGHT_AGAIN_IN_CATEGORY * again)
    shop_buyers = (orders * (1 - BOUGHT_AGAIN_IN_SHOP * again)).sum()
    by_category = [part.sum(axis=1) for part in (visitors.sum(axis=2), buyers, gmv, spend, refunds)]
    totals = [by_category[0].sum(), shop_buyers, *(part.sum() for part in by_category[2:])]
    return np.column_stack([by_category, totals])
