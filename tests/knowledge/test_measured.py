"""What the amount of is asked, how much a word tells, and how much is quoted."""

from __future__ import annotations

import pytest

from knowledge.asking import Wanted, wants_list
from knowledge.folding import fold
from knowledge.measured import measured_words
from knowledge.quoting import bound, widened
from knowledge.tokens import segmenter
from knowledge.weighing import LEAST, specificity


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("主播工资一般多少", {"主播", "工资"}),
        ("叉车要花多少租金", {"租金"}),
        ("最后报名了多少", {"报名"}),
        ("怎么降低损耗", set()),  # no amount is asked for
    ],
)
def test_the_thing_whose_amount_is_asked_for_is_known(question: str, words: set[str]) -> None:
    assert measured_words(segmenter().tag(fold(question))) == words


def test_a_rare_word_tells_all_and_an_everyday_word_little() -> None:
    assert specificity("叉车") == 1.0
    assert specificity("解决") == LEAST


def test_a_figure_is_read_in_the_clause_that_names_it() -> None:
    sentence = "转化率提升22%，退货率只上升了1.3个百分点，客单价持平"
    assert bound(sentence, ["退货率"]) == "退货率只上升了1.3个百分点"
    assert bound(sentence, ["毛利率"]) == sentence


def test_an_amount_of_thousands_is_no_year() -> None:
    asked = fold("一场最多卖了多少")
    assert Wanted.of(asked).is_met_by(fold("单场超过2000万元"), segmenter().tag, asked)
    assert not Wanted.of(asked).is_met_by(fold("始于2000年"), segmenter().tag, asked)


def test_a_bullet_is_quoted_whole_where_a_sentence_may_not_hold_it_all() -> None:
    text = "夜班: 自20点起；补贴30元。\n白班自8点起。午休一小时。"
    assert widened(text, "自20点起；", is_list=False) == "夜班: 自20点起；补贴30元。"
    assert widened(text, "白班自8点起。", is_list=False) == "白班自8点起。"
    assert widened(text, "白班自8点起。", is_list=True) == "白班自8点起。午休一小时。"
    assert wants_list("夜班几点开始，补贴多少")
    assert not wants_list("夜班补贴多少")
