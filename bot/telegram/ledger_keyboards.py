"""The buttons of the ledger; each carries the number of its entry, never what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from prompts.loader import Wording

PRESS = re.compile(
    r"^l:(?P<entry>\d{1,18}):(?P<act>me|from|in|owner|start|review|drop|confirm|keep|longer|cancel|show|list)"
    r"(?::(?P<value>\d{1,8}))?$"
)
REVIEW_DAYS = (7, 14, 28)
Language = Literal["zh", "en"]


def acts_keyboard(
    wording: Wording, language: Language, entry_id: int, rows: Sequence[Sequence[str]]
) -> InlineKeyboardMarkup:
    """Buttons that carry nothing but what they do."""
    return InlineKeyboardMarkup([[_button(wording, language, entry_id, act) for act in row] for row in rows])


def start_keyboard(wording: Wording, language: Language, entry_id: int, today: date, last: str) -> InlineKeyboardMarkup:
    """This Monday where it has passed, today, tomorrow, next Monday; `last` is the act of the button below them."""
    days = {
        "this_monday": today - timedelta(days=today.weekday()),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "monday": today + timedelta(days=7 - today.weekday()),
    }
    row = [
        InlineKeyboardButton(_label(wording, language, name), callback_data=f"l:{entry_id}:from:{day:%Y%m%d}")
        for name, day in days.items()
        if not (name == "this_monday" and day == today) and not (name == "monday" and day == days["tomorrow"])
    ]
    return InlineKeyboardMarkup([row, [_button(wording, language, entry_id, last)]])


def review_keyboard(wording: Wording, language: Language, entry_id: int, last: str) -> InlineKeyboardMarkup:
    """After 7, 14 or 28 days."""
    label = _label(wording, language, "days")
    row = [InlineKeyboardButton(label % days, callback_data=f"l:{entry_id}:in:{days}") for days in REVIEW_DAYS]
    return InlineKeyboardMarkup([row, [_button(wording, language, entry_id, last)]])


def list_keyboard(entry_ids: Sequence[int]) -> InlineKeyboardMarkup:
    """One number for each entry, as in the list."""
    buttons = [
        InlineKeyboardButton(str(number), callback_data=f"l:{entry_id}:show")
        for number, entry_id in enumerate(entry_ids, 1)
    ]
    return InlineKeyboardMarkup([buttons[start : start + 5] for start in range(0, len(buttons), 5)])


def _button(wording: Wording, language: Language, entry_id: int, act: str) -> InlineKeyboardButton:
    data = "show" if act == "back" else act
    return InlineKeyboardButton(_label(wording, language, act), callback_data=f"l:{entry_id}:{data}")


def _label(wording: Wording, language: Language, act: str) -> str:
    return wording.text("ledger/button", language, act=act)
