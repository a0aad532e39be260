"""Figures out of memory are those out of the files, whatever becomes of the files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from metrics.analyst import Analyst
from metrics.demo.shop import build_shop
from metrics.errors import QueryError
from metrics.query import Figure, KpiQuery
from metrics.sources import held, intake
from tests.metrics.small_shop import at, days, month, month_to_date, week

NOW = at("2026-05-20 15:30")
ROUNDS = 14  # two copies for each of six tables, after a look that only makes the files known
PERIODS = [month("2026-04"), days("2026-03-25", "2026-05-18"), month_to_date("2026-05-20 15:30")]
GROUPS: list[tuple[str, ...]] = [(), ("category",), ("channel",), ("region", "category")]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """March to May; each month of each table is a file that is read from disk unless it is held."""
    monkeypatch.setattr(intake, "LARGE_BYTES", 1)
    build_shop(tmp_path, now=datetime(2026, 5, 20, 15, 30), days=60, scale=0.02)
    return tmp_path


@pytest.fixture
def shop(home: Path) -> Iterator[Analyst]:
    analyst = Analyst.open(home / "sources.yaml")
    poll(analyst)
    yield analyst
    analyst.close()


def poll(analyst: Analyst) -> None:
    for _ in range(ROUNDS):
        analyst.refresh()


def answers(analyst: Analyst, groups: list[tuple[str, ...]]) -> dict[tuple[Any, ...], float]:
    """Every metric over every period at every cut, with what it is compared with; an absence is no number."""
    found: dict[tuple[Any, ...], float] = {}
    for period in PERIODS:
        for by in groups:
            for id in analyst.model.metrics:
                try:
                    result = analyst.run(KpiQuery((id,), period, by=by, compare=("previous",)), NOW)
                except QueryError:
                    continue  # a cut that this metric does not have
                for figure in result.figures:
                    found[period, by, id, *figure.scope.values()] = _number(figure)
                for change in result.changes:
                    found[period, by, id, "change", *change.current.scope.values()] = _number(change.baseline)
    return found


def _number(figure: Figure) -> float:
    return -1.0 if figure.value is None else figure.value


def is_held(analyst: Analyst, metric: str = "gmv", period: Any = PERIODS[1]) -> bool:
    """Whether the statement reads nothing but copies and the small files, which are rows already."""
    (statement,) = analyst.run(KpiQuery((metric,), period), NOW).sql
    return "__held_" in statement and not any(f'__{number}"' in statement for number in range(100))


def assert_like_the_files(analyst: Analyst, home: Path, groups: list[tuple[str, ...]] = GROUPS[1:2]) -> None:
    fresh = Analyst.open(home / "sources.yaml")  # has not polled: reads every file from disk
    assert not is_held(fresh)
    expected = answers(fresh, groups)
    fresh.close()
    assert len(expected) > 400 * len(groups)
    assert answers(analyst, groups) == pytest.approx(expected, rel=1e-9)


def rewrite(path: Path, until: str) -> None:
    """Only the rows up to a moment stay, as in a corrected export."""
    rows = f"SELECT * FROM read_parquet('{path}') WHERE ordered_at < '{until}'"
    partial = path.with_suffix(".partial")
    duckdb.sql(f"COPY ({rows}) TO '{partial}' (FORMAT parquet)")
    partial.replace(path)


def test_every_metric_at_every_cut_is_the_same_out_of_memory(shop: Analyst, home: Path) -> None:
    assert is_held(shop)
    assert is_held(shop, "conversion_rate")
    assert_like_the_files(shop, home, GROUPS)


def test_replaced_deleted_and_late_files_count_at_once_and_are_held_again(shop: Analyst, home: Path) -> None:
    orders = home / "data" / "orders"
    rewrite(orders / "2026-04.parquet", "2026-04-20")
    shop.refresh()
    assert not is_held(shop)  # the copy with the replaced file is given up as a whole
    assert_like_the_files(shop, home)
    poll(shop)
    assert is_held(shop)

    april = (orders / "2026-04.parquet").rename(home / "aside")
    shop.refresh()
    assert_like_the_files(shop, home)

    april.rename(orders / "2026-04-late.parquet")
    poll(shop)
    assert is_held(shop)
    assert_like_the_files(shop, home)


def test_distinct_people_are_counted_by_code_as_soon_as_every_row_has_one(
    shop: Analyst, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_counted_by_code(shop)
    monkeypatch.setattr(intake, "LARGE_BYTES", 5_000)  # what arrives now is small: rows of the native table
    rows = f"SELECT * FROM read_parquet('{home}/data/orders/2026-05.parquet') WHERE ordered_at >= '2026-05-12'"
    # Four rows of two new buyers, one of them with two orders, and one row of nobody.
    added = "SELECT * REPLACE (-5 AS buyer_id, 7 AS order_id) FROM one UNION ALL SELECT * REPLACE (-5 AS buyer_id) "
    added += (
        "FROM one UNION ALL SELECT * REPLACE (-6 AS buyer_id) FROM one UNION ALL SELECT * REPLACE (NULL AS buyer_id)"
    )
    buyers = figure(shop, "buyers")
    partial = home / "live.partial"
    duckdb.sql(f"COPY (WITH one AS ({rows} LIMIT 1) {added} FROM one) TO '{partial}' (FORMAT parquet)")
    partial.rename(home / "data" / "orders" / "live-1.parquet")

    shop.refresh()

    assert is_counted_by_code(shop)
    assert figure(shop, "buyers") == buyers + 2
    assert_like_the_files(shop, home)


def test_an_id_that_becomes_text_is_counted_without_the_codes_that_it_had(
    shop: Analyst, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert is_counted_by_code(shop)
    add_live_order(home, monkeypatch, "'小鱼儿' AS buyer_id")
    poll(shop)
    assert is_held(shop)
    assert not is_counted_by_code(shop)
    assert_like_the_files(shop, home)


def test_codes_that_only_some_files_can_have_are_not_used_and_no_copies_pile_up(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (home / "data" / "orders").glob("*.parquet"):
        narrow = path.with_suffix(".partial")
        rows = f"SELECT * REPLACE ((buyer_id % 1_000_000)::INTEGER AS buyer_id) FROM read_parquet('{path}')"
        duckdb.sql(f"COPY ({rows}) TO '{narrow}' (FORMAT parquet)")
        narrow.replace(path)
    add_live_order(home, monkeypatch, "-7 AS buyer_id")  # a row of the native table, whose ids are wide
    shop = Analyst.open(home / "sources.yaml")
    poll(shop)
    (statement,) = shop.run(KpiQuery(("orders",), week("2026-05-11")), NOW).sql
    assert "BITSTRING_AGG" in statement
    assert not is_counted_by_code(shop)  # people
    before = copies(shop)
    poll(shop)
    assert copies(shop) == before
    assert_like_the_files(shop, home)
    shop.close()


def test_rows_that_were_copied_while_files_came_and_went_are_not_used(
    shop: Analyst, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_live_order(home, monkeypatch, "-8 AS order_id", "live-0")  # stays, so that the native rows are always read
    poll(shop)
    tables = shop._engine.shop
    before = tables._files["orders"].state
    assert before is not None
    live = add_live_order(home, monkeypatch, "-7 AS order_id")
    shop.refresh()
    tables._held.hold([before])  # which another thread had begun before the file came
    live.unlink()
    poll(shop)
    assert_like_the_files(shop, home)


def add_live_order(home: Path, monkeypatch: pytest.MonkeyPatch, change: str, name: str = "live-1") -> Path:
    """One more order in a file that is small, while all others of the table stay large."""
    orders = home / "data" / "orders"
    rows = f"SELECT * REPLACE ({change}) FROM read_parquet('{orders}/2026-05.parquet') LIMIT 1"
    duckdb.sql(f"COPY ({rows}) TO '{home}/live.partial' (FORMAT parquet)")
    limit = (home / "live.partial").stat().st_size + 20  # two such files differ by a few bytes
    assert limit < min(
        path.stat().st_size for path in orders.glob("*.parquet") if path.stem not in ("live-0", "live-1")
    )
    monkeypatch.setattr(intake, "LARGE_BYTES", limit)
    return (home / "live.partial").rename(orders / f"{name}.parquet")


def copies(analyst: Analyst) -> list[str]:
    query = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'held' ORDER BY 1"
    return [str(name) for (name,) in analyst._engine.shop._connection.cursor().execute(query).fetchall()]


def is_counted_by_code(analyst: Analyst) -> bool:
    statements = [analyst.run(KpiQuery((id,), week("2026-05-11")), NOW).sql for id in ("buyers", "retention_rate")]
    return all("BITSTRING_AGG" in statement for (statement,) in statements)


def figure(analyst: Analyst, metric: str) -> float:
    (found,) = analyst.run(KpiQuery((metric,), PERIODS[2]), NOW).figures
    return _number(found)


def test_what_exceeds_the_bound_stays_on_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = sum(
        path.stat().st_size for path in (home / "data").glob("*/2026-05.parquet") if path.parent.name != "targets"
    )
    monkeypatch.setattr(held, "HELD_BYTES", total + 1)
    shop = Analyst.open(home / "sources.yaml")
    poll(shop)
    assert is_held(shop, period=week("2026-05-11"))
    assert not is_held(shop)
    assert_like_the_files(shop, home)
    shop.close()
