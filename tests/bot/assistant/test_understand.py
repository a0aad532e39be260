"""What understanding does with odd input and with what it asks back; tests/evals/kpi.yaml holds the questions."""

from __future__ import annotations

from datetime import date

import pytest

from bot.assistant.lexicon import Lexicon
from bot.assistant.not_held import load_not_held
from bot.assistant.reading import Reader
from bot.assistant.understand import LONGEST_QUESTION, Understander
from bot.assistant.vocabulary import load_vocabulary
from metrics import catalog
from metrics.calendar import Calendar
from tests.bot.assistant.conftest import NOW, understand


def test_a_very_long_question_is_asked_to_be_shorter(understander: Understander) -> None:
    plan = understand(understander, "昨天GMV" * 2500)
    assert plan.unclear == "too_long"
    assert plan.unclear_data["limit"] == str(LONGEST_QUESTION)


def test_pressing_a_reading_asks_the_question_without_the_doubt(understander: Understander) -> None:
    plan = understand(understander, "退货怎么样")
    requests = [choice.request for choice in plan.choices]
    readings = [understand(understander, request) for request in requests]
    assert [plan.query.metrics for plan in readings if plan.query] == [("refund_rate",), ("refund_amount",)]


def test_a_vague_time_offers_concrete_ones_that_are_understood(understander: Understander) -> None:
    plan = understand(understander, "最近母婴转化率")
    for choice in plan.choices:
        clear = understand(understander, choice.request)
        assert clear.intent == "kpi"
        assert clear.query is not None
        assert clear.query.metrics == ("conversion_rate",)
        assert clear.query.where == {"category": ("母婴",)}


@pytest.mark.parametrize("text", ["今天比上月GMV", "GMV today vs last month"])
def test_a_time_that_was_read_stays_when_another_is_asked_back(text: str, understander: Understander) -> None:
    plan = understand(understander, text)
    assert plan.unclear == "which_period"
    requested = [understand(understander, choice.request).query for choice in plan.choices]
    assert [query.period.start for query in requested if query] == [NOW.date()]


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂", "<b>GMV</b>", "'; DROP TABLE orders; --", "{{ 7*7 }}", "\u202egmv", "/", "/kpi@bot"]
)
def test_odd_input_never_raises(text: str, understander: Understander) -> None:
    assert understand(understander, text).intent in {"kpi", "knowledge", "clarify"}


@pytest.mark.parametrize(
    "text", ["昨天利润多少", "上周加购率", "gross margin last month", "DAU yesterday", "库存周转率上月", "新客GMV上周"]
)
def test_a_metric_that_is_not_held_is_named_and_not_replaced(text: str, understander: Understander) -> None:
    plan = understand(understander, text)
    assert (plan.intent, plan.unclear) == ("clarify", "not_held")
    assert plan.query is None
    assert plan.choices


@pytest.mark.parametrize("text", ["老客GMV上周", "昨天品牌销售额排名", "上周男性用户的GMV", "GMV on Taobao yesterday"])
def test_a_cut_that_the_data_do_not_tell_apart_is_named(text: str, understander: Understander) -> None:
    assert understand(understander, text).unclear == "not_held_cut"


@pytest.mark.parametrize(
    ("text", "name"),
    [("昨天眠屿联名款的销售额", "眠屿联名款"), ("昨天眠嶼直播GMV", "眠嶼"), ("上周眠屿各渠道GMV", "眠屿")],
)
def test_the_whole_is_never_passed_off_as_what_nobody_knows(text: str, name: str, understander: Understander) -> None:
    plan = understand(understander, text)
    assert (plan.intent, plan.unclear, plan.unclear_data["word"]) == ("clarify", "unknown_word", name)
    (choice,) = plan.choices
    assert name not in choice.request
    assert understand(understander, choice.request).intent == "kpi"


@pytest.mark.parametrize("text", ["抓紧弄一份昨天GMV", "核对一遍直播昨天GMV", "开会用昨天GMV"])
def test_words_of_asking_are_no_name_that_nobody_knows(text: str, understander: Understander) -> None:
    assert understand(understander, text).intent == "kpi"


