"""Where calendars change over: years, leap days, daylight saving, the lunar year; every sum by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from metrics import periods
from metrics.analyst import Analyst
from metrics.query import Comparison, KpiQuery, KpiResult
from tests.metrics.small_shop import at, day, month, open_shop, order, week, write_shop

NEW_YORK = ZoneInfo("America/New_York")


def asked(shop: Analyst, text: str, now: datetime, *compare: Comparison) -> KpiResult:
    """GMV of a phrase, as an asker would have it."""
    found = periods.read(text, now=now, calendar=shop.calendar)
    return shop.run(KpiQuery(("gmv",), found.periods[0].period, compare=compare), now)


def baseline(result: KpiResult, kind: Comparison) -> tuple[date, date, float | None]:
    twin = next(change.baseline for change in result.changes if change.kind == kind)
    return twin.period.start, twin.period.end, twin.value


def test_a_week_over_new_year_is_one_week(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            order(1, "2026-12-27 12:00:00", 1),  # Sunday before
            order(2, "2026-12-28 00:00:00", 10),  # Monday
            order(3, "2026-12-31 23:59:59", 100),
            order(4, "2027-01-01 00:00:00", 1000),
            order(5, "2027-01-03 23:59:59", 10000),  # Sunday
            order(6, "2027-01-04 00:00:00", 100000),
            order(7, "2027-01-04 23:50:00", 1),
        ],
    )
    result = asked(shop, "上周", at("2027-01-05 09:00"), "previous")
    assert result.figure().value == 11110.0
    assert result.figure().period.start == date(2026, 12, 28)
    buckets = shop.run(KpiQuery(("gmv",), week("2026-12-28"), grain="month"), at("2027-01-05 09:00")).figures
    assert [figure.value for figure in buckets] == [110.0, 11000.0]  # cut at the year, nothing lost


def test_february_of_a_leap_year_is_whole_and_held_against_a_whole_february(tmp_path: Path) -> None:
    rows = [order(n, f"2027-02-{n:02} 23:30:00", 1) for n in range(1, 29)]
    rows += [order(100 + n, f"2028-02-{n:02} 23:30:00", 2) for n in range(1, 30)]
    rows += [order(200, "2027-03-01 00:00:00", 500), order(201, "2028-03-01 08:00:00", 500)]
    shop = open_shop(tmp_path, orders=rows)

    result = asked(shop, "上月", at("2028-03-01 09:00"), "year_ago")

    assert result.figure().value == 58.0  # 29 days of 2
    assert baseline(result, "year_ago") == (date(2027, 2, 1), date(2027, 2, 28), 28.0)


def test_the_leap_day_itself_has_the_last_of_february_as_its_year_before(tmp_path: Path) -> None:
    shop = open_shop(
        tmp_path,
        orders=[
            order(1, "2027-02-28 23:50:00", 7),
            order(2, "2027-03-01 23:50:00", 70),
            order(3, "2028-02-28 23:50:00", 700),
            order(4, "2028-02-29 23:50:00", 9),
            order(5, "2028-03-01 01:00:00", 1),
        ],
    )
    result = asked(shop, "昨天", at("2028-03-01 09:00"), "previous", "year_ago")
    assert result.figure().value == 9.0
    assert baseline(result, "previous") == (date(2028, 2, 28), date(2028, 2, 28), 700.0)
    assert baseline(result, "year_ago") == (date(2027, 2, 28), date(2027, 2, 28), 7.0)


def test_the_31st_of_a_running_month_is_held_against_the_whole_shorter_month_before(tmp_path: Path) -> None:
    rows = [order(n, f"2026-09-{n:02} 23:30:00", 1) for n in range(1, 31)]
    rows += [order(100 + n, f"2026-10-{n:02} 08:00:00", 10) for n in range(1, 32)]
    shop = open_shop(tmp_path, orders=[*rows, order(300, "2026-10-31 11:59:30", 5)])

    result = asked(shop, "本月", at("2026-10-31 12:00"), "previous")

    assert result.figure().value == 315.0
    # September has no 31st: its 30 days are all that can stand against 30½ days, and no day of August or October
    start, end, value = baseline(result, "previous")
    assert (start, end) == (date(2026, 9, 1), date(2026, 9, 30))
    assert value in (29.0, 30.0)


@pytest.fixture
def abroad(tmp_path: Path) -> Analyst:
    """A shop in New York whose times carry an offset; clocks go back at 2:00 on 2026-11-01."""
    rows = [
        order(1, "2026-11-01T00:30:00-04:00", 1),
        order(2, "2026-11-01T01:30:00-04:00", 10),  # the first half past one
        order(3, "2026-11-01T01:30:00-05:00", 100),  # the second, an hour later
        order(4, "2026-11-01T23:59:00-05:00", 1000),
        order(5, "2026-11-02T04:30:00Z", 10000),  # 23:30 of the first in New York
        order(6, "2026-11-02T05:00:00Z", 100000),  # midnight of the second
        order(7, "2026-11-02T23:50:00-05:00", 1),
        order(8, "2026-10-31T12:00:00-04:00", 7),
    ]
    path = write_shop(tmp_path, {"orders": rows})
    path.write_text(path.read_text(encoding="utf-8").replace("Asia/Shanghai", "America/New_York"), encoding="utf-8")
    return Analyst.open(path)


def test_a_day_of_25_hours_holds_all_of_them(abroad: Analyst) -> None:
    now = datetime(2026, 11, 3, 9, 0, tzinfo=NEW_YORK)
    result = abroad.run(KpiQuery(("gmv",), day("2026-11-01"), compare=("previous",)), now)
    assert result.figure().value == 11111.0
    assert baseline(result, "previous") == (date(2026, 10, 31), date(2026, 10, 31), 7.0)


def test_the_hour_that_happens_twice_is_one_hour_of_the_clock(abroad: Analyst) -> None:
    now = datetime(2026, 11, 3, 9, 0, tzinfo=NEW_YORK)
    hours = abroad.run(KpiQuery(("gmv",), day("2026-11-01"), grain="hour"), now).figures
    held = {figure.bucket.hour: figure.value for figure in hours if figure.bucket and figure.value}
    assert held == {0: 1.0, 1: 110.0, 23: 11000.0}


def test_a_day_of_23_hours_ends_at_midnight(tmp_path: Path) -> None:
    path = write_shop(
        tmp_path,
        {
            "orders": [
                order(1, "2027-03-13T23:30:00-05:00", 1),
                order(2, "2027-03-14T00:10:00-05:00", 10),
                order(3, "2027-03-14T03:10:00-04:00", 100),  # ten minutes after 1:59
                order(4, "2027-03-14T23:59:59-04:00", 1000),
                order(5, "2027-03-15T00:00:00-04:00", 10000),
                order(6, "2027-03-15T23:50:00-04:00", 1),
            ]
        },
    )
    path.write_text(path.read_text(encoding="utf-8").replace("Asia/Shanghai", "America/New_York"), encoding="utf-8")
    now = datetime(2027, 3, 16, 9, 0, tzinfo=NEW_YORK)
    assert Analyst.open(path).run(KpiQuery(("gmv",), day("2027-03-14")), now).figure().value == 1110.0


def test_lunar_new_year_is_held_against_the_one_before_and_not_against_its_dates(tmp_path: Path) -> None:
    rows = [order(n, f"2025-01-{n:02} 23:30:00", 1) for n in range(20, 32)]
    rows += [order(50 + n, f"2025-02-{n:02} 23:30:00", 1) for n in range(1, 28)]
    rows += [order(100 + n, f"2026-02-{n:02} 23:30:00", 10) for n in range(1, 28)]
    # one order of each festival's first day: 2025-01-28 (eve of the new moon on the 29th), 2026-02-15 by law
    shop = open_shop(tmp_path, orders=[*rows, order(400, "2026-03-05 10:00:00", 1)])

    result = asked(shop, "春节", at("2026-03-05 11:00"), "year_ago")

    figure = result.figure()
    start, end, value = baseline(result, "year_ago")
    length = (figure.period.end - figure.period.start).days
    assert figure.value == 10.0 * (length + 1)
    assert (end - start).days == length
    # new moons: 2026-02-17 and 2025-01-29; the same day of the festival stands against the same day
    assert date(2026, 2, 17) - figure.period.start == date(2025, 1, 29) - start
    assert value == float(length + 1)


def test_month_sums_add_up_to_the_year_and_months_of_distinct_buyers_do_not(tmp_path: Path) -> None:
    rows = [order(n, f"2026-{n:02}-28 23:30:00", n, buyer=1 + n % 2) for n in range(1, 13)]
    shop = open_shop(tmp_path, orders=rows)
    now = at("2027-01-02 09:00")
    year = periods.read("去年", now=now, calendar=shop.calendar).periods[0].period
    for metric, total, parts in (("gmv", 78.0, 78.0), ("buyers", 2.0, 12.0)):
        whole = shop.run(KpiQuery((metric,), year), now).figure().value
        months = shop.run(KpiQuery((metric,), year, grain="month"), now).figures
        assert (whole, sum(figure.value or 0 for figure in months)) == (total, parts)
    assert shop.run(KpiQuery(("gmv",), month("2026-12")), now).figure().value == 12.0
