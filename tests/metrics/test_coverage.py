"""What is computed when the tables do not reach to the end of the question, alike on both sides of a comparison."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from metrics.analyst import Analyst
from metrics.query import KpiQuery, KpiResult, Period
from tests.metrics.small_shop import ZONE, at, day, days, month, month_to_date, open_shop, order, today, week


def codes(result: KpiResult) -> list[str]:
    return [notice.code for notice in result.notices]


def hourly_orders(first: str, last: str) -> list[str]:
    """One order of ¥1 at the half of every hour: the number of orders is the number of hours."""
    moment, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    hours = int((end - moment).total_seconds() // 3600)
    return [
        order(n, datetime.fromtimestamp(moment.timestamp() + 3600 * n + 1800).strftime("%Y-%m-%d %H:%M:%S"), 1)
        for n in range(hours)
    ]


def test_today_is_held_against_yesterday_up_to_the_same_moment(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            order(1, "2026-11-19 14:29:59", 100),
            order(2, "2026-11-19 14:30:00", 1000),  # yesterday, but after the moment
            order(3, "2026-11-20 09:00:00", 150),
            order(4, "2026-11-20 14:29:00", 30),
            order(5, "2026-11-20 14:30:01", 5000),  # has not happened yet
        ],
    )
    result = shop.run(KpiQuery(("gmv",), today("2026-11-20 14:30"), compare=("previous",)), at("2026-11-20 14:30"))
    figure = result.figure()
    change = result.change(figure, "previous")
    assert figure.value == 180.0  # 150 + 30
    assert figure.data_to == at("2026-11-20 14:29")
    assert change is not None
    assert (change.baseline.value, change.absolute, change.relative) == (100.0, 80.0, 0.8)
    assert change.baseline.period.until == at("2026-11-19 14:30")


def test_data_that_stopped_cut_both_days_at_the_last_row(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            order(1, "2026-11-19 10:00:00", 100),
            order(2, "2026-11-19 12:30:00", 1000),
            order(3, "2026-11-20 11:00:30", 150),
        ],
    )
    result = shop.run(KpiQuery(("gmv",), today("2026-11-20 14:30"), compare=("previous",)), at("2026-11-20 14:30"))
    change = result.change(result.figure(), "previous")
    assert result.figure().period.until == at("2026-11-20 11:01")
    assert change is not None
    assert (change.current.value, change.baseline.value) == (150.0, 100.0)
    assert "clamped" in codes(result)


@pytest.mark.parametrize("metric", ["visitors", "conversion_rate"])
def test_before_the_first_full_hour_of_a_day_its_traffic_is_said_to_hold_none_yet(tmp_path: Path, metric: str) -> None:
    shop = open_shop(
        tmp_path,
        orders=[order(1, "2026-11-19 12:00:00", 1), order(2, "2026-11-20 00:21:00", 1)],
        traffic=["2026-11-19 23:00:00,母婴,直播,华东,40", "2026-11-20 00:00:00,母婴,直播,华东,4"],
    )
    result = shop.run(KpiQuery((metric,), today("2026-11-20 00:25")), at("2026-11-20 00:25"))
    assert result.figure().value is None
    (notice,) = result.notices
    assert (notice.code, notice.data["table"]) == ("no_whole_hour", "traffic")


def test_conversion_of_today_uses_whole_hours_on_both_sides_and_both_days(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            order(1, "2026-11-19 13:59:00", 1),
            order(2, "2026-11-19 14:10:00", 1),
            order(3, "2026-11-20 13:30:00", 1),
            order(4, "2026-11-20 13:40:00", 1),
            order(5, "2026-11-20 14:29:00", 1),  # in the hour that is still running
        ],
        traffic=[
            "2026-11-19 13:00:00,母婴,直播,华东,50",
            "2026-11-19 14:00:00,母婴,直播,华东,70",
            "2026-11-20 13:00:00,母婴,直播,华东,40",
            "2026-11-20 14:00:00,母婴,直播,华东,9",
        ],
    )
    query = KpiQuery(("conversion_rate",), today("2026-11-20 14:30"), compare=("previous",))
    result = shop.run(query, at("2026-11-20 14:30"))
    change = result.change(result.figure(), "previous")
    assert change is not None
    assert (change.current.numerator, change.current.denominator) == (2, 40)
    assert (change.baseline.numerator, change.baseline.denominator) == (1, 50)
    assert change.current.period.until == at("2026-11-20 14:00")


@pytest.fixture(scope="module")
def with_ads(tmp_path_factory: pytest.TempPathFactory) -> Analyst:
    """¥100 of orders at noon of every day; ads of ¥n on day n, settled to 19 November only."""
    all_days = [date(2026, 10, 1).toordinal() + n for n in range(52)]  # to 21 November
    orders = [order(n, f"{date.fromordinal(n)} 12:00:00", 100) for n in all_days]
    ads = [f"{date.fromordinal(n)},母婴,直播,华东,1,1,{date.fromordinal(n).day},1" for n in all_days[:50]]
    return open_shop(tmp_path_factory.mktemp("ads"), orders=orders, ads=ads)


def test_roi_of_the_month_uses_sales_of_the_settled_days_only(with_ads: Analyst) -> None:
    now = "2026-11-21 15:00"
    result = with_ads.run(KpiQuery(("roi",), month_to_date(now), compare=("previous",)), at(now))
    figure = result.figure()
    assert (figure.numerator, figure.denominator) == (1900.0, 190.0)  # 19 days; 1 + … + 19
    assert (figure.period.start, figure.period.end) == (date(2026, 11, 1), date(2026, 11, 19))
    assert figure.period.until == at("2026-11-20 00:00")
    change = result.change(figure, "previous")
    assert change is not None
    assert (change.baseline.numerator, change.baseline.denominator) == (1900.0, 190.0)  # 1 … 19 October
    assert change.baseline.period.end == date(2026, 10, 19)
    assert "clamped" in codes(result)


def test_roi_of_today_is_absent_and_says_to_when_there_are_data(with_ads: Analyst) -> None:
    now = "2026-11-20 15:00"
    result = with_ads.run(KpiQuery(("roi",), today(now), compare=("previous",)), at(now))
    assert (result.figure().value, result.figure().absence) == (None, "no_data")
    notice = next(notice for notice in result.notices if notice.code == "no_data")
    assert notice.data["data_to"].startswith("2026-11-20T00:00")
    assert not result.changes


def test_each_metric_is_cut_by_its_own_tables(with_ads: Analyst) -> None:
    now = "2026-11-21 15:00"
    result = with_ads.run(KpiQuery(("gmv", "ad_spend", "roi"), month_to_date(now)), at(now))
    assert result.figure("gmv").value == 2100.0
    assert result.figure("ad_spend").value == 190.0
    assert result.figure("roi").value == 10.0
    assert result.data_to == at("2026-11-20 00:00")


def test_a_whole_month_that_is_not_settled_yet_is_cut_with_its_twin(with_ads: Analyst) -> None:
    result = with_ads.run(KpiQuery(("ad_spend",), month("2026-11"), compare=("previous",)), at("2026-12-05 09:00"))
    change = result.change(result.figure(), "previous")
    assert change is not None
    assert (change.current.value, change.baseline.value) == (190.0, 190.0)  # 1 + … + 19 in both months
    assert not change.current.period.complete


def test_a_period_before_the_first_day_is_no_data_and_says_when_data_begin(with_ads: Analyst) -> None:
    result = with_ads.run(KpiQuery(("gmv",), month("2026-08")), at("2026-11-21 15:00"))
    assert (result.figure().value, result.figure().absence) == (None, "no_data")
    notice = result.notices[0]
    assert (notice.code, notice.data["first"]) == ("period_not_covered", "2026-10-01")


def test_a_period_that_begins_before_the_first_day_says_what_it_covers_and_has_no_change(with_ads: Analyst) -> None:
    query = KpiQuery(("gmv",), days("2026-09-20", "2026-10-03"), compare=("previous",))
    result = with_ads.run(query, at("2026-11-21 15:00"))
    assert result.figure().value == 300.0
    assert result.figure().period.start == date(2026, 10, 1)
    assert result.changes == ()
    assert "period_not_covered" in codes(result)


def test_a_baseline_that_is_not_covered_gives_no_change(with_ads: Analyst) -> None:
    result = with_ads.run(
        KpiQuery(("gmv",), week("2026-10-05"), compare=("previous", "year_ago")), at("2026-11-21 15:00")
    )
    assert result.figure().value == 700.0
    assert result.changes == ()  # the week before begins on 28 September
    kinds = [notice.data["kind"] for notice in result.notices if notice.code == "baseline_not_covered"]
    assert kinds == ["previous", "year_ago"]


def test_retention_needs_the_whole_window_before(with_ads: Analyst) -> None:
    result = with_ads.run(KpiQuery(("retention_rate",), week("2026-10-05")), at("2026-11-21 15:00"))
    assert (result.figure().value, result.figure().absence) == (None, "no_data")


def test_a_day_that_is_over_is_whole_when_its_last_order_is_as_late_as_usual(tmp_path: Path) -> None:
    rows = hourly_orders("2026-11-10 00:00", "2026-11-20 00:00")
    shop = open_shop(tmp_path, orders=rows)
    result = shop.run(KpiQuery(("orders",), day("2026-11-19"), compare=("previous",)), at("2026-11-20 09:00"))
    change = result.change(result.figure(), "previous")
    assert result.figure().period.complete
    assert change is not None
    assert (change.current.value, change.baseline.value) == (24, 24)


def test_a_day_whose_orders_stop_in_the_afternoon_is_held_against_the_same_hours(tmp_path: Path) -> None:
    rows = hourly_orders("2026-11-10 00:00", "2026-11-19 16:00")  # the export broke off at 16:00
    shop = open_shop(tmp_path, orders=rows)
    result = shop.run(KpiQuery(("orders",), day("2026-11-19"), compare=("previous",)), at("2026-11-20 09:00"))
    change = result.change(result.figure(), "previous")
    assert change is not None
    assert (change.current.value, change.baseline.value) == (16, 16)
    assert change.current.period.until == at("2026-11-19 15:31")
    assert "clamped" in codes(result)


def test_an_explicit_baseline_that_still_runs_cuts_the_figure_too(with_ads: Analyst) -> None:
    now = "2026-11-21 15:00"  # a Saturday: five whole days and 15 hours of the week
    this_week = Period(date(2026, 11, 16), date(2026, 11, 21), "week", complete=False, until=at(now))
    result = with_ads.run(KpiQuery(("gmv",), week("2026-11-09"), against=this_week), at(now))
    change = result.changes[0]
    assert (change.current.value, change.baseline.value) == (600.0, 600.0)  # six noons on both sides


def test_a_running_period_cuts_an_explicit_baseline_to_its_elapsed_part(with_ads: Analyst) -> None:
    now = "2026-11-18 11:00"  # Wednesday before noon
    this_week = Period(date(2026, 11, 16), date(2026, 11, 18), "week", complete=False, until=at(now))
    result = with_ads.run(KpiQuery(("gmv",), this_week, against=week("2026-10-05")), at(now))
    assert (result.changes[0].current.value, result.changes[0].baseline.value) == (200.0, 200.0)


def test_a_missing_day_in_the_middle_is_said_and_never_compared(tmp_path: Path) -> None:
    rows = [
        row
        for n in range(10, 20)
        if n != 13
        for k in range(60)
        for row in [order(n * 100 + k, f"2026-11-{n} 23:{k:02}:00", 1)]
    ]
    shop = open_shop(tmp_path, orders=rows)
    result = shop.run(
        KpiQuery(("gmv",), days("2026-11-16", "2026-11-19"), compare=("previous",)), at("2026-11-20 09:00")
    )
    assert result.figure().value == 240.0
    assert result.changes == ()
    assert "baseline_not_covered" in codes(result)
    holed = shop.run(KpiQuery(("gmv",), days("2026-11-12", "2026-11-14")), at("2026-11-20 09:00"))
    assert next(n for n in holed.notices if n.code == "days_without_rows").data["days"] == "2026-11-13"


def test_freshness_and_span_are_as_of_the_moment_that_is_asked(with_ads: Analyst) -> None:
    assert with_ads.freshness(at("2026-10-03 13:00")) == {
        "orders": datetime(2026, 10, 3, 12, tzinfo=ZONE),
        "ads": datetime(2026, 10, 3, tzinfo=ZONE),
    }
    assert with_ads.span(at("2026-10-03 13:00")) == (date(2026, 10, 1), date(2026, 10, 3))
