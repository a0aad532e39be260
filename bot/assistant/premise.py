"""Which way a question takes a figure to have gone: 掉了, rose; so that a wrong premise is said to be one."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from bot.assistant.fold import fold

Premise = Literal["", "fall", "rise"]
NEGATION = re.compile(r"(?:不|没|没有|未|not|n't|never)\s*(?:再|有|见|怎么)?\s*$")


def premise_of(text: str) -> Premise:
    """The direction that the words take for granted; "" where they name none, or deny it."""
    folded = fold(text)
    found: list[tuple[int, Premise]] = []
    for direction, pattern in _patterns().items():
        match = pattern.search(folded)
        if match is not None:
            found.append((match.start(), direction))
    if not found:
        return ""
    start, direction = min(found)
    return "" if NEGATION.search(folded[:start]) else direction


@lru_cache(maxsize=1)
def _patterns() -> dict[Premise, re.Pattern[str]]:
    import yaml  # late: only questions for a reason need it

    words = yaml.safe_load((files("bot.assistant") / "premise.yaml").read_text(encoding="utf-8"))
    sides: tuple[Premise, ...] = ("fall", "rise")
    return {side: re.compile("|".join(_as_pattern(word) for word in words[side])) for side in sides}


def _as_pattern(word: str) -> str:
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
