"""Each planted incident stands out in its own metric, computed here with pandas alone from the shop's files."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from metrics.demo.shop import build_shop

# A shop built on a quiet Wednesday, and one built while the largest campaign is still in its after-effects.
QUIET, CAMPAIGN = datetime(2026, 8, 26, 9, 0), datetime(2026, 11, 22, 15, 0)
TIMES = {"orders": "ordered_at", "refunds": "refunded_at", "traffic": "hour"}


class Shop:
    """The tables of one shop with a `date` column each, and its anchor day."""

    def __init__(self, home: Path, now: datetime) -> None:
        build_shop(home, now=now, days=70)
        self.anchor = pd.Timestamp(now.date())
        self.monday = self.anchor - pd.Timedelta(days=self.anchor.weekday() + 7)  # of the last whole week
        self.tables = {}
        for table in ("orders", "refunds", "traffic", "ads", "service", "inventory", "targets"):
            files = (home / "data" / table).glob("*.parquet")
            frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
            if table != "targets":
                frame["date"] = pd.to_datetime(frame[TIMES.get(table, "day")]).dt.normalize()
            self.tables[table] = frame

    def rows(self, table: str, start: pd.Timestamp, days: int, **scope: str) -> pd.DataFrame:
        frame = self.tables[table]
        chosen = (frame.date >= start) & (frame.date < start + pd.Timedelta(days=days))
        for dimension, value in scope.items():
            chosen &= frame[dimension] == value
        return frame[chosen]

    def ago(self, days: int) -> pd.Timestamp:
        return self.anchor - pd.Timedelta(days=days)

    def conversion(self, start: pd.Timestamp, days: int = 7, **scope: str) -> float:
        buyers = self.rows("orders", start, days, **scope).buyer_id.nunique()
        return float(buyers / self.rows("traffic", start, days, **scope).visitors.sum())

    def gmv(self, start: pd.Timestamp, days: int, **scope: str) -> float:
        return float(self.rows("orders", start, days, **scope).amount.sum())

    def refund_rate(self, start: pd.Timestamp, days: int, **scope: str) -> float:
        return float(self.rows("refunds", start, days, **scope).amount.sum() / self.gmv(start, days, **scope))

    def roi(self, start: pd.Timestamp, days: int, **scope: str) -> float:
        return float(self.gmv(start, days, **scope) / self.rows("ads", start, days, **scope).spend.sum())


@pytest.fixture(scope="module", params=[QUIET, CAMPAIGN], ids=["quiet", "campaign"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"), request.param)


def test_baby_conversion_falls_in_the_last_whole_week_because_of_live(shop: Shop) -> None:
    last, before = shop.monday, shop.monday - pd.Timedelta(days=7)
    change = shop.conversion(last, category="母婴") / shop.conversion(before, category="母婴") - 1
    live = shop.conversion(last, category="母婴", channel="直播") / shop.conversion(
        before, category="母婴", channel="直播"
    )
    shelf = shop.conversion(last, category="母婴", channel="货架") / shop.conversion(
        before, category="母婴", channel="货架"
    )
    assert change < -0.12
    assert -0.40 < live - 1 < -0.26
    assert abs(shelf - 1) < 0.15
    others = [
        shop.conversion(last, category=name) / shop.conversion(before, category=name) - 1
        for name in ("食品", "家居", "3C", "汽车")
    ]
    assert change < min(others)


def test_baby_visitors_stay_normal_while_conversion_falls(shop: Shop) -> None:
    weeks = [shop.monday - pd.Timedelta(days=7 * number) for number in (0, 1)]
    last, before = (shop.rows("traffic", week, 7, category="母婴").visitors.sum() for week in weeks)
    assert last > 0.9 * before


def test_short_video_returns_fall_because_spend_rises_without_sales(shop: Shop) -> None:
    last, before = shop.ago(14), shop.ago(28)
    assert shop.roi(last, 14, channel="短视频") / shop.roi(before, 14, channel="短视频") < 0.75
    assert 0.85 < shop.roi(last, 14, channel="货架") / shop.roi(before, 14, channel="货架") < 1.15


def test_fashion_refunds_climb_in_live_only(shop: Shop) -> None:
    scope = {"category": "服饰", "channel": "直播"}
    live = shop.refund_rate(shop.ago(7), 7, **scope) / shop.refund_rate(shop.ago(42), 21, **scope)
    shelf = shop.refund_rate(shop.ago(7), 7, category="服饰", channel="货架") / shop.refund_rate(
        shop.ago(42), 21, category="服饰", channel="货架"
    )
    assert live > 1.4
    assert live > 1.25 * shelf
    assert shop.refund_rate(shop.ago(7), 7, category="服饰") > 1.2 * shop.refund_rate(shop.ago(42), 21, category="服饰")


def test_same_day_delivery_of_3c_falls_in_the_south(shop: Shop) -> None:
    def rate(start: pd.Timestamp, region: str) -> float:
        rows = shop.rows("service", start, 10, category="3C", region=region)
        return float(rows.delivered_same_day.sum() / rows.delivered.sum())

    assert rate(shop.ago(10), "华南") < 0.75 * rate(shop.ago(20), "华南")
    assert rate(shop.ago(10), "华东") > 0.85 * rate(shop.ago(20), "华东")


def test_appliances_run_out_in_the_southwest(shop: Shop) -> None:
    empty = shop.monday - pd.Timedelta(days=6)  # Tuesday to Sunday of the week before last
    scope = {"category": "家电", "region": "西南"}
    stock = shop.rows("inventory", empty, 6, **scope).stock_units
    usual = shop.rows("inventory", empty - pd.Timedelta(days=28), 21, **scope).stock_units
    assert stock.max() < 0.05 * usual.median()
    share = shop.gmv(empty, 6, **scope) / shop.gmv(empty, 6, category="家电")
    usual_share = shop.gmv(empty - pd.Timedelta(days=28), 21, **scope) / shop.gmv(
        empty - pd.Timedelta(days=28), 21, category="家电"
    )
    assert share < 0.3 * usual_share


def test_members_day_lifts_fashion_in_private_traffic(shop: Shop) -> None:
    friday = shop.monday + pd.Timedelta(days=4)
    scope = {"category": "服饰", "channel": "私域"}
    around = [shop.gmv(friday + timedelta(days=offset), 1, **scope) for offset in (-1, 1)]
    assert shop.gmv(friday, 1, **scope) > 1.8 * sum(around) / 2


def test_the_shop_as_a_whole_is_plausible(shop: Shop) -> None:
    start, days = shop.ago(60), 28
    buyers = shop.rows("orders", start, days).groupby("buyer_id")
    assert 2.0e6 < shop.gmv(start, days) / days < 4.5e6
    assert 0.015 < shop.conversion(start, days) < 0.04
    assert 0.2 < 1 - buyers.is_first_order.max().mean() < 0.4  # bought before this month
    assert shop.refund_rate(start, days, category="服饰") > 4 * shop.refund_rate(start, days, category="食品")
    by_channel = {name: shop.conversion(start, days, channel=name) for name in ("直播", "短视频", "货架", "私域")}
    assert max(by_channel, key=lambda name: by_channel[name]) == "私域"


def test_monthly_targets_are_near_what_a_normal_month_reaches(shop: Shop) -> None:
    start = (shop.anchor.replace(day=1) - pd.Timedelta(days=1)).replace(day=1)
    days = start.days_in_month
    targets = shop.tables["targets"]
    planned = targets[(pd.to_datetime(targets.month) == start) & targets.category.isna()].set_index("metric").value
    buyers = shop.rows("orders", start, days).buyer_id.nunique()
    actual = {
        "gmv": shop.gmv(start, days),
        "conversion_rate": shop.conversion(start, days),
        "roi": shop.roi(start, days),
        "aov": shop.gmv(start, days) / buyers,
    }
    for metric, value in actual.items():
        assert value == pytest.approx(planned[metric], rel=0.12), metric
