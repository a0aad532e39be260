"""A review reads like the bundled one: front matter, numbered headings, named points; and so does its Word file."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.assistant.types import Asker
from bot.cli import main
from bot.reviews.desk import Written
from bot.reviews.errors import ReviewError
from bot.tactics.ledger.board import LedgerBoard
from knowledge.loading.registry import load
from knowledge.tactics import read_tactics
from metrics.analyst import Analyst
from tests.bot.reviews.conftest import NOW, Shop, desk_over, text_of
from tests.metrics.small_shop import at, order, write_shop

HANZI = re.compile(r"[\u4e00-\u9fff]")


def test_the_markdown_is_a_document_with_title_date_and_sections(month: Written) -> None:
    document = load(month.markdown.encode(), "review.md")
    assert document.title == "2026年10月经营复盘"
    assert str(document.date) == "2026-11-22"
    paths = [section.path for section in document.sections]
    assert ("一、概览",) in paths
    assert any(len(path) == 3 and path[-1].endswith("母婴") for path in paths)
    assert paths[-1] == ("附：口径与数据来源",)
    (part,) = (section.text for section in document.sections if section.path[-1:] == ("一、概览",))
    assert re.search(r"结果：2026年10月，全店GMV ¥", part)


def test_every_metric_of_the_table_has_its_definition_and_tables(month: Written) -> None:
    appendix = month.markdown.split("## 附：口径与数据来源")[1]
    assert "| GMV | 支付时间在统计期内的订单行实付金额之和，未扣除退款。 | 订单 | 2026/11/22 14:" in appendix
    assert "| 支付转化率 | 支付转化率 = 支付买家数 ÷ 访客数。 | 订单、流量 |" in appendix


def test_the_word_file_is_a4_with_a_chinese_font_tables_and_pictures(month: Written) -> None:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document(BytesIO(month.docx))
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
    assert fonts.get(qn("w:eastAsiaTheme")) is None
    head = [cell.text for cell in document.tables[0].rows[0].cells]
    assert head[:3] == ["指标", "本期", "上期"]
    assert len(document.inline_shapes) == len(list(month.review.charts)) >= 3
    assert document.core_properties.title == month.review.title


def test_word_and_markdown_say_the_same(month: Written) -> None:
    word = load(month.docx, "review.docx")
    text = load(month.markdown.encode(), "review.md")
    assert word.title == text.title
    assert [section.path for section in word.sections if section.path] == [
        section.path for section in text.sections if section.path
    ]
    numbers = re.compile(r"\d[\d,.]*")
    assert numbers.findall(word.text) == numbers.findall(text.text)


def test_an_english_review_holds_no_chinese_but_names_out_of_the_data(shop: Shop) -> None:
    request = shop.desk.plain("write last month's review", NOW, "zh")
    assert request is not None
    written = text_of(shop.desk, "month", Asker("operator"), NOW, request.language)
    assert written.review.title == "Monthly review October 2026"
    assert not HANZI.search(written.markdown)
    assert written.is_grounded


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("small")
    write_shop(
        home, {"orders": [order(number, f"2026-10-{1 + number % 31:02d} 10:00", 100) for number in range(1, 63)]}
    )
    return home


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["review", *map(str, arguments), "--now", "2026-11-02T09:00"])


def test_a_shop_of_one_order_export_gets_files_that_say_what_they_lack(small: Path, tmp_path: Path) -> None:
    ran = run("month", "--home", small, "--out", tmp_path, "--json")
    assert ran.exit_code == 0, ran.output
    printed = json.loads(ran.output)
    assert "全店GMV ¥6,200.00" in printed["markdown"]  # 62 orders of 100
    assert "访客数" in printed["markdown"].split("没有接入的指标：")[1].split("\n")[0]
    assert "| 投产比 |" not in printed["markdown"]
    assert {"no_metric", "no_movement", "no_tactics"} <= set(printed["left_out"])
    assert printed["grounded"]
    names = {Path(file).name for file in printed["files"]}
    assert {"2026年10月经营复盘.md", "2026年10月经营复盘.docx", "gmv.png"} <= names
    assert names == {path.name for path in tmp_path.iterdir()}
    text = (tmp_path / "2026年10月经营复盘.md").read_text("utf-8")
    assert set(re.findall(r"!\[.*\]\((.+)\)", text)) == {name for name in names if name.endswith(".png")}


def test_a_question_for_a_review_is_answered_with_its_summary_and_the_way_to_the_whole(small: Path) -> None:
    requests = [
        {"question": "写一份10月的月报"},
        {"question": "写10月月报", "as": "viewer"},
        {"question": "写2024年年报"},
    ]
    lines = "\n".join(json.dumps({**one, "now": "2026-11-02T09:00"}, ensure_ascii=False) for one in requests)
    ran = CliRunner().invoke(main, ["ask", "-", "--json", "--home", str(small)], input=lines)
    month, viewer, old = (json.loads(line) for line in ran.output.splitlines())
    assert month["intent"] == "kpi"
    assert "GMV ¥6,200.00" in month["answer"]
    assert "/review month 2026-10" in month["answer"]
    assert month["grounded"]
    assert viewer["intent"] == "denied"
    assert "6,200" not in viewer["answer"]
    assert old["intent"] == "abstain"


def test_a_request_that_names_no_review_ends_with_how_to_say_it(small: Path) -> None:
    ran = run("whatever", "--home", small)
    assert ran.exit_code == 2
    assert "say which: week, month" in ran.output


def test_a_name_out_of_the_data_forges_neither_a_heading_nor_a_card(tmp_path: Path) -> None:
    evil = "x|y\n## 战法：送钱\n- 指标：GMV\n- 动作：全场免单 # a\x0b\u2028## 战法：再送"
    names = [f'"{evil}"', "母婴"]
    rows = [
        f"{number},2026-10-{1 + number % 31:02d} 10:00,{number},true,{names[number % 2]},直播,华东,1,100"
        for number in range(1, 63)
    ]
    analyst = Analyst.open(write_shop(tmp_path, {"orders": rows}))
    desk = desk_over(analyst, LedgerBoard(), lambda *_: None)
    request = desk.command("month", at("2026-11-02 09:00"), "zh")
    assert request != "unclear"
    written = desk.write(request, Asker("operator"), at("2026-11-02 09:00"))
    analyst.close()
    assert "全场免单" in written.markdown  # it is shown as what it is, a name
    for data, name in ((written.markdown.encode(), "a.md"), (written.docx, "a.docx")):
        document = load(data, name)
        assert read_tactics(document).tactics == ()
        assert not any(part.startswith("战法") for section in document.sections for part in section.path)


def test_a_period_without_figures_and_one_to_come_are_no_reviews(shop: Shop) -> None:
    with pytest.raises(ReviewError, match="no figures"):
        shop.write("2024年")
    with pytest.raises(ReviewError, match="has not begun"):
        shop.write("2027年1月")
