"""Which way a question takes a figure to have gone: 掉了, rose; so that a wrong premise is said to be one."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from bot.assistant.fold import fold

Premise = Literal["", "fall", "rise"]
Words = Literal["fall", "rise", "either", "neither"]
NEGATION = re.compile(r"(?:不|没|没有|未|not|n't|never)\s*(?:再|有|见|怎么)?\s*$")


def premise_of(text: str) -> Premise:
    """The direction that the words take for granted; "" where they name none, or deny it."""
    patterns = _patterns()
    folded = patterns["neither"].sub(" ", fold(text))
    sides: tuple[Premise, ...] = ("fall", "rise")
    found = [(match.start(), side) for side in sides if side and (match := patterns[side].search(folded)) is not None]
    if not found:
        return ""
    start, direction = min(found)
    return "" if NEGATION.search(folded[:start]) else direction


def is_move(word: str) -> bool:
    """Whether a word says no more than that a figure moved, whichever way."""
    patterns = _patterns()
    return any(patterns[side].fullmatch(fold(word)) is not None for side in ("fall", "rise", "either"))


@lru_cache(maxsize=1)
def _patterns() -> dict[Words, re.Pattern[str]]:
    import yaml  # late: only questions for a reason need it

    words: dict[Words, list[str]] = yaml.safe_load(
        (files("bot.assistant") / "premise.yaml").read_text(encoding="utf-8")
    )
    return {side: re.compile("|".join(_as_pattern(word) for word in held)) for side, held in words.items()}


def _as_pattern(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
