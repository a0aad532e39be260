"""What is counted by the hour or settled by the day: visitors, advertising, service and stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.demo import incidents, season
from metrics.demo.market import (
    CATEGORIES,
    CELLS,
    CHANNEL_CLICK_RATE,
    CHANNEL_CLICK_SHARE,
    CHANNEL_RETURN_ON_SPEND,
    LEADS_PER_CLICK,
    REGION_SAME_DAY,
    REGIONS,
    STOCK_COVER_DAYS,
    UNITS_PER_LINE,
    Floats,
    Integers,
    order_value_at_rest,
)
from metrics.demo.orders import Lines
from metrics.demo.plan import DayPlan, ShopPlan, expected, random_stream

LINES_PER_BASKET = 1.40  # mean of LINES_PER_ORDER: what one expected order is worth in lines
RATED_SHARE = 0.32
SATISFIED_SHARE = 0.955
INSTANT_SAME_DAY = 0.93
_GOLDEN = 0.6180339887498949  # multiples of it spread evenly over [0, 1)


@dataclass(frozen=True)
class Ads:
    """Advertising of one day by cell."""

    impressions: Integers
    clicks: Integers
    spend: Floats  # CNY, 2 decimals
    leads: Integers


@dataclass(frozen=True)
class Service:
    """Ratings and deliveries of one day by cell."""

    ratings: Integers
    satisfied: Integers
    delivered: Integers
    same_day: Integers


@dataclass(frozen=True)
class Stock:
    """Stock at the end of one day by (category, region)."""

    stock_units: Integers
    sold_units: Integers


def visitors_until(today: DayPlan, seconds: float) -> Integers:
    """Visitors by cell and hour up to a second of the day; the running hour holds its part so far."""
    elapsed = np.clip(seconds / 3600 - np.arange(24), 0.0, 1.0)
    # Where between two whole visitors a cell stands differs from cell to cell; cutting all of them off would lose
    # hundreds of visitors in the running hour.
    phase = (np.arange(today.visitors_by_hour.size) * _GOLDEN % 1.0).reshape(today.visitors_by_hour.shape)
    visitors: Integers = np.floor(today.visitors_by_hour * elapsed + phase).astype(np.int64)
    return visitors


def ads_of(plan: ShopPlan, today: DayPlan) -> Ads:
    """Spend follows what the shop expects to sell; an incident on spend buys impressions but no more visitors."""
    draw = random_stream(plan, today.day, "ads")
    visitors, conversion = expected(plan, today.day, with_incidents=False)
    dearer = incidents.factors(plan.anchor, today.day, "spend")
    sales = visitors * conversion * LINES_PER_BASKET * order_value_at_rest()[:, :, None]
    spend = sales / CHANNEL_RETURN_ON_SPEND[None, :, None] * dearer * _swing(draw, 0.05)
    clicks = today.expected_visitors * CHANNEL_CLICK_SHARE[None, :, None] * _swing(draw, 0.04)
    impressions = clicks / CHANNEL_CLICK_RATE[None, :, None] * np.sqrt(dearer) * _swing(draw, 0.04)
    clicked = _whole(draw, clicks)
    leads = draw.binomial(clicked, np.broadcast_to(LEADS_PER_CLICK[:, None, None], CELLS))
    return Ads(np.maximum(_whole(draw, impressions), clicked), clicked, np.round(spend, 2), leads)


def service_of(plan: ShopPlan, today: DayPlan) -> Service:
    """Deliveries follow the day's orders; how many arrive the same day depends on the region."""
    draw = random_stream(plan, today.day, "service")
    delivered = _whole(draw, today.expected_orders * 0.97)
    same_day = np.broadcast_to(REGION_SAME_DAY, CELLS).copy()
    same_day[:, -1, :-1] = INSTANT_SAME_DAY
    same_day *= incidents.factors(plan.anchor, today.day, "same_day")
    ratings = draw.binomial(delivered, RATED_SHARE)
    return Service(ratings, draw.binomial(ratings, SATISFIED_SHARE), delivered, draw.binomial(delivered, same_day))


def stock_of(plan: ShopPlan, today: DayPlan, lines: Lines) -> Stock:
    """Units sold are those of the order lines; stock swings between two deliveries of goods."""
    shape = (len(CATEGORIES), len(REGIONS))
    places = np.ravel_multi_index((lines.category, lines.region), shape)
    sold = np.bincount(places, weights=lines.units, minlength=int(np.prod(shape))).reshape(shape)
    visitors, conversion = expected(plan, today.day, with_incidents=False)
    calm = np.exp(-season.promotion_log_lift(today.day))[:, None]
    usual = (visitors * conversion).sum(axis=1) * calm * (LINES_PER_BASKET * UNITS_PER_LINE)[:, None]
    cover = STOCK_COVER_DAYS[:, None] * _cycle(today.day)
    stock = usual * cover * incidents.factors(plan.anchor, today.day, "stock").min(axis=1)
    return Stock(np.floor(stock).astype(np.int64), sold.astype(np.int64))


def _cycle(day: date) -> Floats:
    """A saw-tooth around 1 by (category, region): goods arrive every 6 to 16 days, then run down."""
    categories, regions = np.meshgrid(np.arange(len(CATEGORIES)), np.arange(len(REGIONS)), indexing="ij")
    length = 6 + (categories * 3 + regions * 5) % 11
    age = (day.toordinal() + categories * 7 + regions * 3) % length
    saw: Floats = 1.18 - 0.36 * age / length
    return saw


def _swing(draw: np.random.Generator, size: float) -> Floats:
    categories, channels, _ = CELLS
    factor: Floats = np.exp(draw.standard_normal((categories, channels, 1)) * size)
    return factor


def _whole(draw: np.random.Generator, values: Floats) -> Integers:
    return np.floor(values + draw.random(values.shape)).astype(np.int64)
