"""Files that break while they are read."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from metrics.analyst import Analyst
from metrics.errors import SourceError
from metrics.query import KpiQuery
from tests.metrics.small_shop import at, day

ROWS = """SELECT range AS order_id, TIMESTAMP '2026-11-15' + INTERVAL 1 SECOND * range AS ordered_at,
    range * 7919 % 10007 AS buyer_id, true AS is_first_order, '母婴' AS category, '直播' AS channel, '华东' AS region,
    1 AS units, random() AS amount FROM range(60000)"""


def test_a_page_that_is_damaged_later_is_told_with_its_table_and_without_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "all.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({ROWS}) TO '{file}' (FORMAT parquet)")
        (start,) = connection.execute(
            f"SELECT data_page_offset FROM parquet_metadata('{file}') WHERE path_in_schema = 'amount'"
        ).fetchall()[0]
    path = tmp_path / "sources.yaml"
    path.write_text("tables:\n  orders: {files: '*.parquet'}", encoding="utf-8")
    shop = Analyst.open(path)
    stat = file.stat()
    held = bytearray(file.read_bytes())
    held[start : start + 200] = b"\xff" * 200
    file.write_bytes(held)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # so that it looks like the file that was opened
    with pytest.raises(SourceError, match="table orders") as caught:
        shop.run(KpiQuery(("gmv",), day("2026-11-15")), at("2026-11-16 12:00"))
    assert str(tmp_path) not in str(caught.value)
    shop.close()
