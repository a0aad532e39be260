"""Checks that an answer says no number that is not in its facts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.assistant.contract import plain_text
from bot.assistant.fold import narrow
from bot.assistant.types import Facts

# A date or a time of day is one token: that its parts stand somewhere else does not make it right.
NUMBER = re.compile(r"\d+(?:/\d+)+|\d{4}-\d\d-\d\d|\d+:\d\d(?!\d)|\d+(?:,\d{3})*(?:\.\d+)?")


def ungrounded_numbers(html: str, facts: Facts, stated: Iterable[str]) -> tuple[str, ...]:
    """Numbers in the answer that stand neither in `stated` nor in a cited passage or card.

    `stated` is everything that code rendered out of the facts: figures, changes, dates, names.
    """
    allowed = {number for text in (*stated, *_document_texts(facts)) for number in numbers_in(text)}
    return tuple(number for number in numbers_in(plain_text(html)) if number not in allowed)


def numbers_in(text: str) -> tuple[str, ...]:
    """Every number of a text in one spelling: 1,234.50 → 1234.50."""
    return tuple(match.group().replace(",", "") for match in NUMBER.finditer(narrow(text)))


def _document_texts(facts: Facts) -> Iterable[str]:
    for passage in facts.passages:
        yield from (passage.text, passage.document, passage.section, str(passage.date or ""))
    for suggestion in facts.suggestions:
        card = suggestion.tactic
        yield from (card.title, card.when, *card.actions, card.evidence, card.caution, card.effort)
        yield from (card.document, card.section, str(card.date or ""))
