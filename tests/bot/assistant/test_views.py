"""Questions about where a period is heading, what is unusual, and what a chat wants to be told of."""

from __future__ import annotations

import pytest

from bot.assistant.understand import Understander
from tests.bot.assistant.conftest import Ask, understand


@pytest.mark.parametrize(
    "text",
    [
        "这个月能完成目标吗",
        "月底能到多少",
        "按现在的速度月底能做多少",
        "will we hit target this month",
        "are we on pace",
        "/pace",
        "预测这个月GMV",
    ],
)
def test_a_question_about_the_month_is_one_of_its_pace(understander: Understander, text: str) -> None:
    plan = understand(understander, text)
    assert (plan.intent, plan.view) == ("kpi", "pace")
    assert plan.query is not None
    assert plan.query.metrics == ("gmv",)
    assert (plan.query.period.start.isoformat(), plan.query.compare) == ("2026-11-01", ("target",))


@pytest.mark.parametrize("text", ["上个月完成目标了吗", "本月目标完成了多少", "各类目能完成目标吗", "上周GMV"])
def test_what_is_over_or_split_is_a_plain_figure(understander: Understander, text: str) -> None:
    assert understand(understander, text).view == ""


@pytest.mark.parametrize(
    ("text", "metrics", "where", "start"),
    [
        ("最近有什么异常", (), {}, "2026-11-15"),
        ("昨天哪里不正常", (), {}, "2026-11-21"),
        ("服饰最近有没有什么异常", (), {"category": ("服饰",)}, "2026-11-15"),
        ("上周转化率有没有异常", ("conversion_rate",), {}, "2026-11-09"),
        ("any anomalies this week", (), {}, "2026-11-16"),
    ],
)
def test_the_unusual_is_asked_of_a_period_a_scope_and_metrics(
    understander: Understander, text: str, metrics: tuple[str, ...], where: dict[str, tuple[str, ...]], start: str
) -> None:
    plan = understand(understander, text)
    assert plan.view == "anomalies"
    assert plan.query is not None
    assert (plan.query.metrics, dict(plan.query.where)) == (metrics, where)
    assert plan.query.period.start.isoformat() == start


def test_a_scope_named_after_a_look_at_the_pace_goes_on_with_it(understander: Understander) -> None:
    plan = understand(understander, "那服饰呢", after=("月底能到多少",))
    assert plan.view == "pace"
    assert plan.query is not None
    assert dict(plan.query.where) == {"category": ("服饰",)}


@pytest.mark.parametrize(
    ("text", "metric", "side", "value", "is_relative"),
    [
        ("母婴转化率低于1.8%提醒我", "conversion_rate", "below", 0.018, False),
        ("GMV 跌超过20%告诉我", "gmv", "below", 0.2, True),
        ("alert me when refund rate of 服饰 goes above 8%", "refund_rate", "above", 0.08, False),
        ("let me know if GMV drops by more than 15%", "gmv", "below", 0.15, True),
        ("母婴GMV跌破10万通知我", "gmv", "below", 100_000.0, False),
    ],
)
def test_a_wish_to_be_told_is_a_rule(
    understander: Understander, text: str, metric: str, side: str, value: float, is_relative: bool
) -> None:
    rule = understand(understander, text).watch
    assert rule is not None
    assert (rule.metric, rule.side, rule.value, rule.is_relative) == (metric, side, value, is_relative)


@pytest.mark.parametrize("text", ["转化率低于2%的类目", "GMV超过100万的天数告诉我", "告诉我上周GMV"])
def test_a_list_that_is_asked_for_is_no_rule(understander: Understander, text: str) -> None:
    assert understand(understander, text).watch is None


def test_a_percentage_is_no_bound_on_an_amount(understander: Understander) -> None:
    assert understand(understander, "GMV低于2%提醒我").unclear == "watch_unit"


def test_a_preview_says_how_often_it_would_have_fired(ask: Ask) -> None:
    answer = ask("母婴GMV低于1元提醒我")
    assert answer.grounded
    assert "一次都不会触发" in answer.html
    assert [button.label for row in answer.buttons for button in row] == ["保存", "取消"]


def test_the_pace_of_a_limited_chat_is_of_its_categories(ask: Ask) -> None:
    answer = ask("这个月能完成目标吗", categories=("母婴",))
    assert answer.grounded
    assert answer.html.startswith("<b>母婴 · GMV")


def test_a_rate_has_no_pace_and_is_said_to_have_none(ask: Ask) -> None:
    answer = ask("转化率这个月能到多少")
    assert "比率没有" in answer.html
    assert answer.facts.results[0].figures[0].metric == "conversion_rate"
