"""Which questions are the same: rewordings are, neighbours never."""

from __future__ import annotations

import pytest

from bot.assistant.same_question import is_same, taken_apart
from knowledge.embedding.choice import choose_embedder
from knowledge.embedding.seam import Embedder


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return choose_embedder("builtin")


def same(embedder: Embedder, first: str, second: str) -> bool:
    def likeness(one: str, other: str) -> float:
        return float(embedder.embed_query(one) @ embedder.embed_query(other))

    return is_same(taken_apart(first), taken_apart(second), likeness)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("退货运费谁承担", "退貨運費誰承擔？"),
        ("母婴大促转化率怎么提升", "大促的时候母婴的转化率如何提升"),
        ("直播间多久复盘一次", "直播间多长时间复盘一次？"),
        ("新品上架要准备什么", "新品上架需要准备哪些东西"),
        ("双十一备货怎么做", "双11备货如何做"),
        ("What is the return policy?", "what's our return policy"),
        ("What is the return policy on shoes?", "what's the return policy of shoes"),
    ],
)
def test_the_same_question_in_other_words_is_recognised(embedder: Embedder, first: str, second: str) -> None:
    assert same(embedder, first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2023年直播电商规模是多少", "2022年直播电商规模是多少"),  # another year
        ("母婴可以退货吗", "服饰可以退货吗"),  # another category
        ("双11备货怎么做", "双12备货怎么做"),  # another promotion
        ("退货流程是什么", "换货流程是什么"),
        ("怎么提升复购", "怎么降低复购"),
        ("哪些商品可以退", "哪些商品不可以退"),
        ("抖音比快手高多少", "快手比抖音高多少"),
        ("直播带私域怎么做", "私域带直播怎么做"),
        ("满 3.5 折可以用券吗", "满 35 折可以用券吗"),
        ("折扣是 -5% 怎么办", "折扣是 5% 怎么办"),
        ("花西子怎么投放", "珀莱雅怎么投放"),
        ("直播间为什么复盘", "直播间怎么复盘"),
        ("does live sell more than private", "does private sell more than live"),
        ("live drives private", "private drives live"),
        ("会员日的优惠券怎么领", "会员日的优惠券怎么领和怎么退"),
    ],
)
def test_a_neighbouring_question_is_another_one(embedder: Embedder, first: str, second: str) -> None:
    assert not same(embedder, first, second)


@pytest.mark.parametrize("text", ["为什么", "那呢", "怎么做", "?", ""])
def test_what_means_nothing_alone_cannot_be_pinned(text: str) -> None:
    assert not taken_apart(text).is_enough
