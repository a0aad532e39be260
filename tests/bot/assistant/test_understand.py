"""What understanding does with odd input and with what it asks back; tests/evals/kpi.yaml holds the questions."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.assistant.lexicon import Lexicon
from bot.assistant.not_held import load_not_held
from bot.assistant.reading import Reader
from bot.assistant.types import Asker, Plan, Question
from bot.assistant.understand import LONGEST_QUESTION, Understander
from bot.assistant.vocabulary import load_vocabulary
from metrics import catalog
from metrics.calendar import Calendar

NOW = datetime(2026, 11, 22, 14, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def understander() -> Understander:
    model = catalog.load()
    lexicon = Lexicon(model, not_held=load_not_held())
    reader = Reader(lexicon, Calendar.load(), load_vocabulary())
    return Understander(reader, lexicon, model, lambda now: (date(2025, 9, 28), date(2026, 11, 22)))


def understand(understander: Understander, text: str, after: list[str] | None = None) -> Plan:
    context: tuple[Plan, ...] = ()
    for earlier in after or []:
        plan = understander.understand(Question(earlier, Asker("operator"), NOW, context))
        context = (plan, *context)
    return understander.understand(Question(text, Asker("operator"), NOW, context))


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


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂", "<b>GMV</b>", "'; DROP TABLE orders; --", "{{ 7*7 }}", "\u202egmv", "/", "/kpi@bot"]
)
def test_odd_input_never_raises(text: str, understander: Understander) -> None:
    assert understand(understander, text).intent in {"kpi", "knowledge", "clarify"}
