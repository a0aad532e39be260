"""Excel files as shop systems export them: titles above the header, totals below, text and numbers mixed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from metrics.analyst import Analyst
from metrics.checks import Checked
from metrics.query import KpiQuery
from tests.metrics.small_shop import at, week

NOW = at("2026-11-16 10:00")
WEEK = week("2026-11-09")
# what a shop with one order export has to write
SOURCES = """\
zone: Asia/Shanghai
tables:
  orders:
    files: 导出/*.*
    columns:
      order_id: 订单编号
      ordered_at: [支付时间, 付款时间]
      buyer_id: 买家昵称
      amount: 实付金额
      units: 数量
      category: 商品类目
      channel: 渠道
      region: 省份
    keep: {订单状态: [交易成功, 已发货]}
"""
HEADER = ["订单编号", "买家昵称", "支付时间", "实付金额", "商品类目", "渠道", "省份", "数量", "订单状态"]
ORDERS: list[list[object]] = [
    ["2026110900010001234", "小鱼儿", datetime(2026, 11, 9, 10, 5), 100.5, "母婴", "直播", "浙江省", 1, "交易成功"],
    ["2026110900010001235", "阿明", "2026/11/10 9:30", "¥1,200.00", "家电", "抖音直播", "广东", "2", "已发货"],
    ["2026110900010001236", "小鱼儿", 46341.5, "0.03万", "奶粉", "货架", "北京市", 3, "交易成功"],  # 15 November, noon
    ["2026110900010001237", "路人", "2026-11-11 08:00:00", 999, "母婴", "直播", "上海", 1, "交易关闭"],
    ["2026110900010001238", "路人", "", 888, "母婴", "直播", "上海", 1, "交易成功"],  # never paid
]
TOTAL: list[object] = ["合计", "", "", 3487.5, "", "", "", 8, ""]


def write_book(path: Path, *sheets: tuple[str, Sequence[Sequence[object]]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)


def open_book(home: Path, *sheets: tuple[str, Sequence[Sequence[object]]], sources: str = SOURCES) -> Analyst:
    write_book(home / "导出" / "订单.xlsx", *sheets)
    (home / "sources.yaml").write_text(sources, encoding="utf-8")
    return Analyst.open(home / "sources.yaml")


def orders(shop: Analyst) -> Checked:
    return next(checked for checked in shop.check(NOW) if checked.id == "orders")


def figures(shop: Analyst, *metrics: str) -> list[float | None]:
    return [figure.value for figure in shop.run(KpiQuery(metrics, WEEK), NOW).figures]


def by(shop: Analyst, dimension: str) -> dict[str, float | None]:
    found = shop.run(KpiQuery(("gmv",), WEEK, by=(dimension,)), NOW).figures
    return {figure.scope[dimension][0]: figure.value for figure in found}


def test_an_export_with_a_title_notes_a_total_and_mixed_cells_is_read_with_under_25_lines(tmp_path: Path) -> None:
    assert len(SOURCES.splitlines()) <= 25
    title = [["2026年11月订单明细"], [], ["导出时间：", "2026-11-16"]]
    shop = open_book(tmp_path, ("订单", [*title, HEADER, *ORDERS, [], TOTAL, ["制表：运营部"]]))
    # 100.50 + 1,200 + 300; orders …234, …235, …236; buyers 小鱼儿 and 阿明; 1 + 2 + 3 pieces
    assert figures(shop, "gmv", "orders", "buyers", "units") == [1600.5, 3, 2, 6]
    assert by(shop, "category") == {"母婴": 400.5, "家电": 1200}  # 奶粉 is a part of 母婴
    assert by(shop, "channel") == {"直播": 1300.5, "货架": 300}
    assert by(shop, "region") == {"华东": 100.5, "华南": 1200, "华北": 300}


def test_a_shop_without_a_column_for_first_orders_has_no_new_buyers_and_says_why(tmp_path: Path) -> None:
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS]))
    result = shop.run(KpiQuery(("new_buyers",), WEEK), NOW)
    assert result.figure().absence == "not_available"
    assert "is_first_order" in result.notices[0].data["reason"]


def test_the_same_export_as_gbk_text_gives_the_same_figures(tmp_path: Path) -> None:
    rows = [[cell if not isinstance(cell, datetime) else cell.isoformat(" ") for cell in row] for row in ORDERS]
    lines = [
        ",".join(f'"{cell}"' if "," in str(cell) else f"{cell}\t" for cell in row) for row in [HEADER, *rows, TOTAL]
    ]
    (tmp_path / "导出").mkdir()
    (tmp_path / "导出/订单.csv").write_bytes(("2026年11月订单明细\r\n" + "\r\n".join(lines)).encode("gb18030"))
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    shop = Analyst.open(tmp_path / "sources.yaml")
    assert figures(shop, "gmv", "orders", "buyers", "units") == [1600.5, 3, 2, 6]
    assert orders(shop).first == date(2026, 11, 9)


def test_files_of_several_months_with_changed_columns_are_one_table(tmp_path: Path) -> None:
    renamed = ["付款时间" if name == "支付时间" else name for name in HEADER]
    swapped = [[row[1], row[0], *row[2:]] for row in [renamed, *ORDERS[1:3]]]
    write_book(tmp_path / "导出/11月下.xlsx", ("Sheet1", swapped))
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS[:1]]))
    assert figures(shop, "gmv", "orders") == [1600.5, 3]


def test_the_sheet_with_the_columns_is_found_and_two_of_them_are_asked_about(tmp_path: Path) -> None:
    cover: tuple[str, list[list[object]]] = ("说明", [["本表由系统导出"], ["订单编号", "见第二页"]])
    assert figures(open_book(tmp_path / "one", cover, ("明细", [HEADER, *ORDERS])), "gmv") == [1600.5]
    halves = (("上半月", [HEADER, *ORDERS[:1]]), ("下半月", [HEADER, *ORDERS[1:]]))
    told = orders(open_book(tmp_path / "two", cover, *halves)).problem
    assert "several sheets (上半月, 下半月)" in told
    for choice, expected in {"'*半月'": 1600.5, "下半月": 1500.0, "2": 100.5}.items():
        sources = SOURCES + f"    sheet: {choice}\n"
        assert figures(open_book(tmp_path / choice.strip("*'"), cover, *halves, sources=sources), "gmv") == [expected]
    assert "no sheet '三月'" in orders(open_book(tmp_path / "no", cover, sources=SOURCES + "    sheet: 三月\n")).problem


@pytest.mark.parametrize(
    ("cell", "column", "told"),
    [
        ("一千", "实付金额", "is no number"),
        (1.234e17, "订单编号", "export the column as text"),
        ("下周", "支付时间", "is no date or time"),
        (1.5, "数量", "is no whole number"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_its_sheet_row_and_column(
    tmp_path: Path, cell: object, column: str, told: str
) -> None:
    wrong = list(ORDERS[0])
    wrong[HEADER.index(column)] = cell
    shop = open_book(tmp_path, ("订单", [["标题"], HEADER, ORDERS[1], wrong]))
    problem = orders(shop).problem
    assert f"订单.xlsx sheet 订单 row 4: {str(cell)[:5]}" in problem.replace("'", "")
    assert column in problem
    assert told in problem
    assert figures(shop, "gmv") == [None]


def test_a_formula_that_failed_is_no_empty_cell(tmp_path: Path) -> None:
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS[:2]]))
    path = tmp_path / "导出/订单.xlsx"
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    cell = b'<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'  # as Excel writes it; openpyxl keeps no results
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb'<c r="D2".*?</c>', cell, parts["xl/worksheets/sheet1.xml"])
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    shop = Analyst.open(tmp_path / "sources.yaml")
    assert "sheet 订单 row 2: '#DIV/0!' in column '实付金额' is no number" in orders(shop).problem
    assert figures(shop, "gmv") == [None]


def test_a_broken_a_hidden_and_a_lock_file_do_no_harm_to_the_rest(tmp_path: Path) -> None:
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS]))
    (tmp_path / "导出/~$订单.xlsx").write_bytes(b"lock")
    (tmp_path / "导出/.订单.xlsx.swp").write_bytes(b"swap")
    assert not shop.refresh()
    (tmp_path / "导出/坏.xlsx").write_bytes((tmp_path / "导出/订单.xlsx").read_bytes()[:3000])
    shop.refresh()
    shop.refresh()
    assert figures(shop, "gmv") == [1600.5]
    assert "坏.xlsx is not a whole Excel file" in orders(shop).problem
    (tmp_path / "导出/坏.xlsx").unlink()
    shop.refresh()
    assert "坏.xlsx" not in orders(shop).problem


def test_a_replaced_and_a_removed_workbook_are_right_afterwards(tmp_path: Path) -> None:
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS]))
    write_book(
        tmp_path / "导出/补.xlsx",
        ("订单", [HEADER, ["9", "阿明", "2026-11-12", 50, "家电", "货架", "北京", 1, "已发货"]]),
    )
    shop.refresh()
    shop.refresh()
    assert figures(shop, "gmv", "orders", "buyers") == [1650.5, 4, 2]
    write_book(tmp_path / "导出/订单.xlsx", ("订单", [HEADER, *ORDERS[:1]]))
    shop.refresh()
    shop.refresh()
    assert figures(shop, "gmv", "orders", "buyers") == [150.5, 2, 2]
    (tmp_path / "导出/补.xlsx").unlink()
    assert shop.refresh()
    assert figures(shop, "gmv", "orders", "buyers") == [100.5, 1, 1]


def test_a_file_that_unpacks_to_more_than_a_shop_has_is_refused(tmp_path: Path) -> None:
    shop = open_book(tmp_path, ("订单", [HEADER, *ORDERS]))
    with zipfile.ZipFile(tmp_path / "导出/大.xlsx", "w", zipfile.ZIP_DEFLATED) as file:
        far = b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        file.writestr("xl/worksheets/sheet1.xml", far)
    shop.refresh()
    shop.refresh()
    assert "1,048,576 rows and 16,384 columns" in orders(shop).problem
    assert figures(shop, "gmv") == [1600.5]
