"""What `opsbot init` reads out of the headers and cells of exports that nobody has described yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from metrics import catalog
from metrics.proposing import headers
from metrics.proposing.proposal import Proposal, TableProposal, propose_files
from metrics.proposing.writing import scalar, sources_text

ORDERS = "订单编号,订单创建时间,订单付款时间,总金额,买家实际支付金额,订单状态,买家会员名,数量"


def write(path: Path, header: str, rows: Sequence[str], encoding: str = "utf-8") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join([header, *rows, ""]).encode(encoding))


def order(number: int, *, status: str = "交易成功", paid: bool = True, buyer: str = "") -> str:
    moment = f"2026-11-{1 + number % 28:02d} 10:00:00"
    return f"A{number},{moment},{moment if paid else ''},120,{100 + number},{status},{buyer or f'tb{number}'},1"


def proposed(folder: Path) -> Proposal:
    return propose_files(folder, folder)


def only(folder: Path) -> TableProposal:
    (table,) = proposed(folder).tables
    return table


def text_of(folder: Path) -> str:
    return sources_text(proposed(folder), catalog.load(), "Asia/Shanghai")


def test_monthly_exports_become_one_pattern_and_known_headers_their_columns(tmp_path: Path) -> None:
    for month in ("08", "09", "10"):
        write(tmp_path / f"订单2026-{month}.csv", ORDERS, [order(1)], "gb18030")
    table = only(tmp_path)
    assert (table.table, table.places) == ("orders", ("订单*.csv",))
    assert {name: table.chosen(name) for name in table.columns} == {
        "order_id": ("订单编号",),
        "ordered_at": ("订单付款时间",),
        "buyer_id": ("买家会员名",),
        "units": ("数量",),
        "amount": ("买家实际支付金额",),
    }


def test_two_fair_candidates_are_a_choice_with_what_tells_them_apart(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", ORDERS, [order(1)])
    text = text_of(tmp_path)
    assert "ordered_at: 订单付款时间  # guessed: when it was paid" in text
    assert "# ordered_at: 订单创建时间  # or: when it was placed, paid or not" in text
    assert "amount: 买家实际支付金额  # guessed: what was paid, after discounts" in text
    assert "# amount: 总金额  # or: before discounts" in text


def test_rows_of_orders_that_did_not_come_about_are_left_out_and_the_others_named(tmp_path: Path) -> None:
    closed = [
        order(2, status="交易关闭", paid=False),
        order(3, status="交易关闭"),
        order(4, status="等待买家付款", paid=False),
    ]
    write(tmp_path / "a.csv", ORDERS, [order(1), *closed])
    assert only(tmp_path).drops == {"订单状态": ("交易关闭", "等待买家付款")}
    text = text_of(tmp_path)
    assert "# kept: 交易成功" in text
    assert "交易关闭: 1 of 2 rows looked at have a time of payment" in text


def test_masked_buyers_are_not_counted_by(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", ORDERS, [order(n, buyer="张**") for n in range(5)])
    assert only(tmp_path).chosen("buyer_id") == ()
    assert "# buyer_id: 买家会员名  # no: masked" in text_of(tmp_path)


def test_an_order_s_total_that_stands_on_each_of_its_lines_is_no_amount_to_add_up(tmp_path: Path) -> None:
    rows = [f"{number // 2},2026-11-01 10:00,{200 + number // 2},{90 + number}" for number in range(40)]
    write(tmp_path / "a.csv", "订单号,付款时间,实付金额,金额", rows)
    table = only(tmp_path)
    assert table.chosen("amount") == ("金额",)  # differs from line to line
    assert "would count twice" in table.others("amount")[0].doubt


def test_a_header_whose_cells_say_otherwise_is_not_taken(tmp_path: Path) -> None:
    write(
        tmp_path / "a.csv",
        "订单号,付款时间,下单时间,实付金额",
        ["A1,微信,2026-11-01 10:00,5", "A2,支付宝,2026-11-01 11:00,6"],
    )
    assert only(tmp_path).chosen("ordered_at") == ("下单时间",)
    assert "not used: 付款时间: named like ordered_at, but its cells are no time, e.g. '微信'" in text_of(tmp_path)


def test_refunds_are_no_orders_though_they_hold_an_order_s_columns(tmp_path: Path) -> None:
    header = "退款编号,订单编号,订单付款时间,退款完结时间,买家实际支付金额,买家退款金额,退款状态"
    row = "R{0},A{0},2026-11-01 10:00:00,2026-11-05 09:00:00,100,{1},{2}"
    write(tmp_path / "售后.csv", header, [row.format(1, 50, "退款成功"), row.format(2, 30, "退款关闭")])
    write(tmp_path / "订单.csv", ORDERS, [order(1), order(2)])
    tables = {table.table: table for table in proposed(tmp_path).tables}
    assert set(tables) == {"orders", "refunds"}
    assert tables["refunds"].chosen("amount") == ("买家退款金额",)
    assert tables["refunds"].drops == {"退款状态": ("退款关闭",)}
    assert tables["orders"].places == ("订单.csv",)


@pytest.mark.parametrize(
    ("header", "row", "table", "column"),
    [
        ("统计日期,访客数,浏览量", "2026-11-01,1200,5000", "traffic", "visitors"),
        ("日期,计划,展现量,点击量,花费(元)", "2026-11-01,A,10000,120,350.5", "ads", "spend"),
        ("Date,Campaign,Impressions,Clicks,Cost (CNY)", "2026-11-01,A,10000,120,350.5", "ads", "spend"),
        ("日期,评价数,好评数,签收数,当日签收数", "2026-11-01,20,18,50,12", "service", "satisfied_ratings"),
        ("日期,库存数量,销量", "2026-11-01,20000,180", "inventory", "stock_units"),
        ("月份,指标,类目,目标值", "2026-11-01,gmv,,100000", "targets", "value"),
        ("Order ID,Created at,Total Amount", "1,2026-11-01T10:00:00Z,12.5", "orders", "amount"),
    ],
)
def test_each_table_is_known_by_the_headers_of_its_exports(
    tmp_path: Path, header: str, row: str, table: str, column: str
) -> None:
    write(tmp_path / "导出.csv", header, [row, row])
    found = only(tmp_path)
    assert found.table == table
    assert found.chosen(column)


def test_rows_of_totals_are_no_orders_that_two_exports_share(tmp_path: Path) -> None:
    write(
        tmp_path / "7月.csv",
        "订单编号,付款时间,实付金额",
        [*(f"A{n},2026-07-01 10:00,5" for n in range(9)), "合计,,45"],
    )
    write(
        tmp_path / "8月.csv", "订单号,支付时间,支付金额", [*(f"B{n},2026-08-01 10:00,5" for n in range(9)), "合计,,45"]
    )
    (table,) = proposed(tmp_path).tables
    assert len(table.layouts) == 2
    assert proposed(tmp_path).second == ()


def test_exports_of_two_platforms_stand_side_by_side_and_a_second_copy_does_not(tmp_path: Path) -> None:
    write(tmp_path / "淘宝.csv", "订单编号,付款时间,实付金额", [f"T{n},2026-11-01 10:00,5" for n in range(9)])
    write(tmp_path / "shop.csv", "Order ID,Paid at,Total", [f"S{n},2026-11-01 10:00,5" for n in range(5)])
    write(tmp_path / "copy.csv", "订单号,支付时间,支付金额", [f"T{n},2026-11-01 10:00,5" for n in range(3)])
    proposal = proposed(tmp_path)
    (table,) = proposal.tables
    assert len(table.layouts) == 2
    assert set(table.chosen("order_id")) >= {"Order ID"}
    ((aside, why),) = proposal.second
    assert "3 of its orders stand in the other files too" in why
    assert aside.group.places[0] not in table.places


def test_a_column_counts_only_when_every_export_has_it_and_orders_are_never_lost_for_it(tmp_path: Path) -> None:
    write(tmp_path / "淘宝.csv", "订单编号,付款时间,实付金额", [f"T{n},2026-11-01 10:00,5" for n in range(9)])
    write(
        tmp_path / "shop.csv",
        "Order ID,Paid at,Total,Product type",
        [f"S{n},2026-11-01 10:00,5,Beauty" for n in range(5)],
    )
    table = only(tmp_path)
    assert len(table.layouts) == 2
    assert (table.chosen("category"), table.lacking("category")) == ((), ("淘宝.csv",))
    assert (
        "# category: Product type  # no: 淘宝.csv has none, and a column counts only when every file has it"
        in text_of(tmp_path)
    )


def test_a_pattern_never_takes_in_a_file_of_another_table(tmp_path: Path) -> None:
    write(tmp_path / "导出1.csv", ORDERS, [order(1)])
    write(tmp_path / "导出2.csv", ORDERS, [order(2)])
    write(tmp_path / "导出说明.csv", "内容,作者", ["无,无"])
    proposal = proposed(tmp_path)
    assert proposal.tables[0].places == ("导出[0-9]*.csv",)
    assert [group.places for group in proposal.unknown] == [("导出说明.csv",)]
    assert "# not recognised: 导出说明.csv (headers: 内容, 作者)" in text_of(tmp_path)


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_used(tmp_path: Path) -> None:
    write(tmp_path / "订单.csv", ORDERS, [order(1)])
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    proposal = proposed(tmp_path)
    assert [table.table for table in proposal.tables] == ["orders"]
    assert "broken.xlsx is not a whole Excel file" in proposal.unreadable[0]


@pytest.mark.parametrize(
    "text", ["订单*.csv", "*.csv", "a: b", "#1", "null", "- x", '"q"', "多 行\n名", "[x]", "3C", "", "'", "@a"]
)
def test_every_text_stays_itself_in_yaml(text: str) -> None:
    assert yaml.safe_load(f"{scalar(text)}: [{scalar(text)}, b]") == {text: [text, "b"]}


def test_headers_are_compared_without_case_spaces_punctuation_and_units() -> None:
    spellings = ("实付金额", "实付金额（元）", "实付金额(CNY)", "实付金额_元", " 实付 金额 ")
    assert {headers.plain(text) for text in spellings} == {"实付金额"}
    assert {headers.plain(text) for text in ("Paid at", "paid_at", "PAID AT", "paidAt", "Paid-At")} == {"paidat"}


def test_every_logical_column_of_the_catalogue_has_its_names() -> None:
    model = catalog.load()
    known = {table.id: set(table.columns) for table in headers.load().tables}
    for id, table in model.tables.items():
        assert known[id] == {*table.columns, *table.dimensions}
