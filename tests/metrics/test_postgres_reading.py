"""What a table of a database may look like, and what is read from it, with sums by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import pytest

from metrics.analyst import Analyst
from metrics.query import KpiQuery, KpiResult, Period
from metrics.sources import database_survey
from tests.metrics.postgres_server import Server
from tests.metrics.small_shop import at, day, month

ORDERS = """CREATE TABLE orders (order_id bigint, ordered_at {time}, buyer_id bigint, is_first_order boolean,
    category text, channel text, region text, units integer, amount {amount})"""
NOW = at("2026-11-16 12:00")
Opened = Callable[..., Analyst]


@pytest.fixture
def open_over(postgres: Server, tmp_path: Path) -> Iterator[Opened]:
    """Opens a shop over a new database; `tables` is the text under `tables:` in sources.yaml."""
    opened: list[Analyst] = []
    numbers = count()

    def open_it(*statements: str, tables: str, zone: str = "Asia/Shanghai", extra: str = "") -> Analyst:
        name = f"{tmp_path.name}{next(numbers)}"
        url = postgres.database(name, *statements)
        path = tmp_path / f"{name}.yaml"
        path.write_text(f"zone: {zone}\ndatabases:\n  d: {url}\ntables:\n{tables}\n{extra}", encoding="utf-8")
        opened.append(Analyst.open(path))
        return opened[-1]

    yield open_it
    for shop in opened:
        shop.close()


def orders(time: str = "timestamp", amount: str = "numeric") -> str:
    return ORDERS.format(time=time, amount=amount)


def value(shop: Analyst, metric: str, period: Period, **where: tuple[str, ...]) -> float | None:
    return shop.run(KpiQuery((metric,), period, where=where), NOW).figure().value


def quoted(text: str | None) -> str:
    return "NULL" if text is None else f"'{text}'"


def by_channel(result: KpiResult) -> dict[str, float | None]:
    return {figure.scope["channel"][0]: figure.value for figure in result.figures}


def test_instants_are_told_by_the_shops_clock_when_the_clocks_change(open_over: Opened) -> None:
    # Berlin, 25 October 2026: 03:00 summer time is 02:00 again. Midnight to midnight are 25 hours.
    moments = ["2026-10-24 21:59:59Z", "2026-10-24 22:00:00Z", "2026-10-25 00:30:00Z", "2026-10-25 01:30:00Z",
               "2026-10-25 22:59:59Z", "2026-10-25 23:00:00Z"]  # fmt: skip
    rows = ", ".join(f"({n}, '{moment}', {n}, true, '母婴', '直播', '华东', 1, {10**n})"
                     for n, moment in enumerate(moments))  # fmt: skip
    shop = open_over(orders("timestamptz"), f"INSERT INTO orders VALUES {rows}",
                     tables="  orders: {database: d}", zone="Europe/Berlin")  # fmt: skip
    assert value(shop, "gmv", day("2026-10-24")) == 1
    assert value(shop, "gmv", day("2026-10-25")) == 11110  # the hour from 02:00 to 03:00 twice: 100 and 1000
    assert value(shop, "gmv", day("2026-10-26")) == 100000
    hours = shop.run(KpiQuery(("gmv",), day("2026-10-25"), grain="hour"), NOW).figures
    assert {figure.bucket.hour: figure.value for figure in hours if figure.bucket and figure.value} == {
        0: 10, 2: 1100, 23: 10000}  # fmt: skip


def test_no_row_of_a_spring_night_is_lost(open_over: Opened) -> None:
    # New York, 8 March 2026: 02:00 to 03:00 does not exist; 07:00Z is 03:00 there
    shop = open_over(
        orders("timestamptz"),
        "INSERT INTO orders VALUES (1, '2026-03-08 06:59:59Z', 1, true, '母婴', '直播', '华东', 1, 1), "
        "(2, '2026-03-08 07:00:00Z', 1, true, '母婴', '直播', '华东', 1, 20)",
        tables="  orders: {database: d}",
        zone="America/New_York",
    )
    hours = shop.run(KpiQuery(("gmv",), day("2026-03-08"), grain="hour"), NOW).figures
    assert {figure.bucket.hour: figure.value for figure in hours if figure.bucket and figure.value} == {1: 1, 3: 20}


@pytest.mark.parametrize("time", ["timestamptz", "timestamp", "date", "bigint"])
def test_the_index_on_the_time_column_is_used(open_over: Opened, postgres: Server, time: str) -> None:
    series = "(timestamp '2026-01-01' + n * interval '10 minutes')"
    made = {"bigint": f"extract(epoch FROM {series})::bigint", "date": f"{series}::date"}.get(time, series)
    shop = open_over(
        orders(time),
        f"INSERT INTO orders SELECT n, {made}, n, true, '母婴', '直播', '华东', 1, 1 FROM generate_series(1, 45000) n",
        "CREATE INDEX orders_by_time ON orders (ordered_at)",
        "ANALYZE orders",
        tables="  orders: {database: d}",
    )
    statement = shop.run(KpiQuery(("gmv",), day("2026-10-05")), NOW).sql[0]
    with psycopg.connect(postgres.url(name_of(shop))) as connection:
        connection.execute("SET timezone = 'Asia/Shanghai'")
        told = "\n".join(str(row[0]) for row in connection.execute(f"EXPLAIN {statement}".encode()).fetchall())
    assert "orders_by_time" in told
    assert "Seq Scan" not in told


def name_of(shop: Analyst) -> str:
    """The database that the shop was opened over."""
    return str(shop._engine.shop.mapped.databases["d"].url.rpartition("/")[2])


def test_amounts_that_are_no_numbers_and_moments_that_are_none_count_as_missing(open_over: Opened) -> None:
    # every amount beside the moments is 7, so one that is counted shows
    moments = ["infinity", "-infinity", None, "0001-01-01"]
    amounts = [("10:00", "100"), ("11:00", "NaN"), ("12:00", "-Infinity"), ("13:00", None)]
    held = [(moment, "7") for moment in moments] + [(f"2026-11-10 {hour}", amount) for hour, amount in amounts]
    rows = [f"({n}, {quoted(moment)}, {n}, true, '母婴', '直播', '华东', 1, {quoted(amount)})"
            for n, (moment, amount) in enumerate(held)]  # fmt: skip
    shop = open_over(
        orders("timestamp", "double precision"),
        f"INSERT INTO orders VALUES {', '.join(rows)}",
        tables="  orders: {database: d}",
    )
    assert value(shop, "gmv", day("2026-11-10")) == 100
    assert value(shop, "orders", day("2026-11-10")) == 4
    assert shop.span(NOW) == (day("2026-11-10").start, day("2026-11-10").end)


def test_empty_values_are_one_group_and_other_words_are_the_catalogues_own(open_over: Opened) -> None:
    rows = [("NULL", 1), ("''", 2), ("' '", 4), ("'live'", 8), ("' 直播 '", 16), ("'Kuaishou'", 32), ("'无货'", 64)]
    values = ", ".join(
        f"({n}, '2026-11-10 10:00', {n}, true, '母婴', {channel}, '华东', 1, {n})" for channel, n in rows
    )
    shop = open_over(
        orders(), f"INSERT INTO orders VALUES {values}",
        tables="  orders: {database: d, values: {channel: {KUAISHOU: 短视频}}}",
    )  # fmt: skip
    result = shop.run(KpiQuery(("gmv",), day("2026-11-10"), by=("channel",)), NOW)
    assert by_channel(result) == {"无货": 64, "短视频": 32, "直播": 24, "(unknown)": 7}  # 8 + 16, 1 + 2 + 4
    assert value(shop, "gmv", day("2026-11-10"), channel=("直播",)) == 24


def test_rows_are_left_out_and_columns_computed_as_sources_yaml_says(open_over: Opened) -> None:
    shop = open_over(
        'CREATE TABLE "订单" ("单号" text, "时间" timestamp, "状态" text, "单价" numeric, "数量" text, "新客" text, '
        "buyer text)",
        """INSERT INTO "订单" VALUES
        ('A1', '2026-11-10 10:00', '已完成', 10.5, '2', '新', '甲 '),
        ('A1', '2026-11-10 10:00', '已完成', 1, '3', '新', '甲'),
        ('A2', '2026-11-10 11:00', '交易关闭', 1000, '1', '老', '乙'),
        ('A3', '2026-11-10 11:00', NULL, 5, '1,000', '老', '-'),
        ('A4', '2026-11-10 11:00', '测试', 5, '1', '老', '乙')""",
        tables="""  orders:
    database: d
    table: 订单
    columns: {order_id: 单号, ordered_at: [下单时间, 时间], buyer_id: Buyer, units: 数量, is_first_order: 新客}
    values: {is_first_order: {新: true, 老: false}}
    derive: {amount: 单价 * 数量}
    constants: {channel: 货架}
    drop: {状态: [交易 关闭, 测试]}""",
    )
    assert value(shop, "gmv", day("2026-11-10")) == 5024  # 10.5 × 2 + 1 × 3 + 5 × 1000
    assert value(shop, "orders", day("2026-11-10")) == 2
    assert value(shop, "buyers", day("2026-11-10")) == 1  # 甲; a dash is nobody
    assert value(shop, "new_buyers", day("2026-11-10")) == 1
    assert value(shop, "units", day("2026-11-10")) == 1005
    assert value(shop, "gmv", day("2026-11-10"), channel=("货架",)) == 5024
    assert shop.run(KpiQuery(("gmv",), day("2026-11-10"), by=("region",)), NOW).figure().absence == "not_available"


def test_rows_that_come_in_are_in_the_next_answer_and_soon_in_the_freshness(
    open_over: Opened, postgres: Server
) -> None:
    shop = open_over(
        orders(),
        "INSERT INTO orders VALUES (1, '2026-11-15 10:00', 1, true, '母婴', '直播', '华东', 1, 100)",
        tables="  orders: {database: d}",
    )
    insert = "INSERT INTO orders VALUES (2, '{}', 1, true, '宝宝用品', '直播', '华东', 1, 11)"
    postgres.run(name_of(shop), insert.format("2026-11-15 09:00"))
    assert value(shop, "gmv", day("2026-11-15")) == 111  # live, without any look at the table
    postgres.run(name_of(shop), insert.format("2026-11-16 11:30"))
    assert shop._engine.shop.refresh(at_once=True)
    assert shop.freshness(NOW)["orders"] == at("2026-11-16 11:30")
    assert not shop._engine.shop.refresh(at_once=True)
    postgres.run(name_of(shop), "DELETE FROM orders WHERE order_id = 2")
    assert shop._engine.shop.refresh(at_once=True)
    assert shop.freshness(NOW)["orders"] == at("2026-11-15 10:00")


def test_targets_are_read_from_a_database_and_followed(open_over: Opened, postgres: Server) -> None:
    shop = open_over(
        orders(),
        "INSERT INTO orders VALUES (1, '2026-11-01 10:00', 1, true, '母婴', '直播', '华东', 1, 100)",
        "CREATE TABLE plan (month date, metric text, category text, value numeric)",
        "INSERT INTO plan VALUES ('2026-11-01', 'gmv', NULL, 400)",
        tables="  orders: {database: d}",
        extra="targets: {database: d, table: plan}",
    )
    query = KpiQuery(("gmv",), Period(month("2026-11").start, NOW.date(), "month", False, NOW), compare=("target",))
    assert [change.baseline.value for change in shop.run(query, NOW).changes] == [400]
    postgres.run(name_of(shop), "UPDATE plan SET value = 500")
    assert shop._engine.shop.refresh(at_once=True)
    shop._targets = shop._read_targets()
    assert [change.baseline.value for change in shop.run(query, NOW).changes] == [500]


def test_many_threads_share_few_connections(open_over: Opened, postgres: Server) -> None:
    shop = open_over(
        orders(),
        "INSERT INTO orders SELECT n, '2026-11-10 10:00', n, true, '母婴', '直播', '华东', 1, 1 "
        "FROM generate_series(1, 900) AS n",
        tables="  orders: {database: d}",
    )
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda _: value(shop, "gmv", day("2026-11-10")), range(60)))
    assert found == [900] * 60
    with psycopg.connect(postgres.url()) as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'opsbot' AND datname = %s"
        assert 1 <= connection.execute(query, (name_of(shop),)).fetchall()[0][0] <= 4


def test_check_says_which_column_of_the_database_is_which(open_over: Opened) -> None:
    shop = open_over(
        'CREATE TABLE 订单 (单号 bigint, ordered_at timestamp, "单价" numeric, 数量 integer, 备注 text)',
        "INSERT INTO 订单 VALUES (1, '2026-11-15 10:00', 5, 2, '')",
        tables="  orders: {database: d, table: 订单, columns: {order_id: 单号}, constants: {channel: 直播}, "
        "derive: {amount: 单价 * 数量}}",
    )
    orders = next(held for held in shop.check(NOW) if held.id == "orders")
    told = next(found.text for found in orders.findings if found.topic == "columns")
    assert "order_id ← 单号" in told
    assert "amount ← a formula over 单价, 数量" in told
    assert "channel ← always '直播'" in told
    assert told.endswith("by their own names: ordered_at")
    assert "备注" not in told


def test_what_a_database_holds_is_listed_before_anything_is_mapped(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.database(
        "surveyed",
        'CREATE TABLE "订单明细" (id bigint, "时间" timestamptz, note text)',
        'CREATE VIEW recent AS SELECT * FROM "订单明细"',
        "INSERT INTO \"订单明细\" VALUES (1, '2026-11-10 02:00Z', NULL), (2, '2026-11-11 02:00Z', 'x')",
    )
    monkeypatch.setenv("SURVEYED_URL", url)
    held = database_survey.tables("${SURVEYED_URL}")
    assert [table.written for table in held] == ["public.recent", "public.订单明细"]
    headers, rows = database_survey.sample("${SURVEYED_URL}", "public.订单明细", 1)
    assert headers == ("id", "时间", "note")
    assert rows == (("1", "2026-11-10 10:00:00+08", ""),)
