"""The row under an answer from documents: thumbs for everyone, and a pin for an admin."""

from __future__ import annotations

import re
from dataclasses import replace

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.assistant.types import Answer, Citation
from bot.store.curated import QuotedPassage
from bot.store.feedback import QuotedAnswer
from bot.telegram.keyboards import answer_keyboard
from knowledge.documents import Passage

MARK = re.compile(r"^f:(\d{1,18}):(up|down|pin)$")
SIGNS = {"up": "👍", "down": "👎", "pin": "📌"}


def quoted_of(answer: Answer, answer_id: int) -> QuotedAnswer | None:
    """What to keep of an answer that can be judged; None for one that quotes no document."""
    if answer.plan.intent != "knowledge" or not answer.citations or answer.plan.unclear:
        return None
    passages = tuple(_quoted(citation, answer.facts.passages) for citation in answer.citations)
    return QuotedAnswer(answer_id, answer.html, answer.plan.language, passages)


def marked_keyboard(answer: Answer, answer_id: int, *, is_quoted: bool, may_pin: bool) -> InlineKeyboardMarkup | None:
    """The follow-ups of an answer, with the marks below them where it quotes a document."""
    keyboard = answer_keyboard(answer, answer_id)
    if not is_quoted:
        return keyboard
    kinds = ("up", "down", "pin") if may_pin else ("up", "down")
    marks = [InlineKeyboardButton(SIGNS[kind], callback_data=f"f:{answer_id}:{kind}") for kind in kinds]
    return InlineKeyboardMarkup([*(keyboard.inline_keyboard if keyboard else ()), marks])


def counted(keyboard: InlineKeyboardMarkup, answer_id: int, up: int, down: int) -> InlineKeyboardMarkup:
    """The same keyboard with the numbers of thumbs on it."""
    shown = {f"f:{answer_id}:up": ("up", up), f"f:{answer_id}:down": ("down", down)}

    def button(given: InlineKeyboardButton) -> InlineKeyboardButton:
        kind, count = shown.get(str(given.callback_data), ("", 0))
        if not kind:
            return given
        return InlineKeyboardButton(
            f"{SIGNS[kind]} {count}" if count else SIGNS[kind], callback_data=given.callback_data
        )

    return InlineKeyboardMarkup([[button(given) for given in row] for row in keyboard.inline_keyboard])


def _quoted(citation: Citation, passages: tuple[Passage, ...]) -> QuotedPassage:
    """Where the passage is not at hand it counts as the managers' own: it must not be shown on by a mistake."""
    kept = QuotedPassage("", citation.document, citation.file, citation.section, citation.quote, "manager")
    for passage in passages:
        if (passage.document, passage.quote) == (citation.document, citation.quote):
            return replace(kept, id=passage.id, file=passage.file, audience=passage.audience)
    return kept
