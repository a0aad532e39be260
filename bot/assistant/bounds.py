"""Reads bounds on a figure: 低于2%, 超过100万, at least 3k."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bot.assistant.vocabulary import Span
from metrics.query import Unit

Side = Literal["above", "below"]
AT_MOST = (
    r"不超过|不高于|不大于|不多于|没超过|没有超过|未超过|最多|至多|<=|≤|"
    r"(?<![a-z])(?:at\s+most|up\s+to|no\s+more\s+than|not\s+over)"
)
AT_LEAST = (
    r"不低于|不少于|不小于|至少|最少|达到|>=|≥|"
    r"(?<![a-z])(?:at\s+least|no\s+less\s+than|not\s+below)"
)
BELOW = (
    r"低于|小于|少于|不到|不足|未达到?|没到|没达到|没有达到|没有到|跌破|跌到|降到|<|"
    r"(?<![a-z])(?:below|under|less\s+than|lower\s+than|fewer\s+than|smaller\s+than|beneath)"
)
ABOVE = (
    r"高于|大于|超过|多于|超出|突破|超|破|过(?=\s*\d)|>|"
    r"(?<![a-z])(?:above|over|more\s+than|higher\s+than|greater\s+than|larger\s+than|exceed(?:s|ed|ing)?)"
)
AMOUNT = (
    r"(?:了|到|于)?\s*[¥￥$]?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<scale>%|个点|pp|亿|千万|百万|万|千|w(?![a-z])|k(?![a-z])|m(?:illion)?(?![a-z])|bn(?![a-z]))?"
    r"\s*(?:元|块|单|件|人|个|倍|天|x(?![a-z])|yuan|rmb)?"
)
BEFORE = re.compile(
    rf"(?:(?P<at_most>{AT_MOST})|(?P<at_least>{AT_LEAST})|(?P<below>{BELOW})|(?P<above>{ABOVE})){AMOUNT}(?P<after>以上|以下)?"
)
AFTER = re.compile(rf"{AMOUNT}\s*(?:(?P<at_least>以上|及以上|or\s+more|\+)|(?P<at_most>以下|以内|及以下|or\s+less))")
SCALES = {
    "%": 0.01, "个点": 0.01, "pp": 0.01, "千": 1e3, "k": 1e3, "万": 1e4, "w": 1e4,
    "百万": 1e6, "m": 1e6, "million": 1e6, "千万": 1e7, "亿": 1e8, "bn": 1e9,
}  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """One bound in the words of the question."""

    side: Side
    includes: bool
    number: float
    is_percent: bool
    span: Span

    def value(self, unit: Unit) -> float | None:
        """The bound as figures of that unit carry it; None when it cannot be one."""
        if unit == "fraction":
            return self.number if self.is_percent else self.number / 100 if self.number > 1 else self.number
        return None if self.is_percent else self.number


def find_bounds(text: str) -> tuple[Bound, ...]:
    """Every bound in a folded text whose names and times are blanked out."""
    found: list[Bound] = []
    for pattern in (BEFORE, AFTER):
        for match in pattern.finditer(text):
            if all(match.end() <= other.span.start or match.start() >= other.span.end for other in found):
                found.append(_bound(match))
    return tuple(sorted(found, key=lambda bound: bound.span.start))


def _bound(match: re.Match[str]) -> Bound:
    kinds = match.groupdict()
    is_below = bool(kinds.get("below") or kinds.get("at_most"))
    scale = match["scale"] or ""
    number = float(match["number"].replace(",", "")) * SCALES.get(scale, 1)
    span = Span(match.start(), match.end(), match.group())
    includes = bool(kinds.get("at_most") or kinds.get("at_least"))
    return Bound("below" if is_below else "above", includes, number, scale in ("%", "个点", "pp"), span)
