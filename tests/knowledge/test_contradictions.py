"""When two quotes give different figures for the same thing, and when they only look alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge.contradictions import contradict
from knowledge.documents import Passage

OLDER = Passage(
    id="a", document_id="1", document="客服手册", file="a.md", section="售后", text="", quote="", date=date(2025, 1, 1),
    categories=(), audience="everyone", score=1.0, coverage=1.0, cosine=0.5, missing=(), answers=True,
)  # fmt: skip
NEWER = replace(OLDER, id="b", document_id="2", document="平台公告", date=date(2026, 6, 1))

DIFFERENT = (
    ("退货期限为签收后七天。", "自2025年6月起，买家签收后15天内可以退货。"),
    ("新客首单立减20元，满99元可用。", "新客首单优惠调整为立减 15 元，满99元可用。"),
    ("退货政策：买家签收后 7 天内可申请退货，运费由买家承担。", "买家签收后 15 天内可申请退货。"),
    ("支持七天无理由退货。", "支持十五天无理由退货。"),
    ("客服首次响应不超过 30 秒。", "客服首次响应须在1分钟以内。"),
    ("直播保证金 5000 元", "直播保证金为1.2万元"),
    ("双十一预售10月20日开始。", "双11预售 10月24日 开始"),
    ("案例：2023年，服饰品牌客单价提升30%。", "2023年服饰品牌客单价提升12%（《回顾》› 一）"),
    ("Free shipping starts at ¥99.", "Since June 2025, free shipping starts at ¥129."),
    ("Orders are shipped within 48 hours.", "Orders must be shipped within 24 hours."),
)
ALIKE = (
    ("发货时效 48 小时", "发货时效为 2 天"),  # the same figure
    ("普通会员退货期限7天", "黄金会员退货期限15天"),
    ("大件商品退货期限15天", "退货期限7天"),
    ("发货时效 48 小时", "退货时效 72 小时"),
    ("华东仓48小时内发货", "华南仓24小时内发货"),
    ("美妆直播转化率提升30%", "母婴直播转化率提升20%"),
    ("2023年服饰客单价提升30%", "2024年服饰客单价提升12%"),
    ("本月GMV目标500万元", "本月GMV目标600万元"),
    ("大促期间发货时效72小时", "发货时效48小时"),
    ("3月5日GMV 300万元", "3月6日GMV 280万元"),
    ("库存周转天数不低于20天", "库存周转天数不超过40天"),
    ("转化率提升40%", "转化率提升到4.0%"),
    ("转化率提升30%", "转化率下降12%"),
    ("立减20元，仅限新客", "立减15元，仅限老客"),
    ("前3名奖励500元", "前10名奖励200元"),
    ("服饰品牌让设计师进直播间，客单价提升30%", "家居品牌做套装，客单价提升12%"),
    ("Members get free shipping at ¥59.", "Free shipping starts at ¥99."),
    ("Conversion rose by 20%.", "Return rate rose by 12%."),
    ("30%。", "12%。"),
)


def both_ways(first: Passage, second: Passage) -> set[bool]:
    return {contradict(first, second), contradict(second, first)}


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_figure_for_the_same_is_a_contradiction(one: str, other: str) -> None:
    assert both_ways(replace(OLDER, quote=one), replace(NEWER, quote=other)) == {True}


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_another_subject_scope_time_or_kind_of_figure_is_none(one: str, other: str) -> None:
    assert both_ways(replace(OLDER, quote=one), replace(NEWER, quote=other)) == {False}


def test_what_was_measured_belongs_to_the_year_of_its_title_a_rule_to_none() -> None:
    titles = [replace(OLDER, document="2024年手册"), replace(NEWER, document="2025年手册")]
    measured = [replace(titles[0], quote="直播退货率12%"), replace(titles[1], quote="直播退货率15%")]
    ruled = [replace(titles[0], quote="满99元包邮。"), replace(titles[1], quote="满129元包邮。")]
    assert both_ways(*measured) == {False}
    assert both_ways(*ruled) == {True}


def test_headings_that_name_other_things_keep_figures_apart() -> None:
    ordinary = replace(OLDER, section="退货 › 现货商品", quote="签收后7天内可申请退货。")
    made = replace(NEWER, section="退货 › 预制商品", quote="签收后15天内可申请退货。")
    assert both_ways(ordinary, made) == {False}
    assert both_ways(replace(ordinary, section="退货"), replace(made, section="售后 › 关于退货的通知")) == {True}


def test_within_one_document_two_sections_contradict_only_under_headings_of_one_thing() -> None:
    policy = replace(OLDER, section="二、退货政策", quote="签收后7天内可申请退货。")
    answers = replace(OLDER, section="五、常见问题", quote="签收后15天内可申请退货。")
    assert both_ways(policy, answers) == {True}
    assert both_ways(policy, replace(answers, section="五、预制商品")) == {False}
    assert both_ways(policy, replace(answers, section=policy.section)) == {False}
