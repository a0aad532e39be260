"""What a question leaves out is left out, said to be net, or dropped from the turn before; never read as wanted."""

from __future__ import annotations

import pytest

from bot.assistant.understand import Understander
from tests.bot.assistant.conftest import understand

OTHER_CHANNELS = {"channel": ("短视频", "货架", "私域", "即时零售")}  # the five of the catalogue without 直播


@pytest.mark.parametrize(
    "text",
    [
        "除了直播以外昨天的GMV",
        "昨天GMV不含直播",
        "昨天GMV，直播除外",
        "非直播渠道昨天GMV",
        "剔除直播后昨天GMV",
        "GMV yesterday excluding livestream",
        "yesterday's GMV for everything but not live",
        "昨天除直播外的GMV",
    ],
)
def test_every_other_value_is_asked_for(text: str, understander: Understander) -> None:
    plan = understand(understander, text)
    assert plan.query is not None
    assert plan.query.where == OTHER_CHANNELS
    assert plan.query.by == ()
    assert plan.excluded == {"channel": ("直播",)}


def test_several_values_are_left_out_together(understander: Understander) -> None:
    plan = understand(understander, "上周GMV不含母婴和服饰")
    assert plan.query is not None
    assert set(plan.query.where["category"]) == {"美妆", "家电", "3C", "食品", "生鲜", "家居", "教育", "汽车", "潮玩"}


def test_besides_is_no_exclusion(understander: Understander) -> None:
    plan = understand(understander, "除了直播还要看短视频的GMV")
    assert plan.query is not None
    assert plan.query.where == {"channel": ("直播", "短视频")}


@pytest.mark.parametrize("text", ["昨天直播GMV不含退款", "GMV yesterday net of refunds", "昨天扣除广告费的GMV"])
def test_a_net_figure_is_not_answered_with_the_gross_one(text: str, understander: Understander) -> None:
    plan = understand(understander, text)
    assert plan.intent == "clarify"
    assert plan.query is None


def test_a_follow_up_leaves_out_and_keeps_the_rest(understander: Understander) -> None:
    plan = understand(understander, "不要海外", ["上月各区域GMV"])
    assert plan.query is not None
    assert plan.query.by == ("region",)
    assert "海外" not in plan.query.where["region"]
    assert len(plan.query.where["region"]) == 7


def test_a_metric_that_is_no_longer_wanted_is_dropped(understander: Understander) -> None:
    plan = understand(understander, "不要GMV", ["昨天GMV和订单数"])
    assert plan.query is not None
    assert plan.query.metrics == ("orders",)


@pytest.mark.parametrize("text", ["不要GMV", "别发了", "算了", "stop"])
def test_turning_it_down_is_no_question(text: str, understander: Understander) -> None:
    assert understand(understander, text).intent == "smalltalk"
