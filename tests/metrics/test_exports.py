"""Text exports with the quirks of the programs that wrote them, and what sources.yaml can do with their columns."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from metrics.analyst import Analyst
from metrics.checks import Checked
from metrics.errors import DefinitionError
from metrics.query import KpiQuery
from metrics.sources import intake
from metrics.sources.table_files import TableState
from tests.metrics.small_shop import at, week

NOW = at("2026-11-16 10:00")
WEEK = week("2026-11-09")
COLUMNS = "columns: {order_id: 单号, ordered_at: 时间, buyer_id: 买家, amount: 金额, category: 类目}"
PLAIN = "单号,时间,买家,金额,类目\nA1,2026-11-09 10:00:00,甲,100,母婴\nA2,2026-11-15 23:30:00,乙,50.5,家电\n"


def open_files(home: Path, files: dict[str, bytes | str], keys: str = COLUMNS, table: str = "orders") -> Analyst:
    home.mkdir(exist_ok=True)
    for name, content in files.items():
        (home / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    names = ", ".join(f"'{name}'" for name in files)
    lines = [f"    {line}" for line in keys.splitlines()]
    text = "\n".join([f"tables:\n  {table}:\n    files: [{names}]", *lines])
    (home / "sources.yaml").write_text(text + "\n", encoding="utf-8")
    return Analyst.open(home / "sources.yaml")


def figures(shop: Analyst, *metrics: str) -> list[float | None]:
    return [figure.value for figure in shop.run(KpiQuery(metrics, WEEK), NOW).figures]


def checked(shop: Analyst, table: str = "orders") -> Checked:
    return next(held for held in shop.check(NOW) if held.id == table)


def state(shop: Analyst, table: str = "orders") -> TableState:
    held = shop._engine.shop.snapshot.tables[table]
    assert isinstance(held, TableState)
    return held


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", PLAIN.encode("gb18030")),
        ("a.csv", b"\xef\xbb\xbf" + PLAIN.encode()),
        ("a.txt", PLAIN.replace(",", "\t").encode("utf-16")),
        ("a.csv", PLAIN.replace(",", "\t").encode("utf-16-le")),
        ("a.csv", PLAIN.replace(",", ";").encode()),
        ("a.tsv", PLAIN.replace(",", "\t").encode()),
        ("a.csv.gz", gzip.compress(PLAIN.encode("gb18030"))),
        ("a.csv", PLAIN.replace("\n", ",,,\r\n").encode()),
        ("a.csv", PLAIN.replace("单号", " 单 号 ").replace("金额", "金额\u3000").encode()),
        ("a.csv", PLAIN.replace("A1", '="A1"').replace("A2", "\tA2").encode()),
        ("a.csv", PLAIN.replace("A1", '"A1"').replace("家电", '"家\n电"').encode()),
        ("a.csv", ("\n导出,2026-11-16\n\n" + PLAIN + "\n合计,,,150.5,\n\n").encode()),
        ("a.xls", PLAIN.replace(",", "\t").encode("gb18030")),
    ],
)
def test_a_text_export_is_read_whatever_program_wrote_it(tmp_path: Path, name: str, content: bytes) -> None:
    assert figures(open_files(tmp_path, {name: content}), "gmv", "orders", "buyers") == [150.5, 2, 2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (PLAIN.replace("A1", "1.2E+17"), "line 2: '1.2E+17' in column '单号' is a rounded number"),
        (PLAIN.replace("100", "1,00"), "line 2 has 6 cells where the header has 5"),
        (PLAIN.replace("甲,100,母婴", "甲"), "line 2 has 3 cells where the header has 5"),
        (PLAIN.replace("单号,时间", "单号,金额"), "has 2 columns named '金额'"),
        (PLAIN.replace("甲", '"甲'), "line 2"),
        ("<html><table></table></html>", "is a web page"),
        ("", "holds no rows"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_cannot_be_read_rightly_is_refused_with_the_place(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    shop = open_files(tmp_path, {"a.csv": content})
    assert told in checked(shop).problem
    assert figures(shop, "gmv") == [None]


def test_rows_that_do_not_count_are_counted_by_their_reason(tmp_path: Path) -> None:
    totals = "小计,,,100,\n2026-11-15合计,,,50.5,\n总计：,,,150.5,\n"
    rows = PLAIN + PLAIN.split("\n")[0] + "\nA3,,丙,70,母婴\n" + totals + "制表人：运营,,,,\n"
    shop = open_files(tmp_path, {"a.csv": rows})
    assert figures(shop, "gmv", "orders") == [150.5, 2]
    assert state(shop).readings[0].left_out == {"repeated_header": 1, "total": 3, "note": 1, "without_time": 1}
    assert state(shop).readings[0].rows == 2


def test_a_unit_in_the_header_scales_the_cells_that_name_none(tmp_path: Path) -> None:
    text = PLAIN.replace("金额", "金额（万元）").replace(",100,", ",0.01,").replace(",50.5,", ",50.5万,")
    keys = COLUMNS.replace("amount: 金额", "amount: 金额(万元)")
    assert figures(open_files(tmp_path, {"a.csv": text}, keys), "gmv") == [505_100]  # 100 + 505,000


def test_a_product_that_is_called_like_a_total_still_counts(tmp_path: Path) -> None:
    text = PLAIN.replace("单号", "标题,单号").replace("A1", "Total Care 洗面奶,A1").replace("A2", "总计划手账本,A2")
    assert figures(open_files(tmp_path, {"a.csv": text}), "gmv") == [150.5]


def test_unpaid_and_cancelled_orders_are_kept_out_by_their_status(tmp_path: Path) -> None:
    header, first, second = PLAIN.strip().split("\n")
    text = f"{header},状态\n{first}, 已付款\n{second},交易成功\nA3,2026-11-10,丙,999,母婴,交易关闭\n"
    keep, drop = "\nkeep: {状态: [已付款, 交易成功]}", "\ndrop: {状态: 交易关闭}"
    for number, rule in enumerate((keep, drop, keep + drop)):
        shop = open_files(tmp_path / str(number), {"a.csv": text}, COLUMNS + rule)
        assert figures(shop, "gmv", "orders") == [150.5, 2]
        assert state(shop).readings[0].left_out == {"filtered": 1}
    lacking = open_files(tmp_path / "lacking", {"a.csv": PLAIN}, COLUMNS + keep)
    assert "has no column '状态' to keep or drop rows by" in checked(lacking).problem


def test_amounts_are_derived_by_a_formula_from_text_and_parquet_alike(tmp_path: Path) -> None:
    rows = [("A1", "2026-11-09 10:00:00", 20.0, 6, 20.0), ("A2", "2026-11-15 23:30:00", 50.5, 1, None)]
    text = "单号,时间,商品单价(元),数量,优惠\n" + "".join(
        f"{id},{moment},¥{price},{count},{'' if less is None else less}\n" for id, moment, price, count, less in rows
    )
    keys = (
        "columns: {order_id: 单号, ordered_at: 时间, units: 数量}\n"
        "derive: {amount: '[商品单价（元）] × 数量 - 优惠'}\nconstants: {channel: 直播}"
    )
    shop = open_files(tmp_path / "text", {"a.csv": text}, keys)
    assert figures(shop, "gmv", "units", "live_share") == [150.5, 7, 1]  # 20 × 6 − 20 and 50.5 × 1 − nothing
    (tmp_path / "parquet").mkdir()
    connection = duckdb.connect()
    connection.execute('CREATE TABLE t (单号 VARCHAR, 时间 TIMESTAMP, "商品单价(元)" DOUBLE, 数量 INT, 优惠 DOUBLE)')
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute(f"COPY t TO '{tmp_path}/parquet/b.parquet' (FORMAT parquet)")
    content = (tmp_path / "parquet/b.parquet").read_bytes()
    shop = open_files(tmp_path / "parquet", {"b.parquet": content}, keys)
    assert figures(shop, "gmv", "units", "live_share") == [150.5, 7, 1]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("derive: {amount: price(2)}", "at character 6"),
        ("derive: {amount: 1 + 2}", "names no column"),
        ('derive: {amount: \'__import__("os").system("ls")\'}', "at character"),
        ("derive: {ordered_at: a + b}", "no such column 'ordered_at'"),
        ("derive: {amount: a}\ncolumns: {amount: b}", "stands under columns and under derive"),
        ("constants: {channel: 抖音}", "is no channel"),
        ("from_name: {channel: 订单}", "needs a group"),
        ("dates: day", "'day' is not allowed"),
        ("colums: {}", "did you mean columns?"),
    ],
)
def test_a_mistake_in_the_keys_of_a_table_is_named(tmp_path: Path, keys: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=r"sources\.yaml:") as caught:
        open_files(tmp_path, {"a.csv": PLAIN}, keys)
    assert told in str(caught.value)


def test_a_value_may_stand_in_the_name_of_the_file(tmp_path: Path) -> None:
    keys = COLUMNS + "\nfrom_name: {channel: '订单_(.*?)_'}"
    second = PLAIN.replace("A", "B")
    shop = open_files(tmp_path, {"订单_直播_11月.csv": PLAIN, "订单_商城_11月.csv": second}, keys)
    found = shop.run(KpiQuery(("gmv",), WEEK, by=("channel",)), NOW).figures
    assert {figure.scope["channel"][0]: figure.value for figure in found} == {"直播": 150.5, "货架": 150.5}


def test_orders_and_refunds_come_out_of_one_export(tmp_path: Path) -> None:
    header, first, second = PLAIN.strip().split("\n")
    (tmp_path / "a.csv").write_text(
        f"{header},退款时间,退款金额\n{first},2026-11-10 09:00,30\n{second},,\n", encoding="utf-8"
    )
    (tmp_path / "sources.yaml").write_text(
        f"tables:\n  orders:\n    files: a.csv\n    {COLUMNS}\n"
        "  refunds:\n    files: a.csv\n    columns: {refunded_at: 退款时间, amount: 退款金额, order_id: 单号}\n",
        encoding="utf-8",
    )
    shop = Analyst.open(tmp_path / "sources.yaml")
    assert figures(shop, "gmv", "refund_amount") == [150.5, 30]
    assert state(shop, "refunds").readings[0].left_out == {"without_time": 1}


def test_integer_ids_become_text_everywhere_as_soon_as_one_file_needs_it(tmp_path: Path) -> None:
    first = PLAIN.replace("A", "")  # orders 1 and 2 of 甲 and 乙
    shop = open_files(tmp_path, {"a.csv": first})
    assert figures(shop, "orders", "repurchase_rate") == [2, None]  # two buyers are too few to say
    (tmp_path / "sources.yaml").write_text(
        (tmp_path / "sources.yaml").read_text(encoding="utf-8").replace("['a.csv']", "'*.csv'"), encoding="utf-8"
    )
    shop = Analyst.open(tmp_path / "sources.yaml")
    (tmp_path / "b.csv").write_text(PLAIN.replace("A2", "2").replace("A1", "2026-0001"), encoding="utf-8")
    shop.refresh()
    shop.refresh()
    assert figures(shop, "orders", "buyers", "gmv") == [3, 2, 301]  # 1, 2 and 2026-0001; order 2 stands in both


def test_an_integer_id_in_parquet_meets_the_same_id_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LARGE_BYTES", 1)  # the Parquet file stays on disk, the text comes in as rows
    old = "SELECT i AS 单号, TIMESTAMP '2026-11-02 10:00' AS 时间, i AS 买家, 5.0 AS 金额, '母婴' AS 类目"
    duckdb.sql(f"COPY ({old} FROM range(20) t(i)) TO '{tmp_path}/old.parquet' (FORMAT parquet)")
    content = (tmp_path / "old.parquet").read_bytes()
    lines = "".join(f"X-{buyer},2026-11-15 23:30:00,{buyer},10,母婴\n" for buyer in (*range(5), "小鱼儿"))
    shop = open_files(tmp_path, {"old.parquet": content, "new.csv": PLAIN.split("\n")[0] + "\n" + lines})
    assert figures(shop, "buyers", "orders", "retention_rate") == [6, 6, 0.25]  # 5 of 20 came back


def test_values_are_matched_by_every_name_in_the_catalogue_and_reported(tmp_path: Path) -> None:
    text = PLAIN.replace("母婴", " beauty ").replace("家电", "宠物")
    shop = open_files(tmp_path, {"a.csv": text})
    found = shop.run(KpiQuery(("gmv",), WEEK, by=("category",)), NOW).figures
    assert {figure.scope["category"][0]: figure.value for figure in found} == {"美妆": 100, "宠物": 50.5}
    assert state(shop).matched == {"category": {"beauty": "美妆"}}
    assert checked(shop).unmapped == {"category": ("宠物",)}


def test_new_and_returning_buyers_may_be_words(tmp_path: Path) -> None:
    text = PLAIN.replace("类目", "新老").replace("母婴", "新客").replace("家电", "老客")
    columns = "columns: {order_id: 单号, ordered_at: 时间, buyer_id: 买家, amount: 金额, is_first_order: 新老}"
    shop = open_files(
        tmp_path / "mapped", {"a.csv": text}, columns + "\nvalues: {is_first_order: {新客: 是, 老客: 否}}"
    )
    assert figures(shop, "new_buyers", "buyers") == [1, 2]
    unmapped = open_files(tmp_path / "unmapped", {"a.csv": text}, columns)
    assert "'新客' in column '新老' is neither yes nor no" in checked(unmapped).problem


def test_a_parquet_file_damaged_in_its_middle_is_a_problem_of_its_table(tmp_path: Path) -> None:
    rows = (
        "SELECT i AS 单号, TIMESTAMP '2026-11-09' + INTERVAL (i) MINUTE AS 时间, i AS 买家, 1.0 AS 金额, '母婴' AS 类目"
    )
    duckdb.sql(f"COPY ({rows} FROM range(5000) t(i)) TO '{tmp_path}/a.parquet' (FORMAT parquet)")
    content = bytearray((tmp_path / "a.parquet").read_bytes())
    content[100 : len(content) // 2] = b"\x00" * (len(content) // 2 - 100)
    shop = open_files(tmp_path, {"a.parquet": bytes(content)})
    assert "a.parquet is damaged" in checked(shop).problem
    assert figures(shop, "gmv") == [None]


def test_dimensions_of_a_parquet_file_are_tidied_like_those_of_a_text_file(tmp_path: Path) -> None:
    rows = "VALUES (1, '母婴 ', 1.0), (2, '', 2.0), (3, NULL, 4.0), (4, '江苏省', 8.0), (5, 'Beauty', 'NaN'::DOUBLE), "
    rows += "(6, '-', 16.0), (7, '暂无', 32.0)"
    query = (
        f"SELECT i AS 单号, TIMESTAMP '2026-11-09' AS 时间, 1 AS 买家, a AS 金额, c AS 类目 FROM ({rows}) t(i, c, a)"
    )
    duckdb.sql(f"COPY ({query}) TO '{tmp_path}/a.parquet' (FORMAT parquet)")
    shop = open_files(tmp_path, {"a.parquet": (tmp_path / "a.parquet").read_bytes()})
    found = shop.run(KpiQuery(("gmv", "orders"), WEEK, by=("category",)), at("2026-11-10 09:00")).figures
    values = {(figure.metric, figure.scope["category"][0]): figure.value for figure in found}
    assert values["gmv", "(unknown)"] == 54  # 2 + 4 + 16 + 32: neither an empty text nor a dash is a category
    assert values["gmv", "母婴"] == 1
    assert values["orders", "美妆"] == 1
    assert ("gmv", "Beauty") not in values
