"""The buttons of documents: what to do with a file, pages of the list, removal; each carries at most 64 bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.store.uploads import UploadRow
from knowledge.documents import DocumentInfo
from prompts.loader import Wording

UPLOAD = re.compile(r"^u:(\d{1,18}):(add|replace|cancel|everyone|manager)$")
SHELF = re.compile(r"^d:(page|ask|remove):(\d{1,4}):([0-9a-f]{0,24})$")
REVIEW = re.compile(r"^r:(\d{1,18}):add$")
MARK_LENGTH = 24  # of a document's id: enough to name it, short enough for a button
Language = Literal["zh", "en"]


def upload_keyboard(
    wording: Wording, language: Language, row: UploadRow, *, may_replace: bool, is_everyones: bool
) -> InlineKeyboardMarkup:
    """For an admin: add, replace, cancel, and who may read it."""

    def button(act: str) -> InlineKeyboardButton:
        label = wording.text("documents/button", language, act=act)
        return InlineKeyboardButton(label, callback_data=f"u:{row.id}:{act}")

    acts = [["add", *(["replace"] if may_replace else []), "cancel"]]
    if is_everyones:  # what a document says of itself is never loosened
        acts.append(["manager" if row.audience == "everyone" else "everyone"])
    return InlineKeyboardMarkup([[button(act) for act in line] for line in acts])


def review_keyboard(wording: Wording, language: Language, row: UploadRow) -> InlineKeyboardMarkup:
    """Under a review that was written: put it into the documents."""
    label = wording.text("review/button_add", language)
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=f"r:{row.id}:add")]])


def page_keyboard(
    wording: Wording, language: Language, page: int, pages: int, shown: Sequence[tuple[int, DocumentInfo]]
) -> InlineKeyboardMarkup | None:
    """Turning pages, and for an admin one button for each document in `shown` (number and document)."""
    rows = []
    numbers = [
        InlineKeyboardButton(f"🗑 {number}", callback_data=f"d:ask:{page}:{mark_of(info)}") for number, info in shown
    ]
    rows += [numbers[start : start + 4] for start in range(0, len(numbers), 4)]
    turns = []
    for act, wanted in (("previous", page - 1), ("next", page + 1)):
        if 0 <= wanted < pages:
            label = wording.text("documents/button", language, act=act)
            turns.append(InlineKeyboardButton(label, callback_data=f"d:page:{wanted}:"))
    rows += [turns] if turns else []
    return InlineKeyboardMarkup(rows) if rows else None


def removal_keyboard(wording: Wording, language: Language, page: int, info: DocumentInfo) -> InlineKeyboardMarkup:
    """Remove it, or back to the list."""
    remove, back = (wording.text("documents/button", language, act=act) for act in ("remove", "back"))
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(remove, callback_data=f"d:remove:{page}:{mark_of(info)}"),
                InlineKeyboardButton(back, callback_data=f"d:page:{page}:"),
            ]
        ]
    )


def mark_of(info: DocumentInfo) -> str:
    """Names a document on a button."""
    return info.id[:MARK_LENGTH]
