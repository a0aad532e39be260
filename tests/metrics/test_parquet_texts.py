"""Parquet files whose amounts, times and truth values are texts: the same figures as the same cells in a CSV."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from metrics.analyst import Analyst
from metrics.query import KpiQuery
from metrics.sources import intake, parquet_pages
from tests.metrics.small_shop import at, day, week

NOW = at("2026-11-16 10:00")
COLUMNS = "{order_id: 单号, ordered_at: 时间, buyer_id: 买家, amount: 金额, category: 类目, is_first_order: 新客}"


def open_parquet(home: Path, select: str, keys: str = "", columns: str = COLUMNS) -> Analyst:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"COPY ({select}) TO '{home / 'a.parquet'}' (FORMAT parquet)")
    text = f"tables:\n  orders:\n    files: '*.parquet'\n    columns: {columns}\n{keys}"
    (home / "sources.yaml").write_text(text, encoding="utf-8")
    return Analyst.open(home / "sources.yaml", cache=home / "rows")


def gmv(shop: Analyst, on: str = "") -> float | None:
    period = day(on) if on else week("2026-11-09")
    return shop.run(KpiQuery(("gmv",), period), NOW).figure().value


ROWS = """(VALUES
    (1::BIGINT, '2026/11/9 8:05', '甲', '¥1,234.50', '母婴用品', '是', 1.5::DOUBLE),
    (2, '2026年11月10日', '乙', '0.2万', '家电', '否', 'nan'),
    (3, '2026-11-11 10:00:00', '乙', '', '家电', '否', NULL)
    ) AS t(单号, 时间, 买家, 金额, 类目, 新客, 其他)"""


@pytest.mark.parametrize("large", [1, 10**9])
def test_texts_are_read_as_people_write_them_whatever_the_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", large)
    for _ in ("from the file", "from its kept rows"):
        shop = open_parquet(tmp_path, f"SELECT * FROM {ROWS}")
        assert gmv(shop) == 3234.5  # 1,234.50 + 2,000; the third holds nothing
        assert gmv(shop, "2026-11-09") == 1234.5
        values = shop.run(KpiQuery(("new_buyers", "orders"), week("2026-11-09")), NOW).figures
        assert [figure.value for figure in values] == [1, 3]
        shop.refresh()
        assert gmv(shop) == 3234.5


def test_a_text_time_with_a_zone_is_told_by_the_shops_clock(tmp_path: Path) -> None:
    select = "SELECT 1 AS 单号, '2026-11-09T20:00:00Z' AS 时间, 'a' AS 买家, 5.0 AS 金额, '3C' AS 类目, true AS 新客"
    shop = open_parquet(tmp_path, select)
    assert gmv(shop, "2026-11-10") == 5.0  # 04:00 in Shanghai
    assert gmv(shop, "2026-11-09") is None


def test_plain_texts_stay_with_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(_: Path) -> None:
        raise AssertionError("was read row by row")

    monkeypatch.setattr(parquet_pages, "pages", unwanted)
    select = (
        "SELECT 1 AS 单号, '2026-11-09 20:00:00' AS 时间, 'a' AS 买家, '5.25' AS 金额, '3C' AS 类目, 'true' AS 新客"
    )
    assert gmv(open_parquet(tmp_path, select)) == 5.25


def test_a_cell_that_is_no_amount_is_named_with_file_row_and_column(tmp_path: Path) -> None:
    select = "SELECT 1 AS 单号, '2026-11-09' AS 时间, 'a' AS 买家, 'abc' AS 金额, '3C' AS 类目, true AS 新客"
    orders = next(held for held in open_parquet(tmp_path, select).check(NOW) if held.id == "orders")
    assert "a.parquet row 1: 'abc' in column '金额'" in orders.problem


def test_rows_are_kept_and_dropped_by_texts_and_formulas_read_them(tmp_path: Path) -> None:
    keys = "    drop: {类目: [家电]}\n    derive: {amount: 金额 * 2}\n"
    shop = open_parquet(tmp_path, f"SELECT * FROM {ROWS}", keys, COLUMNS.replace("amount: 金额, ", ""))
    assert gmv(shop) == 2469.0  # 2 × 1,234.50
