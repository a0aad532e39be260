"""Files to documents: encodings, front matter, headings, flattened text."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import LONGEST, split_document
from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.markdown import Source, read_markdown
from knowledge.loading.registry import load
from knowledge.loading.scanning import scan
from knowledge.sentences import sentence_spans

FLAT = (
    "2021年物业服务年终总结 这一年服务面扩大到12个小区。### **一、工单处理** #### 1.1 报修：提速 全年受理报修8,450件，"
    "平均到场时间由95分钟缩短到41分钟。- **夜间值守**: 两班轮换 - **备件前置**: 常用件放到岗亭 "
    "#### **1.2 电梯维保** 困人事件下降60%。### 二、收费 #### 2.1 缴费率 缴费率由71%升至88%，线上占比超过9成。"
)


def read(text: str, file: str = "a.md") -> Document:
    return read_markdown(Source("0" * 64, file, text))


def write(folder: Path, name: str, data: bytes) -> Document:
    (folder / name).write_bytes(data)
    return load((folder / name).read_bytes(), name)


def paths(document: Document) -> list[tuple[str, ...]]:
    return [section.path for section in document.sections]


def test_headings_become_paths_and_the_sole_top_heading_the_title() -> None:
    document = read("# 手册\n\n前言。\n\n## 一\n\n### 1.1 收货\n正文。\n\n## 二\n结尾。\n")
    assert document.title == "手册"
    assert paths(document) == [(), ("一",), ("一", "1.1 收货"), ("二",)]
    assert [section.text for section in document.sections] == ["前言。", "", "正文。", "结尾。"]
    assert [section.line for section in document.sections] == [1, 5, 7, 10]


def test_front_matter_says_title_date_categories_audience_and_what_is_replaced() -> None:
    document = read(
        "---\ntitle: 新规\ndate: 2024-05-06\ncategories: [母婴, 美妆]\n"
        "audience: manager\nsupersedes: 旧规\n---\n# 别的\n正文"
    )
    assert (document.title, document.date, document.categories) == ("新规", date(2024, 5, 6), ("母婴", "美妆"))
    assert (document.audience, document.supersedes) == ("manager", ("旧规",))
    assert document.sections[-1].text == "正文"


@pytest.mark.parametrize(
    ("front", "owner"),
    [
        ("owner: @lin_ops", "@lin_ops"),  # no YAML as it stands, and what everybody will write
        ("负责人: '@lin_ops'", "@lin_ops"),
        ("owner: 123456789", "123456789"),
        ("owner: 小林", ""),  # nobody whom the chat could write to
        ("owner: [1, 2]", ""),
        ("title: a", ""),
    ],
)
def test_an_owner_is_an_id_or_a_name_of_telegram(front: str, owner: str) -> None:
    assert read(f"---\n{front}\ntitle: 甲\n---\n正文").owner == owner


@pytest.mark.parametrize(
    ("front", "line", "word"),
    [
        ("title: a\naudience: managr", 3, "managr"),
        ("date: 25.12.", 2, "25.12."),
        ("title: [a", 2, "YAML"),
        ("a: &a [x, x]\ntitle: *a", 2, "YAML"),  # references, which can unpack without bound
        ("note: " + "长" * 20_000, 1, "20,000"),
        ("audiance: boss", 1, "boss"),  # the misspelt key must not open a manager's document to everyone
    ],
)
def test_a_mistake_in_the_front_matter_names_the_line(front: str, line: int, word: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(word)) as caught:
        read(f"---\n{front}\n---\n正文")
    assert caught.value.line == line


def test_marks_of_emphasis_are_taken_off_and_other_characters_stay() -> None:
    document = read("**重点**：`a_b` 与 *斜体*，2*3*4，- [链接](http://x)\n")
    assert document.text.strip() == "重点：`a_b` 与 斜体，2*3*4，- 链接（http://x）"


def test_a_heading_inside_a_code_block_is_no_heading() -> None:
    assert paths(read("## 一\n```\n# 注释\n```\n")) == [("一",)]


def test_numbered_lines_are_headings_in_plain_text() -> None:
    document = read_markdown(Source("0" * 64, "a.txt", "一、收货\n1.1 预约\n提前一天。\n二、发货\n当天发出。\n"))
    assert paths(document) == [("一、收货",), ("一、收货", "1.1 预约"), ("二、发货",)]


def test_a_flattened_document_gets_its_headings_items_and_title_back() -> None:
    document = read(FLAT)
    assert document.title == "2021年物业服务年终总结"
    assert paths(document) == [
        (),
        ("一、工单处理",),
        ("一、工单处理", "1.1 报修：提速"),
        ("一、工单处理", "1.2 电梯维保"),
        ("二、收费",),
        ("二、收费", "2.1 缴费率"),
    ]
    assert document.sections[2].text.split("\n")[1:] == ["- 夜间值守: 两班轮换", "- 备件前置: 常用件放到岗亭"]
    assert document.sections[5].text == "缴费率由71%升至88%，线上占比超过9成。"


def test_the_rows_of_a_flattened_table_are_lines_under_their_heading() -> None:
    document = read(
        "### 一、续费 " + "今年我们继续推进会员制。" * 8 + "#### 1.1 比例 | 班次 | 续费率 | |---|---| | 早班 | 62% |"
    )
    assert document.sections[-1].path == ("一、续费", "1.1 比例")
    assert document.sections[-1].text.split("\n") == ["- 班次：早班，续费率：62%"]


@pytest.mark.parametrize(
    ("written", "heading", "text"),
    [
        ("1.3 TikTok Shop：内容出海 直播间搬到海外。", "1.3 TikTok Shop：内容出海", "直播间搬到海外。"),
        ("1.4 小红书：种草 笔记先行。", "1.4 小红书：种草", "笔记先行。"),
        ("1.5 AI 工具 已经普及。", "1.5 AI 工具", "已经普及。"),
    ],
)
def test_a_flattened_heading_keeps_the_name_before_its_colon_whole(written: str, heading: str, text: str) -> None:
    document = read("### 一、渠道 " + "今年我们继续推进会员制。" * 8 + f"#### {written} - 一 - 二")
    assert document.sections[-1].path == ("一、渠道", heading)
    assert document.sections[-1].text.split("\n") == [text, "- 一", "- 二"]


@pytest.mark.parametrize(
    "line",
    [
        "我们用 C# 8 和 F# 写了服务，排名 # 1 的是报表，" + "其余照旧，" * 20,
        "价格区间为 10 - 20 元，折扣 5% - 8 折之间，" + "其余照旧，" * 20,
        "| 列 | 值 |",
    ],
)
def test_a_line_that_only_looks_flattened_stays_whole(line: str) -> None:
    assert read(line).text == line


def bare(text: str) -> str:
    """Without white space and marks of Markdown."""
    return re.sub(r"[\s#*>]|(?<!\S)-{3,}(?!\S)", "", text)


WORDS = st.sampled_from(
    ["直播", "GMV 超过 5 万亿元。", "一、", "1.1 ", "### ", "#### **", "**", " - ",
     "- **要点**: ", "。", "，", "\n", "\n\n",
     "2023年", "1. ", "| a | b |", "提升40%；", "（见 3.2）", "AI 工具 ", "a - b ", "10 - 20", "C# ", "…", "”"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=60).map("".join))
def test_nothing_of_the_content_is_lost_by_reading_and_chunking(text: str) -> None:
    document = read(text)
    assert bare(document.text) == bare(text)
    chunks = split_document(document)
    for chunk in chunks:
        assert document.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip() == chunk.text != ""
        assert len(chunk.text) <= LONGEST
    for before, after in pairwise(chunks):
        assert before.end <= after.start
    for section in document.sections:
        assert document.text[section.start : section.start + len(section.text)] == section.text
        held = [c.text for c in chunks if section.start <= c.start and c.end <= section.start + len(section.text)]
        if section.text:
            assert bare("".join(held)) == bare(section.text)
    assert len({chunk.id for chunk in chunks}) == len(chunks)


@given(st.lists(WORDS, max_size=40).map("".join))
def test_sentences_are_ordered_parts_of_the_text_and_leave_only_marks_out(text: str) -> None:
    spans = sentence_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    rest = "".join(set(text) - set("".join(text[start:end] for start, end in spans)))
    assert not re.search(r"[\u4e00-\u9fffA-Za-z]", rest)


def test_chunks_of_a_long_section_end_at_sentences() -> None:
    sentence = "仓库每天早上八点开门，" * 4 + "晚上九点关门。"
    document = read("## 时间\n" + sentence * 30)
    chunks = split_document(document)
    assert len(chunks) > 3
    assert all(chunk.text.endswith("。") for chunk in chunks)


def test_a_heading_without_text_is_found_as_a_statement() -> None:
    chunks = split_document(read("# 手册\n## 每日巡检两次\n## 交班\n签字。\n"))
    assert [chunk.text for chunk in chunks] == ["每日巡检两次", "签字。"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "big5"])
def test_text_is_read_in_the_encodings_that_teams_use(folder: Path, encoding: str) -> None:
    text = "轉化率提升百分之四十" if encoding == "big5" else "转化率提升百分之四十，退货率下降。"
    assert write(folder, "a.md", f"## 大促\r\n{text}\r\n".encode(encoding)).sections[0].text == text


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.md", b"", "empty"),
        ("a.md", b" \n\n", "empty"),
        ("a.txt", bytes(range(256)) * 8, "not readable"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20, "not readable"),
        ("a.psd", b"8BPS", "not supported yet"),
        ("Makefile", b"all:", "not supported yet"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(folder: Path, name: str, data: bytes, word: str) -> None:
    with pytest.raises(DocumentError, match=word):
        write(folder, name, data)


def test_hidden_files_links_that_lead_outside_and_huge_files_are_left_out(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("密")
    for name in (".hidden.md", "~$lock.md", "ok.md", "深/层.md"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("正文")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "inside.md").symlink_to(folder / "ok.md")
    with (folder / "big.md").open("wb") as stream:
        stream.truncate(21 * 1024 * 1024)
    found = scan((folder, tmp_path / "gone"))
    assert [item.file for item in found.files] == ["inside.md", "ok.md", "深/层.md"]
    assert [failure.file for failure in found.failures] == ["big.md", "gone"]
