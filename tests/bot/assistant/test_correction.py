"""What is taken back in the same breath, and words that steer nothing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.assistant.understand import Understander
from tests.bot.assistant.conftest import understand


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("母婴 啊不 美妆 上周 转化", "美妆"),
        ("上周母婴不对美妆的转化率", "美妆"),
        ("上周不是母婴我说的是服饰的转化率", "服饰"),
        ("conversion of Beauty, sorry, Apparel last week", "服饰"),
    ],
)
def test_a_name_taken_back_gives_way_to_the_next(understander: Understander, text: str, category: str) -> None:
    plan = understand(understander, text)
    assert plan.query is not None
    assert plan.query.where == {"category": (category,)}
    assert plan.query.metrics == ("conversion_rate",)


def test_a_time_taken_back_gives_way_to_the_next(understander: Understander) -> None:
    plan = understand(understander, "不是上周 我说的是上个月 食品的退款率")
    assert plan.query is not None
    assert (plan.query.period.start, plan.query.period.end) == (date(2026, 10, 1), date(2026, 10, 31))


def test_a_list_is_no_correction(understander: Understander) -> None:
    plan = understand(understander, "上周母婴、美妆的转化率")
    assert plan.query is not None
    assert plan.query.where == {"category": ("母婴", "美妆")}


@pytest.mark.parametrize(("text", "word"), [("上周美妆的GMV排名", "排名"), ("上周美妆最高GMV", "最高")])
def test_a_steering_word_without_effect_is_said_to_be_left_out(
    understander: Understander, text: str, word: str
) -> None:
    assert word in understand(understander, text).ignored


@pytest.mark.parametrize("text", ["其他渠道上周GMV", "GMV of the other channels last week"])
def test_what_is_other_than_nothing_named_is_asked_back(understander: Understander, text: str) -> None:
    assert understand(understander, text).unclear == "unsupported"


def test_names_that_run_into_one_another_are_both_read(understander: Understander) -> None:
    plan = understand(understander, "上周直播销售额")  # not 直播销售 and a 额
    assert plan.query is not None
    assert (plan.query.metrics, plan.query.where) == (("gmv",), {"channel": ("直播",)})


def test_groups_are_ranked_by_the_metric_beside_the_superlative(understander: Understander) -> None:
    plan = understand(understander, "10月GMV高于50万的区域中转化率最低的是哪个")
    assert plan.query is not None
    assert plan.query.metrics[0] == "conversion_rate"
    assert plan.query.top == -1
    assert plan.threshold is not None
    assert (plan.threshold.metric, plan.threshold.value) == ("gmv", 500_000)
