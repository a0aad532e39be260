"""The buttons under draft cards; each carries the draft, and the one that accepts also what was shown of it."""

from __future__ import annotations

from typing import Literal

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from prompts.loader import Wording

Language = Literal["zh", "en"]


def draft_keyboard(
    wording: Wording, language: Language, draft_id: str, mark: str, *, more: bool, held: int
) -> InlineKeyboardMarkup:
    """Accept, correct, dismiss, the next one, and the accepted ones."""
    make = _Buttons(wording, language)
    rows = [[make("accept", draft_id, mark=mark), make("edit", draft_id)], [make("dismiss", draft_id)]]
    if more:
        rows[1].append(make("next", draft_id))
    if held:
        rows.append([make("held", count=held)])
    return InlineKeyboardMarkup(rows)


def decided_keyboard(
    wording: Wording, language: Language, left: int, accepted: str, held: int = 0
) -> InlineKeyboardMarkup | None:
    """After a decision: what is left, taking the accepted card down again, and the accepted ones."""
    make = _Buttons(wording, language)
    row = [make("show", count=left)] if left else []
    row += [make("drop", accepted)] if accepted else []
    row += [make("held", count=held)] if held else []
    return InlineKeyboardMarkup([row]) if row else None


def held_keyboard(wording: Wording, language: Language, draft_id: str, *, more: bool) -> InlineKeyboardMarkup:
    """Under an accepted card: take it down, the next one, back to the drafts."""
    make = _Buttons(wording, language)
    rows = [[make("drop", draft_id)], [make("show")]]
    if more:
        rows[0].append(make("held", draft_id))
    return InlineKeyboardMarkup(rows)


def drafts_button(wording: Wording, language: Language, count: int) -> InlineKeyboardMarkup | None:
    """The way to the drafts that a new document brought."""
    return InlineKeyboardMarkup([[_Buttons(wording, language)("show", count=count)]]) if count else None


class _Buttons:
    def __init__(self, wording: Wording, language: Language) -> None:
        self._wording, self._language = wording, language

    def __call__(self, act: str, draft_id: str = "", *, mark: str = "", count: int = 0) -> InlineKeyboardButton:
        name = "next" if act == "held" and draft_id else act
        label = self._wording.text("drafts/button", self._language, act=name, count=count)
        return InlineKeyboardButton(label, callback_data=f"k:{act}:{draft_id}:{mark}")
