"""Refunds larger than sales, nothing to divide by, hardly anything to divide by: what is said then."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.query import KpiQuery
from tests.metrics.small_shop import at, days, open_shop, week

NOW = at("2026-11-17 09:00")
WEEK = week("2026-11-09")


@pytest.fixture
def shop(tmp_path: Path) -> Analyst:
    orders = [f"{n},2026-11-{9 + n % 7:02} 23:30:00,{n},true,服饰,直播,华东,1,10" for n in range(1, 41)]
    return open_shop(
        tmp_path,
        orders=[
            *orders,
            "90,2026-11-01 12:00:00,90,true,家居,货架,华南,1,300",
            "91,2026-11-16 23:30:00,91,true,服饰,直播,华东,1,800",
        ],
        refunds=[
            "0,90,2026-11-01 13:00:00,家居,货架,华南,1,1",
            "1,90,2026-11-10 10:00:00,家居,货架,华南,300,1",  # sold the week before, given back now
            "2,1,2026-11-12 10:00:00,服饰,直播,华东,25.5,1",
            "3,2,2026-11-15 23:59:59,服饰,直播,华东,4.5,1",
            "4,3,2026-11-16 00:00:00,服饰,直播,华东,1000,1",  # after the week
            "5,4,2026-11-16 23:50:00,服饰,直播,华东,1,1",
        ],
        traffic=[
            *(f"2026-11-{n:02} 23:00:00,服饰,直播,华东,100" for n in range(9, 17)),
            "2026-11-09 10:00:00,美妆,直播,华东,3",
            "2026-11-01 10:00:00,服饰,直播,华东,50",
        ],
    )


def test_refunds_count_on_the_day_they_are_given_and_stay_when_nothing_was_sold(shop: Analyst) -> None:
    whole = shop.run(KpiQuery(("refund_rate",), WEEK), NOW).figure()
    assert (whole.numerator, whole.denominator) == (330.0, 400.0)  # 300 + 25.5 + 4.5; 40 orders of 10
    assert whole.value == pytest.approx(0.825)
    parts = {
        figure.scope["category"][0]: figure for figure in shop.run(
            KpiQuery(("refund_rate",), WEEK, by=("category",)), NOW
        ).figures
    }  # fmt: skip
    assert parts["服饰"].value == pytest.approx(30 / 400)
    assert (parts["家居"].value, parts["家居"].numerator, parts["家居"].absence) == (None, 300.0, "zero_denominator")
    assert sum(figure.numerator or 0 for figure in parts.values()) == 330.0


def test_a_rate_over_a_handful_is_not_said(shop: Analyst) -> None:
    beauty = shop.run(KpiQuery(("conversion_rate",), WEEK, where={"category": ("美妆",)}), NOW).figure()
    assert (beauty.value, beauty.absence) == (None, "too_small")  # three visitors


def test_more_refunded_than_sold_is_a_rate_above_one_and_not_cut_off(shop: Analyst) -> None:
    first = shop.run(KpiQuery(("refund_rate",), days("2026-11-16", "2026-11-16")), NOW).figure()
    assert (first.numerator, first.denominator, first.value) == (1001.0, 800.0, 1.25125)


def test_a_rate_of_each_day_has_its_own_denominator(shop: Analyst) -> None:
    figures = shop.run(KpiQuery(("refund_rate",), WEEK, grain="day"), NOW).figures
    sold = [sum(1 for n in range(1, 41) if n % 7 == weekday) * 10.0 for weekday in range(7)]
    assert [figure.denominator for figure in figures] == sold
    assert [figure.numerator for figure in figures] == [0.0, 300.0, 0.0, 25.5, 0.0, 0.0, 4.5]