def test_a_fall_of_what_nobody_knows_is_not_explained_by_the_whole(understander: Understander) -> None:
    assert understand(understander, "为什么上周眠屿联名款的销售额掉了").query is None


def test_a_bound_goes_with_the_groups(understander: Understander) -> None:
    plan = understand(understander, "上周转化率低于2%的类目")
    assert plan.threshold is not None
    assert (plan.threshold.metric, plan.threshold.side, plan.threshold.value) == ("conversion_rate", "below", 0.02)


def test_a_bound_without_groups_is_said_to_be_left_out(understander: Understander) -> None:
    assert understand(understander, "昨天GMV超过300万了吗").ignored == ("超过300万",)


def test_three_months_in_a_row_are_a_series(understander: Understander) -> None:
    query = understand(understander, "8月9月10月GMV").query
    assert query is not None
    assert (query.grain, query.period.start, query.period.end) == ("month", date(2026, 8, 1), date(2026, 10, 31))


def test_the_later_of_two_months_is_held_against_the_earlier(understander: Understander) -> None:
    for text in ("10月和9月的GMV", "9月和10月的GMV"):
        query = understand(understander, text).query
        assert query is not None
        assert (query.period.start, query.compare) == (date(2026, 10, 1), ("previous",))


def test_the_second_question_of_a_message_stays_open(understander: Understander) -> None:
    plan = understand(understander, "昨天GMV多少，上周各渠道退款率呢")
    assert plan.query is not None
    assert plan.query.metrics == ("gmv",)
    assert [choice.request for choice in plan.choices] == ["上周各渠道退款率呢"]


@pytest.mark.parametrize("text", ["昨天GMV多少", "GMV and orders yesterday", "昨天全店GMV和订单数"])
def test_a_whole_question_inherits_no_scope(text: str, understander: Understander) -> None:
    plan = understand(understander, text, ["上周母婴直播转化率"])
    assert plan.query is not None
    assert plan.query.where == {}


def test_a_mean_of_daily_ratios_is_never_planned(understander: Understander) -> None:
    assert understand(understander, "上周日均转化率").unclear == "unsupported"
    plan = understand(understander, "上周日均GMV")
    assert plan.per_day
    assert plan.query is not None
    assert plan.query.grain == "day"


def test_values_that_only_the_data_hold_are_learnt_when_a_word_is_unknown() -> None:
    model = catalog.load()
    lexicon = Lexicon(model, not_held=load_not_held())
    reader = Reader(lexicon, Calendar.load(), load_vocabulary())
    understander = Understander(reader, lexicon, model, lambda now: None, seen=lambda: {"category": ["宠物用品"]})
    plan = understand(understander, "昨天宠物用品GMV")
    assert plan.query is not None
    assert plan.query.where == {"category": ("宠物用品",)}
    others = understand(understander, "除了母婴昨天GMV").query
    assert others is not None
    assert "宠物用品" in others.where["category"]


def test_a_trend_over_weeks_begins_and_ends_as_the_shop_counts_them() -> None:
    model = catalog.load()
    lexicon = Lexicon(model)
    reader = Reader(lexicon, Calendar.load(), load_vocabulary(), week_start=6)
    query = understand(Understander(reader, lexicon, model, lambda now: None, week_start=6), "每周GMV趋势").query
    assert query is not None
    # Today is a Sunday and begins a week; twelve weeks before it are 84 days, back to 30 August.
    assert (query.period.start, query.period.end) == (date(2026, 8, 30), date(2026, 11, 21))


@pytest.mark.parametrize(("text", "label"), [("Q3各渠道GMV", "Q3"), ("GMV October", "October"), ("上週GMV", "上週")])
def test_a_period_is_named_as_the_asker_wrote_it(understander: Understander, text: str, label: str) -> None:
    query = understand(understander, text).query
    assert query is not None
    assert query.period.label == label
