"""Inline keyboards, and what their buttons carry in at most 64 bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, cast

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.access import GRANTABLE
from bot.assistant.types import Answer, Role
from prompts.loader import Wording

ANSWER = re.compile(r"^a:(\d{1,18}):(\d{1,3})$")
DECISION = re.compile(r"^g:(\d{1,18}):(viewer|operator|manager|decline|withdraw)$")
Decision = Literal["viewer", "operator", "manager", "decline", "withdraw"]
LONGEST_LABEL = 60  # longer ones are cut by clients in the middle


def requests_of(answer: Answer) -> tuple[str, ...]:
    """What the buttons stand for, numbered as on the keyboard."""
    return tuple(button.request for row in answer.buttons for button in row)


def answer_keyboard(answer: Answer, answer_id: int) -> InlineKeyboardMarkup | None:
    """The follow-ups of an answer; None when it has none."""
    numbers: Iterator[int] = iter(range(1000))
    rows = [
        [
            InlineKeyboardButton(button.label[:LONGEST_LABEL], callback_data=f"a:{answer_id}:{next(numbers)}")
            for button in row
        ]
        for row in answer.buttons
        if row
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def decision_keyboard(wording: Wording, language: Literal["zh", "en"], request_id: int) -> InlineKeyboardMarkup:
    """For an admin: let in at one of the roles, or decline."""

    def button(decision: str) -> InlineKeyboardButton:
        label = wording.render("access/button", language, decision=decision)
        return InlineKeyboardButton(label, callback_data=f"g:{request_id}:{decision}")

    return InlineKeyboardMarkup([[button(role) for role in GRANTABLE], [button("decline")]])


def withdraw_keyboard(wording: Wording, language: Literal["zh", "en"], request_id: int) -> InlineKeyboardMarkup:
    """For an admin: take the approval back."""
    label = wording.render("access/button", language, decision="withdraw")
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"g:{request_id}:withdraw")]])


def read_answer_button(data: str) -> tuple[int, int] | None:
    """Number of the answer and of its button."""
    found = ANSWER.match(data)
    return None if found is None else (int(found[1]), int(found[2]))


def read_decision(data: str) -> tuple[int, Decision] | None:
    """Number of the request and what was decided."""
    found = DECISION.match(data)
    return None if found is None else (int(found[1]), cast("Decision", found[2]))


def granted_role(decision: Decision) -> Role | None:
    """The role that a decision grants, None for the two that grant nothing."""
    return next((role for role in GRANTABLE if role == decision), None)
