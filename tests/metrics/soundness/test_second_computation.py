"""Every metric of the catalogue over random small tables, recomputed row by row in pandas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from metrics.query import Figure, KpiQuery
from tests.metrics.small_shop import HEADERS, at, days, open_shop

CATEGORIES = ["母婴", "家电", "3C"]
CHANNELS = ["直播", "货架", "私域"]
REGIONS = ["华东", "华南"]
FIRST = date(2026, 9, 1)
DAYS = 42
Frames = dict[str, pd.DataFrame]
Sums = dict[str, Callable[[Frames, Frames], float]]


def random_tables(seed: int) -> Frames:
    rng = np.random.default_rng(seed)

    def rows(count: int, **more: object) -> dict[str, object]:
        return {
            "category": rng.choice(CATEGORIES, count),
            "channel": rng.choice(CHANNELS, count),
            "region": rng.choice(REGIONS, count),
            **more,
        }

    def moments(count: int) -> pd.Series:
        seconds = np.sort(rng.integers(0, DAYS * 86400, count))
        seconds[0], seconds[-1] = 0, DAYS * 86400 - 60  # the tables reach from the first to the last day
        return pd.Series(pd.Timestamp(FIRST) + pd.to_timedelta(seconds, unit="s"))

    def ints(low: int, high: int, count: int) -> object:
        return rng.integers(low, high, count)

    orders, refunds = 700, 120
    hours = pd.Series(pd.date_range(str(FIRST), periods=DAYS * 24, freq="h"))
    daily = pd.Series(pd.date_range(str(FIRST), periods=DAYS, freq="D"))
    frames = {
        "orders": rows(orders, order_id=ints(1, 500, orders), ordered_at=moments(orders), buyer_id=ints(1, 60, orders),
                       is_first_order=rng.random(orders) < 0.3, units=ints(1, 5, orders),
                       amount=rng.integers(1, 90000, orders) / 100),
        "refunds": rows(refunds, refund_id=range(refunds), order_id=ints(1, 500, refunds),
                        refunded_at=moments(refunds), amount=rng.integers(1, 9000, refunds) / 100, units=1),
        "traffic": rows(len(hours), hour=hours, visitors=ints(1, 9, len(hours))),
        "ads": rows(DAYS, day=daily, impressions=ints(500, 900, DAYS), clicks=ints(1, 90, DAYS),
                    spend=rng.integers(100, 9000, DAYS) / 100, leads=ints(0, 9, DAYS)),
        "service": rows(DAYS, day=daily, ratings=ints(10, 90, DAYS), satisfied_ratings=ints(1, 10, DAYS),
                        delivered=ints(10, 90, DAYS), delivered_same_day=ints(1, 10, DAYS)),
        "inventory": rows(DAYS, day=daily, stock_units=ints(10, 90, DAYS), sold_units=ints(1, 10, DAYS)),
    }  # fmt: skip
    return {name: pd.DataFrame(columns) for name, columns in frames.items()}


TIMES = {"orders": "ordered_at", "refunds": "refunded_at", "traffic": "hour"}


def window(frames: Frames, start: date, end: date, where: dict[str, str]) -> Frames:
    cut = {}
    for name, frame in frames.items():
        on = frame[TIMES.get(name, "day")].dt.date
        kept = (on >= start) & (on <= end)
        for dimension, value in where.items():
            if not (name == "inventory" and dimension == "channel"):
                kept &= frame[dimension] == value
        cut[name] = frame[kept]
    return cut


def total(table: str, column: str, **only: str) -> Callable[[Frames, Frames], float]:
    def add(now: Frames, before: Frames) -> float:
        frame = now[table]
        for dimension, value in only.items():
            frame = frame[frame[dimension] == value]
        return float(frame[column].sum())

    return add


def repeated(now: Frames, before: Frames) -> float:
    return float((now["orders"].groupby("buyer_id")["order_id"].nunique() >= 2).sum())


def new_buyers(now: Frames, before: Frames) -> float:
    return float(now["orders"][now["orders"].is_first_order].buyer_id.nunique())


MEASURES: Sums = {
    "gmv": total("orders", "amount"),
    "orders": lambda now, before: now["orders"].order_id.nunique(),
    "buyers": lambda now, before: now["orders"].buyer_id.nunique(),
    "new_buyers": new_buyers,
    "units": total("orders", "units"),
    "live": total("orders", "amount", channel="直播"),
    "private": total("orders", "amount", channel="私域"),
    "repeated": repeated,
    "retained": lambda now, before: len(set(now["orders"].buyer_id) & set(before["orders"].buyer_id)),
    "earlier": lambda now, before: before["orders"].buyer_id.nunique(),
    "refunds": total("refunds", "amount"),
    "visitors": total("traffic", "visitors"),
    **{name: total("ads", name) for name in ("impressions", "clicks", "spend", "leads")},
    **{n: total("service", n) for n in ("ratings", "satisfied_ratings", "delivered", "delivered_same_day")},
    **{name: total("inventory", name) for name in ("stock_units", "sold_units")},
}
METRICS: dict[str, tuple[str, str | None]] = {
    "gmv": ("gmv", None), "orders": ("orders", None), "buyers": ("buyers", None), "new_buyers": ("new_buyers", None),
    "units": ("units", None), "aov": ("gmv", "buyers"), "order_value": ("gmv", "orders"),
    "visitors": ("visitors", None), "conversion_rate": ("buyers", "visitors"), "impressions": ("impressions", None),
    "clicks": ("clicks", None), "ctr": ("clicks", "impressions"), "ad_spend": ("spend", None),
    "roi": ("gmv", "spend"), "cac": ("spend", "new_buyers"), "refund_amount": ("refunds", None),
    "refund_rate": ("refunds", "gmv"), "repurchase_rate": ("repeated", "buyers"),
    "retention_rate": ("retained", "earlier"), "live_share": ("live", "gmv"), "private_share": ("private", "gmv"),
    "satisfaction": ("satisfied_ratings", "ratings"), "same_day_rate": ("delivered_same_day", "delivered"),
    "stock_days": ("stock_units", "sold_units"), "leads": ("leads", None),
}  # fmt: skip


def holds(figure: Figure, frames: Frames, start: date, end: date, where: dict[str, str]) -> None:
    """The figure's value, or the two sides of a ratio that is too small to say, equal the sums."""
    length = (end - start).days + 1
    now = window(frames, start, end, where)
    before = window(frames, start - timedelta(length), start - timedelta(1), where)
    numerator, denominator = METRICS[figure.metric]
    top = MEASURES[numerator](now, before)
    if denominator is None:
        assert figure.value == pytest.approx(top), (figure, where)
        return
    bottom = MEASURES[denominator](now, before)
    if figure.absence == "no_data":
        assert top == bottom == 0
        return
    assert figure.numerator == pytest.approx(top), (figure, where)
    assert figure.denominator == pytest.approx(bottom), (figure, where)
    assert figure.value is None or figure.value == pytest.approx(top / bottom)


@pytest.mark.parametrize("seed", range(3))
def test_all_metrics_equal_a_second_computation(seed: int, tmp_path: Path) -> None:
    frames = random_tables(seed)
    rng = np.random.default_rng(seed + 100)
    lines = {
        name: frame[HEADERS[name].split(",")].to_csv(index=False, header=False).splitlines()
        for name, frame in frames.items()
    }
    shop = open_shop(tmp_path, **lines)
    assert set(METRICS) == set(shop.model.metrics)
    now = at("2026-10-20 09:00")
    for _ in range(3):
        length = int(rng.integers(1, 12))
        start = FIRST + timedelta(int(rng.integers(length, DAYS - length)))
        end = start + timedelta(length - 1)
        where = {"category": str(rng.choice(CATEGORIES))} if rng.random() < 0.5 else {}
        for by in ((), ("region",)):
            period = days(start.isoformat(), end.isoformat())
            scope = {name: (value,) for name, value in where.items()}
            result = shop.run(KpiQuery(tuple(METRICS), period, where=scope, by=by), now)
            for figure in result.figures:
                cut = where | {name: figure.scope[name][0] for name in by}
                holds(figure, frames, start, end, cut)
            assert by or len(result.figures) == len(METRICS)
    shop.close()
