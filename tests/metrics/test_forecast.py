"""Forecasts of shops whose future is known, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from metrics.analyst import Analyst
from metrics.forecast.expected import Forecast, NotForecast
from metrics.forecast.forecast import forecast
from metrics.query import Period
from tests.metrics.small_shop import open_shop

FIRST, LAST = date(2026, 3, 1), date(2026, 5, 20)  # no promotion of the calendar until 28 May
NOW = datetime(2026, 5, 21, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
MAY = Period(date(2026, 5, 1), date(2026, 5, 31), "month")


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analyst]:
    """Ten orders of 100 a day by the same ten buyers, and the first one of today."""
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    orders = [
        f"{day:%m%d}{hour},{day} {hour:02}:30:00,{hour},false,母婴,直播,华东,1,100"
        for day in days
        for hour in range(9, 19)
    ]
    orders += [f"{NOW:%m%d}0,2026-05-21 00:10:00,9,false,母婴,直播,华东,1,100"]
    traffic = [f"{day} {hour:02}:00:00,母婴,直播,华东,20" for day in days for hour in range(24)]
    analyst = open_shop(
        tmp_path_factory.mktemp("steady"), orders=orders, traffic=traffic, targets=["2026-05-01,gmv,,40000"]
    )
    yield analyst
    analyst.close()


def expected(shop: Analyst, metric: str, period: Period = MAY) -> Forecast | NotForecast:
    return forecast(shop.run, shop.model, shop.calendar, metric, {}, period, NOW, shop.targets)


def test_a_steady_shop_is_expected_to_go_on(steady: Analyst) -> None:
    found = expected(steady, "gmv")
    assert isinstance(found, Forecast)
    assert found.so_far.value == 20_100  # 20 days of 10 × 100, and one order of today
    assert found.expected == pytest.approx(31_000, rel=0.03)  # 31 days of 1,000; promotions add a little
    assert found.low < found.expected < found.high
    assert found.target == 40_000
    assert found.days_left == pytest.approx(11, abs=0.6)
    assert found.needed_a_day == pytest.approx((40_000 - 20_100) / found.days_left)


def test_the_course_begins_with_what_is_in_and_ends_with_the_expectation(steady: Analyst) -> None:
    found = expected(steady, "gmv")
    assert isinstance(found, Forecast)
    assert [day.total for day in found.course[:20]] == [1000.0 * number for number in range(1, 21)]
    assert found.course[-1].day == MAY.end
    assert found.course[-1].total == pytest.approx(found.expected)


@pytest.mark.parametrize(
    ("metric", "reason"),
    [
        ("conversion_rate", "ratio"),  # it has no pace
        ("buyers", "not_additive"),  # the same ten come every day: 10 a day, 10 a month
    ],
)
def test_what_does_not_add_up_is_not_forecast(steady: Analyst, metric: str, reason: str) -> None:
    assert expected(steady, metric) == NotForecast(reason, metric)  # type: ignore[arg-type]


def test_orders_add_up_over_days_though_they_are_counted_once(steady: Analyst) -> None:
    found = expected(steady, "orders")
    assert isinstance(found, Forecast)
    assert found.expected == pytest.approx(310, rel=0.03)


def test_a_quarter_has_a_target_only_where_every_month_has_one(steady: Analyst) -> None:
    found = expected(steady, "gmv", Period(date(2026, 4, 1), date(2026, 6, 30), "quarter"))
    assert isinstance(found, Forecast)
    assert found.target is None
    assert found.unknown_events  # 618 begins on 1 June and no year before it is held
