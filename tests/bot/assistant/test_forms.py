"""Every form of a KPI answer: whole, narrow, grounded, and leading on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.app import Core
from bot.assistant.compose.tables import WIDEST_LINE, width
from bot.assistant.contract import plain_text
from bot.assistant.types import Asker, Choice, Facts, Question, Threshold
from metrics import units
from tests.bot.assistant.conftest import NOW, Ask

FORMS = (
    "上周母婴转化率怎么样",
    "上周GMV、订单数和退款率",
    "昨天各渠道GMV",
    "上周各类目GMV、订单数、转化率",
    "上周各类目各渠道GMV",
    "上周母婴和服饰GMV对比",
    "上周退款率最高的3个类目",
    "上周GMV下降最多的类目",
    "近7天每天GMV",
    "今天每小时GMV",
    "近7天各渠道每天GMV",
    "上周母婴GMV占比",
    "上周母婴转化率占比",
    "本月GMV达成率",
    "本月各类目GMV目标达成",
    "为什么上周母婴GMV掉了",
    "今天满意度",
    "/kpi",
    "business summary",
    "refund rate by category last week",
    "GMV and orders last week",
)


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("hour", [1, 14])
def test_every_form_is_whole_narrow_and_grounded(text: str, hour: int, ask: Ask) -> None:
    given = ask(text, role="manager", now=NOW.replace(hour=hour, minute=5))
    assert given.grounded
    assert given.plan.intent in {"kpi", "diagnose"}
    assert "数据截至" in given.html or "Data to" in given.html
    for block in re.findall("<pre>(.*?)</pre>", given.html, re.DOTALL):
        assert max(width(line) for line in plain_text(block).split("\n")) <= WIDEST_LINE


@pytest.mark.parametrize(
    "text", ["上周GMV", "上周各类目GMV", "近7天每天GMV", "/kpi", "本月GMV达成率", "上周退款率", "/kpi gmv last week"]
)
def test_no_button_leads_to_a_shrug(text: str, ask: Ask) -> None:
    given = ask(text, role="manager")
    assert given.buttons
    for button in (button for row in given.buttons for button in row):
        followed = ask(text, button.request, role="manager")
        assert followed.plan.intent in {"kpi", "diagnose", "tactics", "definition"}, button.label
        assert followed.facts.refusal is None, button.label


def test_no_button_offers_the_cut_that_is_already_made_or_cannot_be(ask: Ask) -> None:
    labels = [button.label for row in ask("上周各渠道GMV").buttons for button in row]
    assert "按渠道" not in labels
    assert "按类目" in labels
    stock = [button.label for row in ask("昨天库存周转天数").buttons for button in row]
    assert "按渠道" not in stock  # stock is kept without channels
    assert ask("今天满意度").buttons == ()  # nothing to go on from where there is no figure


def test_a_rising_refund_rate_is_said_to_be_worse_and_a_falling_one_better(ask: Ask) -> None:
    given = ask("上周退款率")
    change = given.facts.results[0].change(given.facts.results[0].figures[0], "previous")
    assert change is not None
    assert ("变差" if change.direction > 0 else "变好") in given.html


def test_the_total_of_sums_is_their_sum_and_of_ratios_a_figure_of_its_own(ask: Ask) -> None:
    sums = ask("昨天各渠道GMV").facts.results
    parts = sum(figure.value or 0.0 for figure in sums[0].figures)
    assert sums[1].figures[0].value == pytest.approx(parts)
    assert "合计" in ask("昨天各渠道GMV").html
    ratio = ask("昨天各渠道转化率")
    assert "整体" in ratio.html
    assert "合计" not in ratio.html
    assert "占比" not in ratio.html


def test_the_largest_few_are_said_to_be_a_few_of_all(ask: Ask) -> None:
    given = ask("上周退款率最高的3个类目")
    assert "3 个类目（共 11 个）" in plain_text(given.html)
    values = [figure.value or 0.0 for figure in given.facts.results[0].figures]
    assert len(values) == 3
    assert values == sorted(values, reverse=True)
    every = ask("上周各类目退款率").facts.results[0].figures
    assert values == sorted((figure.value or 0.0 for figure in every), reverse=True)[:3]


def test_compared_values_are_told_apart_by_the_difference_of_their_figures(ask: Ask) -> None:
    given = ask("上周母婴和服饰GMV对比")
    high, low = (figure.value or 0.0 for figure in given.facts.results[0].figures)
    assert high > low
    assert f"（高 {100 * (high - low) / low:.1f}%）" in plain_text(given.html)


def test_the_summary_is_one_screen_with_week_and_month_and_pace(ask: Ask) -> None:
    given = ask("/kpi")
    text = plain_text(given.html)
    assert len(text.split("\n")) <= 25
    assert "本周至今 11/16–11/22 14:30；环比对比 11/09–11/15 14:30" in text
    assert "本月至今 11/01–11/22 14:30；环比对比 10/01–10/22 14:30" in text
    assert "时间已过 72.0%" in text  # (21 + 14.5 / 24) / 30
    assert {figure.metric for result in given.facts.results for figure in result.figures}.isdisjoint(
        {"ad_spend", "cac"}
    )


def test_the_week_of_the_summary_begins_as_the_shop_counts_it(ask: Ask) -> None:
    monday = NOW.replace(day=16)
    week = ask("/kpi", now=monday).facts.results[1].query.period
    assert (week.start, week.end, week.complete) == (monday.date(), monday.date(), False)


def test_one_figure_comes_without_a_picture_and_a_course_a_ranking_and_a_target_with_one(ask: Ask) -> None:
    assert ask("昨天GMV").picture is None
    assert ask("昨天各渠道GMV").picture is None  # five rows are read at once
    for text in ("近7天每天GMV", "上周各类目GMV", "上周各类目各渠道GMV", "本月GMV达成率", "/kpi"):
        picture = ask(text).picture
        assert picture is not None, text
        assert picture.png[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("GMV by category last week", "prev."),
        ("target attainment by category this month", "of plan"),
        ("GMV by category and channel last week", "prev."),
        ("GMV share by category last week", "prev."),
    ],
)
def test_long_names_never_push_the_comparison_out_of_a_table(text: str, head: str, ask: Ask) -> None:
    rows = plain_text(re.findall("<pre>(.*?)</pre>", ask(text).html, re.DOTALL)[0]).split("\n")
    assert head in rows[0]
    assert all(re.search(r"[▲▼+−]\d|flat|—|\d\.\d%", row) for row in rows[1:])


def test_a_column_of_targets_that_nothing_can_be_held_against_is_left_out(ask: Ask) -> None:
    text = plain_text(ask("上周各类目GMV目标达成").html)  # targets are set for months
    assert "—" not in text
    assert "只能对比整月或本月至今" in text


@pytest.mark.parametrize("text", ["上周母婴GMV占比", "本月日均GMV", "上周各渠道每天GMV"])
def test_where_no_change_is_shown_unlike_promotions_are_no_matter(text: str, ask: Ask) -> None:
    given = ask(text)
    assert any(notice.code == "unlike_events" for notice in given.facts.results[0].notices)
    words = plain_text(given.html)
    assert ("大促/假日不同" in words) == bool(re.search("环比[+−▲▼]", words))


def test_a_share_in_a_limited_chat_does_not_tell_the_whole_shop(ask: Ask) -> None:
    given = ask("上周母婴GMV占比", categories=("母婴",))
    assert {tuple(figure.scope["category"]) for result in given.facts.results for figure in result.figures} == {
        ("母婴",)
    }


def test_advice_out_of_documents_shows_no_figure_of_another_category(ask: Ask) -> None:
    open_chat = ask("家电以旧换新怎么提升GMV")
    limited = ask("家电以旧换新怎么提升GMV", categories=("母婴",))
    shown = [item.gap.figure for item in limited.facts.suggestions if item.gap is not None]
    assert open_chat.plan.intent in {"knowledge", "tactics"}
    assert all(figure.scope.get("category") == ("母婴",) for figure in shown)


def test_data_that_stopped_are_said_under_the_headline_with_since_when(ask: Ask) -> None:
    text = plain_text(ask("今天GMV", now=NOW.replace(hour=20)).html).split("\n")
    assert text[1].startswith("⚠ GMV：订单数据停在 11/22 14:")
    assert "已 6 小时没有更新" in text[1]  # 14:29 to 20:30
    assert "opsbot" not in "".join(text)


def test_a_plan_says_how_words_were_read_and_what_it_left_out(core: Core, ask: Ask) -> None:
    given = ask("上周GMV")
    plan = replace(
        given.plan, read_as=(("鸡姆威", "GMV"),), ignored=("品牌",), choices=(Choice("昨天退款率", "昨天退款率"),)
    )
    draft = core.assistant.composer.compose(plan, given.facts, Question("上周GMV", Asker("operator"), NOW))
    text = plain_text(draft.html)
    assert "「鸡姆威」按「GMV」理解" in text
    assert "没有用上：品牌" in text
    assert draft.buttons[-1][0].request == "昨天退款率"


def _with(core: Core, text: str, **changes: Any) -> tuple[str, Facts]:
    """The answer to a plan that is like that of `text` but for some fields."""
    question = Question(text, Asker("operator"), NOW)
    plan = replace(core.assistant.understander.understand(question), **changes)
    facts = core.assistant.gatherer.gather(plan, question.asker, NOW)
    return plain_text(core.assistant.composer.compose(plan, facts, question).html), facts


def test_only_groups_that_pass_a_bound_are_shown_and_counted(core: Core, ask: Ask) -> None:
    every = {f.scope["category"][0]: f.value or 0.0 for f in ask("上周各类目转化率").facts.results[0].figures}
    bound = sorted(every.values())[3]  # the fourth smallest: three lie below it
    below = Threshold("conversion_rate", "below", bound)
    text, facts = _with(core, "上周各类目转化率", threshold=below)
    assert {f.scope["category"][0] for f in facts.results[0].figures} == {n for n, v in every.items() if v < bound}
    assert "3 个，共 11 个" in text
    assert len(_with(core, "上周各类目转化率", threshold=replace(below, includes=True))[1].results[0].figures) == 4
    assert "一个也没有（共 11 个）" in _with(core, "上周各类目转化率", threshold=replace(below, value=0.0))[0]


def test_the_running_day_is_neither_above_nor_below_a_bound(core: Core) -> None:
    text, facts = _with(core, "本月每天GMV", threshold=Threshold("gmv", "above", 0.0))
    assert len(facts.results[0].figures) == 21  # 1 to 21 November; the 22nd is running
    assert "21 个，共 21 个" in text
    assert "还没结束的不算在内" in text


def test_a_daily_mean_is_the_sum_of_whole_days_by_their_number(core: Core, ask: Ask) -> None:
    days = ask("本月每天GMV").facts.results[0].figures[:21]
    mean = sum(figure.value or 0.0 for figure in days) / 21
    assert f"日均GMV {units.format(mean, 'cny', 2, 'zh')}" in _with(core, "本月每天GMV", per_day=True)[0]
