"""Tables as teams lay them out: two header rows, merged names, several on a sheet, charts, captions; old formats."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.registry import load


def sheet(rows: list[list[Any]], *merged: str) -> list[str]:
    """The lines of a workbook of one sheet."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "周报"
    for row in rows:
        page.append(row)
    for area in merged:
        page.merge_cells(area)
    out = BytesIO()
    book.save(out)
    return body(load(out.getvalue(), "周报.xlsx"))


def body(document: Document) -> list[str]:
    return [line for section in document.sections for line in section.text.split("\n")]


def test_a_header_of_two_rows_names_each_figure_wholly_and_a_merged_name_stands_in_each_row() -> None:
    rows = [
        ["第46周（单位：万元）"],
        ["类目", "渠道", "GMV", None, "访客"],
        [None, None, "实际", "目标", None],
        ["母婴", "直播", 120.5, 150, 88],
        [None, "货架", 80, 90, 61],
    ]
    assert sheet(rows, "A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "A4:A5") == [
        "第46周（单位：万元）",
        "- 类目：母婴，渠道：直播，GMV 实际：120.5，GMV 目标：150，访客：88（单位：万元）",
        "- 类目：母婴，渠道：货架，GMV 实际：80，GMV 目标：90，访客：61（单位：万元）",
    ]


def test_a_second_table_below_has_its_own_names() -> None:
    rows: list[list[Any]] = [
        ["类目", "GMV"],
        ["母婴", 120],
        [],
        ["补货计划"],
        ["商品", "到货日"],
        ["奶瓶", datetime.date(2026, 11, 25)],
    ]
    assert sheet(rows) == ["- 类目：母婴，GMV：120", "补货计划", "- 商品：奶瓶，到货日：2026-11-25"]


def test_rows_behind_an_empty_one_belong_to_the_table_above() -> None:
    rows: list[list[Any]] = [["类目", "GMV"], ["母婴", 120], [], ["服饰", 80], ["食品", 60]]
    assert sheet(rows) == ["- 类目：母婴，GMV：120", "- 类目：服饰，GMV：80", "- 类目：食品，GMV：60"]


def test_tables_side_by_side_are_two() -> None:
    rows = [["类目", "退款率", None, "仓", "时效"], ["母婴", "3.1%", None, "华东仓", "24小时"]]
    assert sheet(rows) == ["- 类目：母婴，退款率：3.1%", "- 仓：华东仓，时效：24小时"]


def test_a_sheet_that_is_one_merged_area_is_read_at_once() -> None:
    rows = [["类目", "GMV"], ["母婴", 120]]
    assert sheet(rows, "D1:Z400") == ["- 类目：母婴，GMV：120"]


def test_a_chart_on_a_slide_gives_the_figures_that_it_is_drawn_from() -> None:
    deck = pptx.Presentation()
    page = deck.slides.add_slide(deck.slide_layouts[5])
    page.shapes.title.text = "渠道结构"
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["直播", "私域"]
    data.add_series("GMV占比", (0.52, 0.18))
    data.add_series("去年", (0.45, None))
    place = [Inches(1), Inches(2), Inches(5), Inches(3)]
    chart = page.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "各渠道占比"
    out = BytesIO()
    deck.save(out)
    lines = body(load(out.getvalue(), "a.pptx"))
    assert lines == ["各渠道占比", "- 直播，GMV占比：52.0%，去年：45.0%", "- 私域，GMV占比：18.0%"]


def test_a_caption_a_note_across_a_table_and_definitions_keep_what_they_belong_to() -> None:
    page = (
        "<h1>统计</h1><table><caption>2026年10月</caption><tr><th>类目<th>退款率<th>件数</tr><tr><td>母婴<td>3.1%<td>120</tr>"
        "<tr><td colspan=3>数据来自订单系统</tr></table><dl><dt>退款率</dt><dd>退款额除以GMV</dd></dl>"
    )
    assert body(load(page.encode(), "a.html")) == [
        "2026年10月",
        "- 类目：母婴，退款率：3.1%，件数：120",
        "- 数据来自订单系统",
        "退款率：退款额除以GMV",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("\ufeff售后\n\n48小时内发货。".encode("gb18030"), "售后"),
        ("\ufeff售后\n\n48小时内发货。".encode(), "售后"),
        ("发货规定在前。\n".encode() + "退货规定在后，签收后七天内可退。\n".encode("gbk"), "发货规定在前。"),
    ],
)
def test_a_mark_at_the_start_and_two_encodings_in_one_file_do_no_harm(data: bytes, expected: str) -> None:
    lines = body(load(data, "a.txt"))
    assert lines[0] == expected
    assert lines[-1] in ("48小时内发货。", "退货规定在后，签收后七天内可退。")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("旧.doc", "save it as .docx"),
        ("旧.ppt", "save it as .pptx"),
        ("旧.xls", "save it as .xlsx"),
        ("表.csv", "sources.yaml"),
        ("图.jpg", "is a picture"),
    ],
)
def test_formats_that_are_not_read_say_what_to_save_them_as(file: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        load(b"\xd0\xcf\x11\xe0", file)
