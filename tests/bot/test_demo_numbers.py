"""What the assistant says over the sample shop equals what pandas computes from the Parquet files alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from bot.app import Core, open_core
from bot.assistant.contract import as_json
from bot.assistant.types import Asker, Question
from bot.settings import Settings
from metrics.demo.shop import build_shop

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Sunday
Window = tuple[str, str]  # from inclusive, to exclusive, local time
Rows = pd.DataFrame

LAST_WEEK, WEEK_BEFORE = ("2026-11-09", "2026-11-16"), ("2026-11-02", "2026-11-09")
YESTERDAY, DAY_BEFORE = ("2026-11-21", "2026-11-22"), ("2026-11-20", "2026-11-21")
TODAY_SO_FAR, YESTERDAY_SO_FAR = ("2026-11-22", "2026-11-22 14:30"), ("2026-11-21", "2026-11-21 14:30")
WHOLE_HOURS, THEIR_TWIN = ("2026-11-22", "2026-11-22 14:00"), ("2026-11-21", "2026-11-21 14:00")
LAST_30_DAYS, THIRTY_BEFORE = ("2026-10-23", "2026-11-22"), ("2026-09-23", "2026-10-23")
MONTH_SETTLED, MONTH_BEFORE = ("2026-11-01", "2026-11-22"), ("2026-10-01", "2026-10-22")  # ads end yesterday


@cache
def read_all(folder: Path) -> Rows:
    return pd.concat([pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))], ignore_index=True)


@dataclass(frozen=True)
class Shop:
    """The files of the shop, read by pandas, and the assistant over them."""

    home: Path
    core: Core

    def rows(self, table: str, time: str, window: Window, **where: str) -> Rows:
        """The rows of a table in [start, end) that have these values."""
        rows = read_all(self.home / "data" / table)
        moments = pd.to_datetime(rows[time])
        keep = (moments >= pd.Timestamp(window[0])) & (moments < pd.Timestamp(window[1]))
        for column, value in where.items():
            keep &= rows[column] == value
        return rows[keep]

    def orders(self, window: Window, **where: str) -> Rows:
        return self.rows("orders", "ordered_at", window, **where)

    def sum(self, table: str, time: str, column: str, window: Window, **where: str) -> float:
        return float(self.rows(table, time, window, **where)[column].sum())

    def ask(self, question: str, now: datetime = NOW) -> dict[str, Any]:
        answer = self.core.assistant.answer_now(Question(question, Asker("manager"), now))
        return json.loads(json.dumps(as_json(answer)))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("numbers")
    build_shop(home, now=NOW, days=70, scale=0.2)
    core = open_core(Settings.load(home))
    yield Shop(home, core)
    core.close()


def gmv(shop: Shop, window: Window, **where: str) -> float:
    return float(shop.orders(window, **where)["amount"].sum())


def buyers(shop: Shop, window: Window, **where: str) -> float:
    return float(shop.orders(window, **where)["buyer_id"].nunique())


def aov(shop: Shop, window: Window, **where: str) -> float:
    return gmv(shop, window, **where) / buyers(shop, window, **where)


def order_value(shop: Shop, window: Window, **where: str) -> float:
    return gmv(shop, window, **where) / float(shop.orders(window, **where)["order_id"].nunique())


def visitors(shop: Shop, window: Window, **where: str) -> float:
    return shop.sum("traffic", "hour", "visitors", window, **where)


def conversion(shop: Shop, window: Window, **where: str) -> float:
    return buyers(shop, window, **where) / visitors(shop, window, **where)


def refund_rate(shop: Shop, window: Window, **where: str) -> float:
    return shop.sum("refunds", "refunded_at", "amount", window, **where) / gmv(shop, window, **where)


def new_buyers(shop: Shop, window: Window, **where: str) -> float:
    orders = shop.orders(window, **where)
    return float(orders[orders["is_first_order"]]["buyer_id"].nunique())


def repurchase(shop: Shop, window: Window, **where: str) -> float:
    distinct = shop.orders(window, **where)[["buyer_id", "order_id"]].drop_duplicates()
    orders_each = distinct.groupby("buyer_id").size()
    return float((orders_each >= 2).sum() / len(orders_each))


def retention(shop: Shop, window: Window, **where: str) -> float:
    start, end = pd.Timestamp(window[0]), pd.Timestamp(window[1])
    before = set(shop.orders((str(start - (end - start)), window[0]), **where)["buyer_id"])
    return len(before & set(shop.orders(window, **where)["buyer_id"])) / len(before)


def roi(shop: Shop, window: Window, **where: str) -> float:
    return gmv(shop, window, **where) / shop.sum("ads", "day", "spend", window, **where)


def live_share(shop: Shop, window: Window, **where: str) -> float:
    return gmv(shop, window, channel="直播", **where) / gmv(shop, window, **where)


def same_day_rate(shop: Shop, window: Window, **where: str) -> float:
    rows = shop.rows("service", "day", window, **where)
    return float(rows["delivered_same_day"].sum() / rows["delivered"].sum())


def stock_days(shop: Shop, window: Window, **where: str) -> float:
    rows = shop.rows("inventory", "day", window, **where)
    return float(rows["stock_units"].sum() / rows["sold_units"].sum())


Compute = Callable[..., float]
CASES: list[tuple[str, Compute, Window, Window, dict[str, str]]] = [
    ("上周母婴转化率怎么样", conversion, LAST_WEEK, WEEK_BEFORE, {"category": "母婴"}),
    ("昨天GMV多少", gmv, YESTERDAY, DAY_BEFORE, {}),
    ("上周华东直播GMV", gmv, LAST_WEEK, WEEK_BEFORE, {"region": "华东", "channel": "直播"}),
    ("上周美妆客单价", aov, LAST_WEEK, WEEK_BEFORE, {"category": "美妆"}),
    ("上周笔单价", order_value, LAST_WEEK, WEEK_BEFORE, {}),
    ("上周服饰退款率", refund_rate, LAST_WEEK, WEEK_BEFORE, {"category": "服饰"}),
    ("近30天新客数", new_buyers, LAST_30_DAYS, THIRTY_BEFORE, {}),
    ("近30天复购率", repurchase, LAST_30_DAYS, THIRTY_BEFORE, {}),
    ("上周留存率", retention, LAST_WEEK, WEEK_BEFORE, {}),
    ("昨天支付买家数", buyers, YESTERDAY, DAY_BEFORE, {}),
    ("短视频上周投产比", roi, LAST_WEEK, WEEK_BEFORE, {"channel": "短视频"}),
    ("本月投产比", roi, MONTH_SETTLED, MONTH_BEFORE, {}),
    ("上周服饰直播占比", live_share, LAST_WEEK, WEEK_BEFORE, {"category": "服饰"}),
    ("上周3C当日达率", same_day_rate, LAST_WEEK, WEEK_BEFORE, {"category": "3C"}),
    ("上周家电库存天数", stock_days, LAST_WEEK, WEEK_BEFORE, {"category": "家电"}),
    ("今天GMV", gmv, TODAY_SO_FAR, YESTERDAY_SO_FAR, {}),
    ("今天母婴访客数", visitors, WHOLE_HOURS, THEIR_TWIN, {"category": "母婴"}),
    ("今天转化率", conversion, WHOLE_HOURS, THEIR_TWIN, {}),
]


@pytest.mark.parametrize(("question", "compute", "window", "before", "where"), CASES, ids=[case[0] for case in CASES])
def test_the_figure_and_its_change_equal_pandas(
    shop: Shop, question: str, compute: Compute, window: Window, before: Window, where: dict[str, str]
) -> None:
    fact = shop.ask(question)["facts"][0]
    change = next(change for change in fact["changes"] if change["kind"] == "previous")

    now, then = compute(shop, window, **where), compute(shop, before, **where)
    assert fact["value"] == pytest.approx(now, rel=1e-9)
    assert change["baseline"] == pytest.approx(then, rel=1e-9)
    assert change["absolute"] == pytest.approx(now - then, rel=1e-6, abs=1e-9)
    assert change["relative"] == pytest.approx((now - then) / then, rel=1e-6, abs=1e-9)
    assert fact["scope"] == {dimension: [value] for dimension, value in where.items()}
    assert (fact["period"]["start"], fact["period"]["end"]) == days_of(window)
    assert (change["baseline_period"]["start"], change["baseline_period"]["end"]) == days_of(before)


def days_of(window: Window) -> tuple[str, str]:
    """First and last day, both inclusive."""
    last = pd.Timestamp(window[1]) - timedelta(seconds=1)
    return window[0], last.date().isoformat()


def test_the_text_says_number_dates_change_and_freshness(shop: Shop) -> None:
    text = shop.ask("上周母婴转化率怎么样")["answer"]
    now = conversion(shop, LAST_WEEK, category="母婴")
    then = conversion(shop, WEEK_BEFORE, category="母婴")

    assert f"{now:.2%}" in text
    assert f"{abs(now - then) * 100:.2f}pp" in text
    assert f"{abs(now / then - 1) * 100:.1f}%" in text
    assert "11/09–11/15" in text
    assert "11/02–11/08" in text
    latest = shop.rows("orders", "ordered_at", ("2026-11-22", "2026-11-22 14:30"))["ordered_at"].max()
    assert f"11/22 {latest:%H:%M}" in text  # orders are the older of the two sources: traffic is stamped 14:30


@pytest.mark.parametrize(
    ("question", "by", "compute", "window"),
    [
        ("昨天各渠道GMV", "channel", gmv, YESTERDAY),
        ("上周各类目买家数", "category", buyers, LAST_WEEK),
        ("上周各大区客单价", "region", aov, LAST_WEEK),
        ("上周各渠道投产比", "channel", roi, LAST_WEEK),
        ("上周各类目退款率", "category", refund_rate, LAST_WEEK),
    ],
)
def test_every_cut_equals_pandas_and_none_is_left_out(
    shop: Shop, question: str, by: str, compute: Compute, window: Window
) -> None:
    said = {fact["scope"][by][0]: fact["value"] for fact in shop.ask(question)["facts"] if by in fact["scope"]}

    values = shop.orders(window)[by].unique()
    assert said == {value: pytest.approx(compute(shop, window, **{by: value}), rel=1e-9) for value in values}


def test_buyers_of_several_categories_are_each_counted_once(shop: Shop) -> None:
    said = {tuple(fact["scope"]["category"]): fact["value"] for fact in shop.ask("上周母婴和美妆买家数")["facts"]}
    both = shop.orders(LAST_WEEK)
    both = both[both["category"].isin(["母婴", "美妆"])]

    each = {(name,): part["buyer_id"].nunique() for name, part in both.groupby("category")}
    assert said == {**each, ("母婴", "美妆"): both["buyer_id"].nunique()}
    assert sum(each.values()) > both["buyer_id"].nunique()  # which is why the whole is counted and not added up


def test_a_daily_series_counts_each_day_by_itself(shop: Shop) -> None:
    facts = shop.ask("上周每天的支付买家数")["facts"]
    said = {fact["bucket"][:10]: fact["value"] for fact in facts if fact["bucket"]}
    orders = shop.orders(LAST_WEEK)

    by_day = orders.groupby(orders["ordered_at"].dt.date)["buyer_id"].nunique()
    assert said == {str(day): count for day, count in by_day.items()}
    assert len(said) == 7


def test_what_arrives_after_the_moment_asked_about_is_not_counted(shop: Shop) -> None:
    """The files hold orders up to 14:30; asked as of 09:00, the later ones have not happened yet."""
    fact = shop.ask("今天GMV", NOW.replace(hour=9, minute=0))["facts"][0]

    assert fact["value"] == pytest.approx(gmv(shop, ("2026-11-22", "2026-11-22 09:00")))
    assert fact["changes"][0]["baseline"] == pytest.approx(gmv(shop, ("2026-11-21", "2026-11-21 09:00")))


def test_the_share_of_the_month_target_equals_pandas(shop: Shop) -> None:
    fact = next(f for f in shop.ask("本月GMV达成率")["facts"] if f["metric"] == "gmv")
    change = next(change for change in fact["changes"] if change["kind"] == "target")
    targets = pd.read_parquet(shop.home / "data" / "targets" / "2026-11.parquet")
    whole = targets[(targets["metric"] == "gmv") & targets["category"].isna()]["value"].item()

    assert fact["value"] == pytest.approx(gmv(shop, ("2026-11-01", "2026-11-22 14:30")))
    assert change["baseline"] == pytest.approx(whole)
    assert f"{fact['value'] / whole:.1%}" in shop.ask("本月GMV达成率")["answer"]
