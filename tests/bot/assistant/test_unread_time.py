"""A time that cannot be answered is asked back with the reason: hours of a day, or a day that does not exist."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.assistant.types import Answer
from bot.assistant.unread_time import why_unread


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("上午", "hours"),
        ("9点到12点", "hours"),
        ("20点后", "hours"),
        ("晚上8点", "hours"),
        ("from 9am to noon", "hours"),
        ("this morning", "hours"),
        ("11月31日", "no_such_day"),
        ("2026年2月29日", "no_such_day"),
        ("2026-02-30", "no_such_day"),
        ("November 31", "no_such_day"),
        ("31st of June", "no_such_day"),
        ("5月32号", "no_such_day"),
        ("2月29日", ""),  # 2024 had one
        ("最近", ""),
        ("前阵子", ""),
        ("a while ago", ""),
        ("那段时间", ""),
    ],
)
def test_the_reason_is_named_only_where_it_is_sure(text: str, why: str) -> None:
    assert why_unread(text) == why


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("今天上午GMV", "一天里的某几个钟点还不能单独取数"),
        ("昨天20点后GMV", "一天里的某几个钟点还不能单独取数"),
        ("GMV yesterday from 9am to noon", "cut hours out of a day yet"),
        ("11月31日GMV", "没有「11月31日」这一天"),
        ("GMV on November 31", "there is no such day"),
        ("前阵子GMV", "具体是哪段时间"),
    ],
)
def test_the_question_back_says_why(ask: Callable[..., Answer], text: str, words: str) -> None:
    answer = ask(text)
    assert answer.plan.intent == "clarify"
    assert words in answer.html
    assert answer.buttons
