"""Documents flattened into one line without Markdown's marks: numbering, brackets, bullets, questions, bold words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import split_document
from knowledge.documents import Document
from knowledge.loading.markdown import Source, read_markdown
from knowledge.loading.outlined import outlined

NUMBERED = (
    "2025年电商运营年度总结 一、行业格局 2025年直播电商GMV达到5.8万亿元，同比增长16%。（一）直播 "
    "美妆单场销售额突破3000万元；店播占比52%。"
    "（二）私域 复购率提升至38%，退货率下降2.1个百分点。二、用户运营 1．新客 首单转化率为3.2%。2．老客 贡献GMV的61%。"
)
BRACKETED = (
    "直播间运营手册 【开播准备】主播提前30分钟到岗，检查灯光与话术。●库存不低于200件 ●优惠券提前一天配置 ●赠品核对两遍 "
    "【违规处理】一次违规罚款500元，两次停播3天。•言语违规：当场下播 •价格违规：赔付差价，由店长登记并复核。"
)
CHAPTERED = (
    "第一章 总则 第一条 本制度适用于全部自营店铺。第二条 运营总监负责解释。第二章 价格管理 "
    "第三条 活动价不得低于成本价的110%。"
    "第四条 价格调整须提前48小时报备。"
)
ASKED = (
    "客服问答 Q：退货期限是多久？A：签收后7天内可以申请无理由退货。"
    "Q：运费谁承担？A：质量问题由商家承担，其他由买家承担。"
    "Q：退款多久到账？A：原路退回，1至3个工作日到账。"
)
BOLD = (
    "**一、会员体系** 会员分为三级：普通、银卡、金卡。**（1）积分规则** 每消费1元积1分。"
    "· 生日当月双倍 · 退货扣回 · 有效期12个月 "
    "**二、私域运营** 企业微信好友达到12万人，月均触达8次。"
)
PROSE = (
    "今年的重点有三个方面，一是质量，二是价格，三是服务；价格方面满99元减20元，质量方面抽检比例提高到5%，服务方面首次响应不超过30秒，"
    "见第3章和图1。"
)


def read(text: str, file: str = "a.txt") -> Document:
    return read_markdown(Source("0" * 64, file, text))


def paths(document: Document) -> list[str]:
    return [" › ".join(section.path) for section in document.sections if section.path]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NUMBERED, ["一、行业格局", "一、行业格局 › （一）直播", "一、行业格局 › （二）私域", "二、用户运营"]),
        (BRACKETED, ["【开播准备】", "【违规处理】"]),
        (CHAPTERED, ["第一章 总则", "第二章 价格管理"]),
        (ASKED, ["Q：退货期限是多久？", "Q：运费谁承担？", "Q：退款多久到账？"]),
        (BOLD, ["一、会员体系", "一、会员体系 › （1）积分规则", "二、私域运营"]),
        (PROSE, []),
    ],
)
@pytest.mark.parametrize("file", ["a.txt", "a.md"])
def test_headings_of_a_flattened_text_become_sections(text: str, expected: list[str], file: str) -> None:
    assert paths(read(text, file)) == expected


def test_items_of_a_flattened_text_become_lines() -> None:
    texts = {" › ".join(section.path): section.text.split("\n") for section in read(BRACKETED).sections}
    assert texts["【开播准备】"][1:] == ["●库存不低于200件", "●优惠券提前一天配置", "●赠品核对两遍"]
    texts = {" › ".join(section.path): section.text.split("\n") for section in read(NUMBERED).sections}
    assert texts["二、用户运营"] == ["1．新客 首单转化率为3.2%。", "2．老客 贡献GMV的61%。"]


def test_the_title_that_runs_on_is_the_title() -> None:
    assert [read(text).title for text in (NUMBERED, BRACKETED, ASKED)] == [
        "2025年电商运营年度总结", "直播间运营手册", "客服问答",
    ]  # fmt: skip


MARKS = [
    "第一章",
    "第二章",
    "一、",
    "二、",
    "（一）",
    "（二）",
    "【甲乙】",
    "**重点**",
    "1.",
    "2．",
    "（1）",
    "●",
    "·",
    "Q：",
    "A：",
    "第三条",
]
WORDS = st.sampled_from([*MARKS, "退货", "满99元", "。", "；", "：", " ", "\n", "50%", "a b", "？", "- ", "### ", "|"])


@given(st.lists(WORDS, max_size=60).map("".join))
def test_only_white_space_is_changed(text: str) -> None:
    assert "".join("".join(outlined(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", [NUMBERED, BRACKETED, CHAPTERED, ASKED, PROSE])
def test_nothing_is_lost_up_to_the_chunks_and_none_is_a_fragment(text: str) -> None:
    document = read(text)
    chunks = split_document(document)
    kept = "".join(part for chunk in chunks for part in (*chunk.path, chunk.text))
    assert set("".join(text.split())) <= set(kept)
    assert "".join(text.split()) == "".join(document.text.split())
    assert all(2 < len(chunk.text) <= 350 for chunk in chunks)
