"""Figures of documents that are years old say so wherever they stand: a quote, its places, a tactic, both languages."""

from __future__ import annotations

import pytest

from bot.assistant.contract import plain_text
from tests.bot.assistant.conftest import Ask


@pytest.mark.parametrize(
    ("question", "intent", "age"),
    [
        ("母婴大促转化率怎么提升", "knowledge", "2023-12-25，2 年多前"),
        ("What happened to apparel AOV in livestreams in 2023?", "knowledge", "2023-12-25, over 2 years ago"),
        ("母婴有什么战法", "tactics", "2023-12-25，2 年多前"),
        ("tactics for Mother & Baby", "tactics", "2023-12-25, over 2 years ago"),
    ],
)
def test_each_source_of_an_old_document_says_its_age(ask: Ask, question: str, intent: str, age: str) -> None:
    answer = ask(question)  # as of 2026-11-22: two whole years and some months
    text = plain_text(answer.html)
    assert answer.plan.intent == intent
    assert text.count(age) == text.count("2023-12-25") > 0
    assert answer.grounded
