"""Every aggregation and ratio over a shop that can be added up by hand (the rows stand in conftest.py)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.errors import QueryError
from metrics.query import KpiQuery
from tests.metrics.small_shop import ZONE, at, day, days, open_shop, week

NOW = at("2026-11-16 10:00")
WEEK_TWO = week("2026-11-09")


def value(shop: Analyst, metric: str, query: KpiQuery | None = None) -> float | None:
    return shop.run(query or KpiQuery((metric,), WEEK_TWO), NOW).figure(metric).value


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("gmv", 2100.0),  # 120 + 80 + 300 + 700 + 900
        ("orders", 4),  # 5, 6, 7, 8: order 7 has two lines
        ("buyers", 3),  # 11, 13, 15
        ("new_buyers", 1),  # 15
        ("units", 7),  # 1 + 1 + 3 + 1 + 1
        ("aov", 700.0),  # 2100 / 3
        ("order_value", 525.0),  # 2100 / 4
        ("visitors", 200),  # 50 + 30 + 20 + 80 + 20
        ("conversion_rate", 3 / 200),
        ("impressions", 7000),
        ("clicks", 154),  # 7 × 10 + (9 + … + 15 = 84)
        ("ctr", 154 / 7000),
        ("ad_spend", 840.0),  # 10 × 84
        ("leads", 14),
        ("roi", 2.5),  # 2100 / 840
        ("cac", 840.0),  # 840 / 1
        ("refund_amount", 300.0),  # 50 + 250
        ("refund_rate", 300 / 2100),
        ("live_share", 1100 / 2100),  # 120 + 80 + 900
        ("private_share", 0.0),
        ("satisfaction", 30 / 40),
        ("same_day_rate", 20 / 40),
        ("stock_days", 690 / 90),  # (300 + 290 + 100) / (10 + 30 + 50)
    ],
)
def test_a_metric_over_a_whole_week_equals_the_sum_by_hand(shop: Analyst, metric: str, expected: float) -> None:
    assert value(shop, metric) == pytest.approx(expected)


def test_repurchase_counts_buyers_with_two_different_orders(shop: Analyst) -> None:
    figure = shop.run(KpiQuery(("repurchase_rate",), WEEK_TWO), NOW).figure()
    assert (figure.numerator, figure.denominator) == (1, 3)  # 11 ordered twice (5, 6); 15's two lines are one order
    assert figure.absence == "too_small"  # 3 buyers are fewer than the 20 that the catalogue asks for


def test_retention_counts_buyers_of_the_week_before_who_came_back(shop: Analyst) -> None:
    figure = shop.run(KpiQuery(("retention_rate",), WEEK_TWO), NOW).figure()
    assert (figure.numerator, figure.denominator) == (2, 4)  # of 11, 12, 13, 14 came back 11 and 13


def test_retention_by_category_equals_retention_of_each_category(shop: Analyst) -> None:
    grouped = shop.run(KpiQuery(("retention_rate",), WEEK_TWO, by=("category",)), NOW)
    sides = {figure.scope["category"][0]: (figure.numerator, figure.denominator) for figure in grouped.figures}
    assert sides == {"母婴": (1, 3), "家电": (1, 1)}  # 母婴: 11 of 11, 12, 14; 家电: 13 of 13
    for category, expected in sides.items():
        alone = shop.run(KpiQuery(("retention_rate",), WEEK_TWO, where={"category": (category,)}), NOW).figure()
        assert (alone.numerator, alone.denominator) == expected


def test_a_filter_on_several_values_and_dimensions_keeps_rows_that_pass_all(shop: Analyst) -> None:
    where = {"category": ("母婴", "家电"), "channel": ("货架",)}
    assert value(shop, "gmv", KpiQuery(("gmv",), WEEK_TWO, where=where)) == 1000.0  # 300 + 700


def test_groups_come_largest_first_and_carry_their_own_scope(shop: Analyst) -> None:
    result = shop.run(KpiQuery(("gmv",), WEEK_TWO, where={"region": ("华东", "华南")}, by=("category",)), NOW)
    assert [(figure.scope["category"], figure.value) for figure in result.figures] == [
        (("家电",), 1600.0),  # 700 + 900
        (("母婴",), 500.0),  # 120 + 80 + 300
    ]
    assert all(figure.scope["region"] == ("华东", "华南") for figure in result.figures)


def test_a_group_with_rows_on_one_side_of_a_ratio_is_kept(shop: Analyst) -> None:
    query = KpiQuery(("conversion_rate",), WEEK_TWO, where={"category": ("母婴",)}, by=("channel",))
    figures = {figure.scope["channel"][0]: figure for figure in shop.run(query, NOW).figures}
    assert figures["私域"].value == 0.0  # 30 visitors, nobody bought
    assert figures["直播"].value == 1 / 50
    assert figures["货架"].value == 1 / 20


def test_buyers_without_a_visitor_have_no_conversion_rate(shop: Analyst) -> None:
    query = KpiQuery(("conversion_rate",), day("2026-11-10"), where={"channel": ("直播",)})
    figure = shop.run(query, NOW).figure()
    assert (figure.value, figure.absence, figure.numerator) == (None, "zero_denominator", 1)


def test_a_ratio_over_too_few_is_too_small_to_say(shop: Analyst) -> None:
    query = KpiQuery(("satisfaction",), day("2026-11-09"))
    assert shop.run(query, NOW).figure().value == 0.9  # 9 / 10, just enough
    figure = shop.run(KpiQuery(("refund_rate",), day("2026-11-10")), NOW).figure()
    assert (figure.value, figure.absence, figure.denominator) == (None, "too_small", 80.0)


def test_the_largest_and_the_smallest_are_picked_by_the_first_metric(shop: Analyst) -> None:
    for top, expected in ((1, "直播"), (-1, "货架")):  # 直播 120 + 80 + 900 = 1100, 货架 1000
        result = shop.run(KpiQuery(("gmv", "orders"), WEEK_TWO, by=("channel",), top=top), NOW)
        assert [(figure.metric, figure.scope["channel"]) for figure in result.figures] == [
            ("gmv", (expected,)),
            ("orders", (expected,)),
        ]


def test_a_daily_series_has_every_day_and_a_day_without_orders_is_zero(shop: Analyst) -> None:
    result = shop.run(KpiQuery(("gmv",), WEEK_TWO, grain="day"), NOW)
    assert [figure.value for figure in result.figures] == [120, 80, 1000, 0, 0, 0, 900]
    assert result.figures[2].bucket == datetime(2026, 11, 11, tzinfo=ZONE)
    assert result.figures[2].period.start == result.figures[2].period.end == datetime(2026, 11, 11).date()


def test_a_long_series_equals_its_days_asked_one_by_one(shop: Analyst) -> None:
    whole = shop.run(KpiQuery(("buyers",), days("2026-11-02", "2026-11-15"), by=("category",), grain="day"), NOW)
    assert len(whole.figures) == 28
    for figure in whole.figures:
        alone = KpiQuery(("buyers",), day(figure.period.start.isoformat()), where=figure.scope)
        assert figure.value == shop.run(alone, NOW).figure().value


def test_weeks_at_the_edge_of_a_month_are_cut_to_it(shop: Analyst) -> None:
    result = shop.run(KpiQuery(("gmv",), days("2026-11-05", "2026-11-10"), grain="week"), NOW)
    spans = [(figure.period.start.day, figure.period.end.day, figure.value) for figure in result.figures]
    assert spans == [(5, 8, 1060.0), (9, 10, 200.0)]  # 1000 + 60; 120 + 80


def test_hours_of_a_day_settled_table_are_refused_with_what_would_work(shop: Analyst) -> None:
    with pytest.raises(QueryError, match="settled by the day") as caught:
        shop.run(KpiQuery(("roi",), WEEK_TWO, grain="hour"), NOW)
    assert caught.value.code == "grain_missing"
    assert "day" in caught.value.suggestions


@pytest.mark.parametrize(
    ("query", "code", "suggestion"),
    [
        (KpiQuery(("gvm",), WEEK_TWO), "unknown_metric", "gmv"),
        (KpiQuery(("gmv",), WEEK_TWO, by=("chanel",)), "unknown_dimension", "channel"),
        (KpiQuery(("gmv",), WEEK_TWO, where={"category": ("母嬰",)}), "unknown_value", "母婴"),
        (KpiQuery(("stock_days",), WEEK_TWO, by=("channel",)), "dimension_missing", "category"),
        (KpiQuery(("live_share",), WEEK_TWO, by=("channel",)), "dimension_fixed", "category"),
        (KpiQuery(("live_share",), WEEK_TWO, where={"channel": ("直播",)}), "dimension_fixed", "region"),
        (KpiQuery((), WEEK_TWO), "no_metric", None),
        (KpiQuery(("gmv",), days("2026-11-09", "2026-11-01")), "bad_period", None),
        (KpiQuery(("gmv",), WEEK_TWO, top=3), "top_without_by", None),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_would_work(
    shop: Analyst, query: KpiQuery, code: str, suggestion: str | None
) -> None:
    with pytest.raises(QueryError) as caught:
        shop.run(query, NOW)
    assert caught.value.code == code
    assert suggestion is None or suggestion in caught.value.suggestions


def test_a_quote_in_a_value_is_only_a_value(shop: Analyst) -> None:
    with pytest.raises(QueryError):
        shop.run(KpiQuery(("gmv",), WEEK_TWO, where={"category": ("母婴') OR 1=1 --",)}), NOW)


def test_a_value_that_never_had_a_row_is_no_data_and_one_that_had_is_zero(shop: Analyst) -> None:
    never = shop.run(KpiQuery(("gmv",), WEEK_TWO, where={"category": ("汽车",)}), NOW).figure()
    assert (never.value, never.absence) == (None, "no_data")
    once = shop.run(KpiQuery(("gmv",), day("2026-11-12"), where={"category": ("母婴",)}), NOW).figure()
    assert (once.value, once.absence) == (0.0, None)


def test_a_value_asked_for_by_name_is_shown_even_without_rows(shop: Analyst) -> None:
    query = KpiQuery(("gmv",), WEEK_TWO, where={"category": ("母婴", "汽车")}, by=("category",))
    figures = shop.run(query, NOW).figures
    assert [(figure.scope["category"][0], figure.value, figure.absence) for figure in figures] == [
        ("母婴", 500.0, None),
        ("汽车", None, "no_data"),
    ]


def test_a_series_by_group_of_a_metric_without_data_is_absent(tmp_path: Path) -> None:
    alone = open_shop(tmp_path, orders=["1,2026-11-09 10:00:00,1,true,母婴,直播,华东,1,100"])
    try:
        (figure,) = alone.run(KpiQuery(("stock_days",), WEEK_TWO, by=("region",), grain="day"), NOW).figures
        assert (figure.value, figure.absence) == (None, "not_available")
    finally:
        alone.close()
