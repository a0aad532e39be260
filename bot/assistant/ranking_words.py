"""Reads how many of the largest or smallest were asked for: 前三, top 5, 最低的两个, 哪个最高."""

from __future__ import annotations

import re

from bot.assistant.reading import Reading
from metrics.model import SemanticModel

DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "仨": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
NUMBER = r"(\d{1,2}|[一二两俩三仨四五六七八九十]|one|two|three|four|five|ten)"
ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
COUNTER = r"\s*(?:名|个|位|大|款|家|强)?"
FIRST = re.compile(
    rf"(?:top|前|first|highest|largest|best)\s*-?{NUMBER}(?![\d.])(?!\s*(?:天|周|个?月|季|年|日|小时)){COUNTER}"
)
LAST = re.compile(
    rf"(?:bottom|倒数|后|末|last|lowest|smallest|worst)\s*{NUMBER}(?![\d.])(?!\s*(?:天|周|个?月|季|年|日|小时|days|weeks|months)){COUNTER}"
)
AFTER = re.compile(rf"的\s*{NUMBER}\s*(?:名|个|位|大|款|家)")


def read_top(reading: Reading, model: SemanticModel, metric: str) -> int | None:
    """+n for the n largest, −n for the n smallest, None when no ranking was cut off.

    "Best" and "worst" go by the metric's own sense: the worst refund rate is the highest.
    """
    sign = _sign(reading, model.metrics[metric].higher_is_better)
    for pattern, direction in ((FIRST, 1), (LAST, -1)):
        if match := pattern.search(reading.text):
            return (sign if sign and direction > 0 else direction) * _number(match.group(1))
    if sign == 0:
        return None
    match = AFTER.search(reading.text)
    return sign * (_number(match.group(1)) if match else 1)


def _sign(reading: Reading, higher_is_better: bool) -> int:
    if reading.has("best"):
        return 1 if higher_is_better else -1
    if reading.has("worst"):
        return -1 if higher_is_better else 1
    if reading.has("lowest"):
        return -1
    return 1 if reading.has("highest") else 0


def _number(text: str) -> int:
    return DIGITS.get(text) or ENGLISH.get(text) or max(1, int(text) if text.isdigit() else 1)
