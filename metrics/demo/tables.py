"""The rows of the shop, day by day and table by table, cut at a moment where the day is still running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np

from metrics.demo import buyers, daily, orders
from metrics.demo.market import CELLS, Integers
from metrics.demo.orders import MICROSECONDS, Lines, Refunds, midnight, moment
from metrics.demo.plan import DayPlan, ShopPlan, day_plan

# Column name -> values; dimensions as places in their lists, times as microseconds, days as days since 1970.
Columns = Mapping[str, np.ndarray]

RUNNING_TABLES = ("orders", "refunds", "traffic")  # hold today's rows so far
SETTLED_TABLES = ("ads", "service", "inventory")  # hold whole days only
TABLES = RUNNING_TABLES + SETTLED_TABLES
_DAYS_KEPT = orders.LONGEST_REFUND_DAYS + 3


class ShopDays:
    """Makes the rows of any day; what the next day needs of the days before is kept."""

    def __init__(self, plan: ShopPlan) -> None:
        self._plan = plan
        self._new_buyers: list[Integers] = []  # one entry a day from the first day on
        self._day_plan = lru_cache(_DAYS_KEPT)(lambda day: day_plan(plan, day))
        self._lines = lru_cache(_DAYS_KEPT)(self._make_lines)
        self._refunds = lru_cache(_DAYS_KEPT)(lambda day: orders.refunds_of(plan, day, self._lines(day)))

    def rows(self, table: str, day: date, until: datetime | None = None) -> Columns:
        """Rows of one table and day; with `until` only those up to that moment of the day."""
        make = getattr(self, f"_{table}_rows")
        columns: Columns = make(day, until)
        return columns

    def lines_between(self, after: datetime, until: datetime) -> int:
        """Number of order lines after one moment and up to another."""
        total, day = 0, after.date()
        while day <= until.date():
            times = self._lines(day).time
            total += int(((times > moment(after)) & (times <= moment(until))).sum())
            day += timedelta(days=1)
        return total

    def _make_lines(self, day: date) -> Lines:
        return orders.lines_of(self._plan, self._day_plan(day), self._history_before(day))

    def _history_before(self, day: date) -> buyers.BuyerHistory:
        first = self._plan.first_day
        needed = (day - first).days
        for number in range(len(self._new_buyers), needed):
            made = self._day_plan(first + timedelta(days=number))
            self._new_buyers.append(buyers.new_buyers(made.first_orders))
        categories, _, regions = CELLS
        new = np.array(self._new_buyers[:needed], dtype=np.int64).reshape(needed, categories, regions)
        return buyers.BuyerHistory(first, new, self._plan.scale)

    def _orders_rows(self, day: date, until: datetime | None) -> Columns:
        lines = self._lines(day)
        kept = slice(None) if until is None else slice(0, int(np.searchsorted(lines.time, moment(until), "right")))
        return {
            "order_id": lines.order_id[kept],
            "ordered_at": lines.time[kept],
            "buyer_id": lines.buyer_id[kept],
            "is_first_order": lines.is_first_order[kept],
            "category": lines.category[kept],
            "channel": lines.channel[kept],
            "region": lines.region[kept],
            "units": lines.units[kept],
            "amount": lines.cents[kept] / 100,
        }

    def _refunds_rows(self, day: date, until: datetime | None) -> Columns:
        end = midnight(day + timedelta(days=1)) - 1 if until is None else moment(until)
        due = self._refunds_due(day, end)
        return {
            "refund_id": due.refund_id,
            "order_id": due.order_id,
            "refunded_at": due.time,
            "category": due.category,
            "channel": due.channel,
            "region": due.region,
            "amount": due.cents / 100,
            "units": due.units,
        }

    def _refunds_due(self, day: date, end: int) -> Refunds:
        """Refunds of the orders of the weeks before that fall between midnight of `day` and `end`."""
        oldest = max(self._plan.first_day, day - timedelta(days=orders.LONGEST_REFUND_DAYS))
        batches = [self._refunds(oldest + timedelta(days=number)) for number in range((day - oldest).days)]
        if not batches:
            batches = [self._refunds(day)]  # none of them is due yet; gives the columns
        time = np.concatenate([batch.time for batch in batches])
        due = np.flatnonzero((time >= midnight(day)) & (time <= end))
        due = due[np.argsort(time[due], kind="stable")]
        columns = {field.name: [getattr(batch, field.name) for batch in batches] for field in fields(Refunds)}
        return Refunds(**{name: np.concatenate(values)[due] for name, values in columns.items()})

    def _traffic_rows(self, day: date, until: datetime | None) -> Columns:
        seconds = 86_400.0 if until is None else (moment(until) - midnight(day)) / MICROSECONDS
        visitors = daily.visitors_until(self._day_plan(day), seconds)
        by_hour = np.moveaxis(visitors, 3, 0)
        hour, category, channel, region = np.nonzero(by_hour)
        return {
            "hour": midnight(day) + hour * 3600 * MICROSECONDS,
            "category": category,
            "channel": channel,
            "region": region,
            "visitors": by_hour[hour, category, channel, region],
        }

    def _ads_rows(self, day: date, until: datetime | None) -> Columns:
        ads = daily.ads_of(self._plan, self._day_plan(day))
        return _by_cell(day, impressions=ads.impressions, clicks=ads.clicks, spend=ads.spend, leads=ads.leads)

    def _service_rows(self, day: date, until: datetime | None) -> Columns:
        service = daily.service_of(self._plan, self._day_plan(day))
        return _by_cell(
            day,
            ratings=service.ratings,
            satisfied_ratings=service.satisfied,
            delivered=service.delivered,
            delivered_same_day=service.same_day,
        )

    def _inventory_rows(self, day: date, until: datetime | None) -> Columns:
        made: DayPlan = self._day_plan(day)
        stock = daily.stock_of(self._plan, made, self._lines(day))
        category, region = np.indices(stock.stock_units.shape)
        return {
            "day": _day_column(day, stock.stock_units.size),
            "category": category.ravel(),
            "region": region.ravel(),
            "stock_units": stock.stock_units.ravel(),
            "sold_units": stock.sold_units.ravel(),
        }


def _by_cell(day: date, **values: np.ndarray) -> Columns:
    """One row a cell on which anything happened."""
    category, channel, region = np.nonzero(np.sum(list(values.values()), axis=0))
    return {
        "day": _day_column(day, len(category)),
        "category": category,
        "channel": channel,
        "region": region,
        **{name: value[category, channel, region] for name, value in values.items()},
    }


def _day_column(day: date, count: int) -> np.ndarray:
    return np.full(count, (day - date(1970, 1, 1)).days, dtype=np.int32)


def join(batches: list[Columns]) -> Columns:
    """Batches of one table below each other."""
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
