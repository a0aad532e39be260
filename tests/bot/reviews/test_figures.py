"""What a review says of the sample shop equals what pandas computes from its files alone."""

from __future__ import annotations

import pytest

from bot.assistant.grounding import numbers_in
from bot.reviews.desk import Written
from tests.bot.reviews.conftest import (
    LAST_WEEK,
    OCTOBER,
    SEPTEMBER,
    WEEK_BEFORE,
    Shop,
    Text,
    Window,
    table,
)


def money(value: float) -> str:
    return f"¥{value / 1e4:,.1f}万" if value >= 1e4 else f"¥{value:,.2f}"


def count(value: float) -> str:
    return f"{value / 1e4:,.1f}万" if value >= 1e4 else f"{value:,.0f}"


def share(value: float) -> str:
    return f"{value * 100:.2f}%"


def figures(shop: Shop, window: Window, **where: str) -> dict[str, float]:
    orders = shop.rows("orders", "ordered_at", window, **where)
    visitors = float(shop.rows("traffic", "hour", window, **where)["visitors"].sum())
    refunds = float(shop.rows("refunds", "refunded_at", window, **where)["amount"].sum())
    gmv, buyers = float(orders["amount"].sum()), float(orders["buyer_id"].nunique())
    return {
        "GMV": gmv,
        "订单数": float(orders["order_id"].nunique()),
        "支付买家数": buyers,
        "客单价": gmv / buyers,
        "访客数": visitors,
        "支付转化率": buyers / visitors,
        "退款率": refunds / gmv,
    }


def printed(name: str, value: float) -> str:
    if name in ("GMV", "客单价"):
        return money(value)
    return share(value) if name in ("支付转化率", "退款率") else count(value)


@pytest.mark.parametrize(
    ("words", "now", "before"), [("month", OCTOBER, SEPTEMBER), ("week", LAST_WEEK, WEEK_BEFORE)], ids=["month", "week"]
)
def test_the_headline_table_holds_both_periods(
    shop: Shop, month: Written, week: Text, words: str, now: Window, before: Window
) -> None:
    markdown = month.markdown if words == "month" else week.markdown
    rows = {row["指标"]: row for row in table(markdown, "概览")}
    here, there = figures(shop, now), figures(shop, before)
    for name, value in here.items():
        assert rows[name]["本期"] == printed(name, value), name
        assert rows[name]["上期"] == printed(name, there[name]), name
    moved = here["GMV"] / there["GMV"] - 1
    assert rows["GMV"]["环比"].endswith(f"{abs(moved) * 100:.1f}%")
    assert ("▼" in rows["GMV"]["环比"] or "−" in rows["GMV"]["环比"]) == (moved < 0)


def test_roi_is_sales_over_spend_of_the_same_days(shop: Shop, month: Written) -> None:
    spend = float(shop.rows("ads", "day", OCTOBER)["spend"].sum())
    (row,) = (row for row in table(month.markdown, "概览") if row["指标"] == "投产比")
    assert row["本期"] == f"{figures(shop, OCTOBER)['GMV'] / spend:.2f}"


@pytest.mark.parametrize(("heading", "dimension"), [("各类目", "category"), ("各渠道", "channel")])
def test_parts_stand_in_the_order_of_their_money_with_their_own_ratios(
    shop: Shop, month: Written, heading: str, dimension: str
) -> None:
    rows = table(month.markdown, heading)
    whole = figures(shop, OCTOBER)["GMV"]
    sums = shop.rows("orders", "ordered_at", OCTOBER).groupby(dimension)["amount"].sum().sort_values(ascending=False)
    assert [row[heading.removeprefix("各")] for row in rows] == list(sums.index)
    for row in rows:
        here = figures(shop, OCTOBER, **{dimension: row[heading.removeprefix("各")]})
        assert row["GMV"] == money(here["GMV"])
        assert row["占比"] == f"{here['GMV'] / whole * 100:.1f}%"
        assert row["支付转化率"] == share(here["支付转化率"])
        assert row["退款率"] == share(here["退款率"])


def test_a_running_month_is_compared_with_the_same_part_of_the_month_before(shop: Shop) -> None:
    written = shop.write("month 本月")
    (row,) = (row for row in table(written.markdown, "概览") if row["指标"] == "GMV")
    reached = written.review.results[0].figure("gmv").period.until  # a small shop's last order is some minutes old
    assert reached is not None
    assert (reached.month, reached.day) == (11, 22)
    until = f"{reached:%d %H:%M:%S}"
    assert row["本期"].removesuffix(" *") == money(figures(shop, ("2026-11-01", f"2026-11-{until}"))["GMV"])
    assert row["上期"] == money(figures(shop, ("2026-10-01", f"2026-10-{until}"))["GMV"])
    assert "还没有结束" in written.markdown
    assert written.review.title == "2026年11月（截至22日）经营复盘"


@pytest.mark.parametrize("words", ["month", "year", "week 母婴"])
def test_every_number_of_a_review_stands_in_its_facts(shop: Shop, words: str) -> None:
    written = shop.write(words, "manager")
    assert written.is_grounded
    assert len(numbers_in(written.markdown)) > 50


def test_a_number_from_nowhere_is_noticed(shop: Shop, week: Text) -> None:
    from dataclasses import replace

    review = replace(week.review, introduction=f"{week.review.introduction} 明年翻 7391 倍。")
    assert not shop.desk.writer.is_grounded(review)


def test_what_is_for_managers_stands_in_managers_reviews_only(shop: Shop, week: Text) -> None:
    for_managers = shop.write("week", "manager")
    assert "| 广告花费 |" not in week.markdown
    assert "获客成本" not in week.markdown
    assert "audience: everyone" in week.markdown
    assert "| 广告花费 |" in for_managers.markdown
    assert "audience: manager" in for_managers.markdown


def test_a_limited_chat_gets_a_review_of_its_categories_only(shop: Shop) -> None:
    written = shop.write("month", categories=("母婴",))
    (row,) = (row for row in table(written.markdown, "概览") if row["指标"] == "GMV")
    assert row["本期"] == money(figures(shop, OCTOBER, category="母婴")["GMV"])
    assert written.review.categories == ("母婴",)
    assert all(name not in written.markdown for name in ("服饰", "家电", "3C"))
