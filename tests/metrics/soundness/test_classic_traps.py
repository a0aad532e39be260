"""Each way in which a number of this kind goes wrong elsewhere, held down by a sum by hand."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.query import KpiQuery
from tests.metrics.small_shop import at, day, days, month_to_date, open_shop, week

NOW = at("2026-11-16 10:00")


def test_the_first_moment_of_a_period_counts_and_the_first_after_it_does_not(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            "1,2026-11-08 23:59:59,1,true,母婴,直播,华东,1,1",
            "2,2026-11-09 00:00:00,2,true,母婴,直播,华东,1,10",
            "3,2026-11-15 23:59:59,3,true,母婴,直播,华东,1,100",
            "4,2026-11-16 00:00:00,4,true,母婴,直播,华东,1,1000",
        ],
    )
    assert shop.run(KpiQuery(("gmv",), week("2026-11-09")), NOW).figure().value == 110.0


def test_every_branch_of_the_query_is_bounded_on_both_sides(shop: Analyst) -> None:
    query = KpiQuery(("conversion_rate",), week("2026-11-09"), by=("channel",), compare=("previous",))
    (statement,) = shop.run(query, NOW).sql
    branches = statement.count(" AS leg") + statement.count(' AS "leg"')
    assert branches == 2  # two tables; the two weeks follow one another and are one scan of each
    assert len(re.findall(r'WHERE "\w+" >= CAST\([^)]*\) AND "\w+" < CAST\(', statement)) == branches


def test_conversion_of_a_week_is_not_the_mean_of_its_days_or_channels(shop: Analyst) -> None:
    whole = shop.run(KpiQuery(("conversion_rate",), week("2026-11-09"), where={"region": ("华东",)}), NOW).figure()
    parts = shop.run(
        KpiQuery(("conversion_rate",), week("2026-11-09"), where={"region": ("华东",)}, by=("category",)), NOW
    )
    assert whole.value == 2 / 70  # buyers 11 and 13; visitors 50 + 20
    rates = [figure.value or 0.0 for figure in parts.figures]
    assert sorted(rates) == [1 / 50, 1 / 20]
    assert whole.value != pytest.approx(sum(rates) / 2)


def test_buyers_of_a_week_are_not_the_sum_of_its_days(shop: Analyst) -> None:
    whole = shop.run(KpiQuery(("buyers",), week("2026-11-09")), NOW).figure().value
    daily = shop.run(KpiQuery(("buyers",), week("2026-11-09"), grain="day"), NOW).figures
    assert whole == 3  # 11, 13, 15
    assert sum(figure.value or 0 for figure in daily) == 4  # 11 came on two days


def test_orders_of_all_categories_are_not_the_sum_of_the_categories(shop: Analyst) -> None:
    whole = shop.run(KpiQuery(("orders",), week("2026-11-09")), NOW).figure().value
    parts = shop.run(KpiQuery(("orders",), week("2026-11-09"), by=("category",)), NOW).figures
    assert (whole, sum(figure.value or 0 for figure in parts)) == (4, 5)  # order 7 stands in both


def test_sales_without_ad_spend_stay_in_the_total_of_roi(shop: Analyst) -> None:
    by_channel = shop.run(KpiQuery(("roi",), week("2026-11-09"), by=("channel",)), NOW)
    sides = {figure.scope["channel"][0]: (figure.numerator, figure.denominator) for figure in by_channel.figures}
    assert sides == {"直播": (1100.0, 840.0), "货架": (1000.0, 0.0)}
    whole = shop.run(KpiQuery(("roi",), week("2026-11-09")), NOW).figure()
    assert (whole.numerator, whole.denominator) == (2100.0, 840.0)


def test_a_join_does_not_multiply_rows(shop: Analyst) -> None:
    """Three orders and two traffic rows of one channel on one day would be six rows in a plain join."""
    result = shop.run(KpiQuery(("gmv", "visitors", "conversion_rate"), day("2026-11-11"), by=("channel",)), NOW)
    assert [figure.value for figure in result.figures] == [1000.0, 100, 1 / 100]


def test_part_of_a_month_is_never_held_against_a_whole_one(tmp_path: Path) -> None:
    first = date(2026, 10, 1)
    orders = [f"{n},{first + timedelta(n)} 12:00:00,{n},true,母婴,直播,华东,1,10" for n in range(50)]  # to 19 November
    shop = open_shop(tmp_path, orders=orders)
    now = "2026-11-19 12:05"
    result = shop.run(KpiQuery(("gmv",), month_to_date(now), compare=("previous",)), at(now))
    assert (result.changes[0].current.value, result.changes[0].baseline.value) == (190.0, 190.0)


def test_the_clock_set_back_hides_what_came_later(shop: Analyst) -> None:
    back = shop.run(KpiQuery(("gmv", "visitors"), week("2026-11-09")), at("2026-11-10 10:00"))
    assert back.figure("gmv").value == 120.0  # only 9 November and no order of 10:00 itself
    assert back.figure("visitors").value == 50


def test_a_change_from_zero_has_no_percentage(shop: Analyst) -> None:
    result = shop.run(KpiQuery(("gmv",), day("2026-11-05"), compare=("previous",)), NOW)
    change = result.changes[0]
    assert (change.absolute, change.relative) == (1000.0, None)


def test_a_group_that_vanished_is_shown_as_zero_and_not_left_out(shop: Analyst) -> None:
    query = KpiQuery(("gmv",), days("2026-11-10", "2026-11-10"), by=("category",), compare=("previous",))
    vanished = shop.run(KpiQuery(("gmv",), day("2026-11-06"), by=("category",), compare=("previous",)), NOW)
    assert [(figure.scope["category"][0], figure.value) for figure in vanished.figures] == [("家电", 0.0)]
    assert vanished.changes[0].relative == -1.0
    assert shop.run(query, NOW).figures[0].value == 80.0


def test_a_ratio_change_is_the_difference_of_recomputed_ratios(shop: Analyst) -> None:
    result = shop.run(KpiQuery(("conversion_rate",), week("2026-11-09"), compare=("previous",)), NOW)
    change = result.changes[0]
    assert change.baseline.value == 4 / 150  # 11, 12, 13, 14; 40 + 60 + 50
    assert change.absolute == pytest.approx(3 / 200 - 4 / 150)
