"""Days that are missing from a source are no days of 0, and a value is one value however it is written."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from metrics.errors import QueryError
from metrics.query import UNKNOWN, KpiQuery, KpiResult
from tests.metrics.small_shop import at, day, days, month, open_shop

NOW = "2026-11-10 09:00"


def order(number: int, moment: str, category: str = "母婴") -> str:
    return f"{number},{moment},{number},true,{category},直播,华东,1,10"


def every_day(first: str, count: int, rows: int = 2) -> list[str]:
    """`rows` orders of 10 on each day."""
    start = date.fromisoformat(first)
    return [
        order(1000 * n + k, f"{start + timedelta(days=n)} {10 + k}:00:00") for n in range(count) for k in range(rows)
    ]


def missing(result: KpiResult) -> list[str]:
    return [notice.data["days"] for notice in result.notices if notice.code == "days_without_rows"]


def test_a_month_that_no_file_holds_is_no_data_and_no_baseline_even_in_a_small_shop(tmp_path: Path) -> None:
    orders = [
        *every_day("2026-08-01", 31),
        *every_day("2026-10-01", 40),
    ]  # nothing in September: 60 rows to be expected
    shop = open_shop(tmp_path, orders=orders)
    september = shop.run(KpiQuery(("gmv",), month("2026-09"), compare=("previous",)), at(NOW))
    assert (september.figure().value, september.figure().absence) == (None, "no_data")
    october = shop.run(KpiQuery(("gmv",), month("2026-10"), compare=("previous",)), at(NOW))
    assert october.figure().value == 620.0  # 31 days × 2 × 10
    assert october.changes == ()
    both = shop.run(KpiQuery(("gmv",), days("2026-08-30", "2026-10-02")), at(NOW))
    assert both.figure().value == 80.0  # two days on each side
    assert missing(both) == ["2026-09-01–2026-09-30"]


def test_a_quiet_day_of_a_small_shop_is_a_day_of_0(tmp_path: Path) -> None:
    shop = open_shop(tmp_path, orders=[*every_day("2026-10-01", 10), *every_day("2026-10-12", 20)])
    quiet = shop.run(KpiQuery(("gmv",), day("2026-10-11")), at(NOW))
    assert (quiet.figure().value, missing(quiet)) == (0.0, [])  # 2 rows were to be expected: none is no wonder


def test_a_day_that_a_daily_table_lacks_is_no_data_however_few_rows_it_has(tmp_path: Path) -> None:
    first = date(2026, 10, 1)
    rows = [f"{first + timedelta(days=n)},母婴,直播,华东,1000,30,5.0,1" for n in range(40) if n != 20]
    shop = open_shop(tmp_path, orders=every_day("2026-10-01", 40), ads=rows)
    lost = shop.run(KpiQuery(("ad_spend",), day("2026-10-21")), at(NOW))
    assert (lost.figure().value, lost.figure().absence) == (None, "no_data")
    october = shop.run(KpiQuery(("ad_spend",), month("2026-10")), at(NOW))
    assert (october.figure().value, missing(october)) == (150.0, ["2026-10-21"])  # 30 days of 5
    around = shop.run(KpiQuery(("ad_spend",), days("2026-10-20", "2026-10-22"), compare=("previous",)), at(NOW))
    assert (around.figure().value, around.changes) == (10.0, ())  # two days are not held against three
    steps = shop.run(KpiQuery(("ad_spend",), days("2026-10-20", "2026-10-22"), grain="day"), at(NOW))
    assert [figure.value for figure in steps.figures] == [5.0, None, 5.0]
    roi = shop.run(KpiQuery(("roi",), days("2026-10-20", "2026-10-22")), at(NOW))
    assert [(notice.code, notice.data["days"]) for notice in roi.notices] == [("days_on_one_side", "2026-10-21")]


def test_traditional_characters_name_the_same_value(tmp_path: Path) -> None:
    rows = [
        order(1, "2026-11-05 10:00:00", "母婴"),
        order(2, "2026-11-05 11:00:00", "母嬰"),
        order(3, "2026-11-05 12:00:00", "家電"),
        order(4, "2026-11-05 13:00:00", "服飾"),
    ]
    shop = open_shop(tmp_path, orders=rows)
    mother = shop.run(KpiQuery(("gmv",), day("2026-11-05"), where={"category": ("母婴",)}), at(NOW))
    assert mother.figure().value == 20.0
    parts = shop.run(KpiQuery(("gmv",), day("2026-11-05"), by=("category",)), at(NOW))
    assert {figure.scope["category"]: figure.value for figure in parts.figures} == {
        ("母婴",): 20.0,
        ("家电",): 10.0,
        ("服饰",): 10.0,
    }


def test_all_but_one_value_counts_rows_of_values_that_no_catalogue_lists_and_rows_without_one(tmp_path: Path) -> None:
    rows = [
        order(1, "2026-11-05 10:00:00", "母婴"),
        order(2, "2026-11-05 11:00:00", "宠物用品"),
        order(3, "2026-11-05 12:00:00", ""),
        order(4, "2026-11-05 13:00:00", "服饰"),
    ]
    shop = open_shop(tmp_path, orders=rows)
    assert shop.unlisted()["category"] == {"宠物用品", UNKNOWN}
    others = ("服饰", *sorted(shop.unlisted()["category"]))
    rest = shop.run(KpiQuery(("gmv",), day("2026-11-05"), where={"category": others}), at(NOW))
    assert rest.figure().value == 30.0  # all but 母婴
    nameless = shop.run(KpiQuery(("gmv",), day("2026-11-05"), where={"category": (UNKNOWN,)}), at(NOW))
    assert nameless.figure().value == 10.0
    pets = shop.run(KpiQuery(("gmv",), day("2026-11-05"), where={"category": ("宠物用品",)}), at(NOW))
    assert pets.figure().value == 10.0
    with pytest.raises(QueryError, match="has no value '猫粮'"):
        shop.run(KpiQuery(("gmv",), day("2026-11-05"), where={"category": ("猫粮",)}), at(NOW))
