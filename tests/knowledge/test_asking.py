"""What kind of answer is asked for, how amounts are written, and which words mean the same."""

from __future__ import annotations

import pytest

from knowledge.asking import Wanted
from knowledge.bilingual import stem, wordings_in
from knowledge.embedding.choice import choose_embedder
from knowledge.folding import fold, rivals
from knowledge.meaning import Meaning
from knowledge.numerals import with_figures, with_whole_years
from knowledge.tokens import segmenter


@pytest.mark.parametrize(
    ("question", "sentence", "answers"),
    [
        ("叉车多少钱一台", "叉车限速每小时5公里。", False),
        ("叉车多少钱一台", "叉车采购价为8.5万元。", True),
        ("叉车多少钱一台", "叉车共采购3万台。", False),
        ("损耗率是多少", "2023年起由仓储部负责。", False),  # a year is no amount
        ("损耗率是多少", "损耗率降到0.8%。", True),
        ("损耗率降了几个点", "损耗少了30吨，损耗率持续下降。", False),
        ("损耗率降了几个点", "损耗率下降1.2个百分点。", True),
        ("交付率做到百分之几", "满意度达到97%。", False),  # another rate
        ("改造花了多久", "改造投入120万元。", False),
        ("改造花了多久", "改造历时6周。", True),
        ("一共收了多少台旧机", "回收率达到40%。", False),
        ("一共收了多少台旧机", "收回旧机1200台。", True),
        ("夜班几点开始", "夜班自20点起。", True),
        ("夜班几点开始", "夜班补贴30元。", False),
        ("京东2023年营收", "京东与仓库每日对账。", False),
        ("直播ROI", "直播间每周排三场。", False),  # a figure by the catalogue's name, in either language
        ("直播ROI", "直播投产比为2.4。", True),
        ("怎么降低损耗率", "入库前先抽检。", True),  # a way is asked for, no figure
        ("合作的供应商叫什么", "某供应商因品控问题被清退。", False),
        ("哪家物流截单最晚", "顺丰速运截单最晚，为20点。", True),
        ("how long did the retrofit take", "改造历时6周。", True),
        ("how much did it cost", "改造历时6周。", False),
    ],
)
def test_a_sentence_answers_only_with_the_kind_that_is_asked_for(question: str, sentence: str, answers: bool) -> None:
    asked = fold(question)
    assert Wanted.of(asked).is_met_by(fold(sentence), segmenter().tag, asked) is answers


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        ("单场两千万", "单场2000万"),
        ("一个亿", "1亿"),
        ("三百五十万", "350万"),
        ("一点五亿", "1.5亿"),
        ("十五万条线索", "15万条线索"),
        ("三成半", "35%"),
        ("百分之十二点五", "12.5%"),
        ("三分之一", "1/3"),
        # words, not numerals
        ("双十一", "双十一"), ("万一断货", "万一断货"), ("千万别", "千万别"), ("一成不变", "一成不变"),
        ("组成", "组成"), ("第一万件", "第一万件"), ("十分满意", "十分满意"), ("一分为二", "一分为二"),
    ],
)  # fmt: skip
def test_amounts_in_chinese_numerals_are_figures(written: str, figures: str) -> None:
    assert with_figures(written) == figures


def test_a_year_of_two_digits_is_whole_and_a_span_of_years_stays() -> None:
    assert with_whole_years("23年双十一") == "2023年双十一"
    for span in ("20年老店", "15年前", "10年经验", "2023年"):
        assert with_whole_years(span) == span


def test_things_of_one_kind_exclude_each_other_and_figures_do_not() -> None:
    assert "双十一" in rivals("双十二")
    assert "服饰" in rivals("美妆")
    assert not rivals("转化率")


def test_english_words_become_the_words_that_the_documents_hold() -> None:
    words = wordings_in(["主播", "仓库", "零食", "宿主"], lambda word: word == "潜在客户")
    assert "主播" in words[stem("hosts")]
    assert words[stem("warehouses")] == ("仓库",)
    assert words[stem("snacks")] == ("零食",)
    assert words[stem("leads")] == ("潜在客户",)  # of the trade, not of the general dictionary
    assert stem("zebra") not in words


def test_the_sentence_model_knows_words_of_one_meaning_and_a_model_without_words_none() -> None:
    words = ["服饰", "家电", "转化率"]
    assert Meaning(choose_embedder("builtin")).likeness("衣服", words) > 0.8
    assert Meaning(choose_embedder("builtin")).likeness("周转", words) < 0.5
    assert Meaning(choose_embedder("builtin")).likeness("线下", ["线上"]) == 0.0  # opposites
    assert Meaning(choose_embedder("hash")).likeness("衣服", words) == 0.0
