"""Reads how many of the largest or smallest were asked for: 前三, top 5, 最低的两个, 哪个最高."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.assistant.vocabulary import Span

DIGITS = dict(zip("一二两俩三仨四五六七八九十", (1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
NUMBER = rf"(\d{{1,2}}|[{''.join(DIGITS)}]|{'|'.join(ENGLISH)})(?![\d.%a-z])"
COUNTER = r"\s*(?:名|个|位|大|款|家|强)?"
FIRST = re.compile(rf"(?:(?<![a-z])(?:top|first|highest|largest|best)\s*-?|前|第|最[高多大好长]的?){NUMBER}{COUNTER}")
LAST = re.compile(
    rf"(?:(?<![a-z])(?:bottom|last|lowest|smallest|worst)\s*|倒数第?|后|末|最[低少小差短]的?){NUMBER}{COUNTER}"
)
BY_SENSE = re.compile(r"^(?:best|worst|最好|最差)")
COUNTED = re.compile(rf"(?:的|哪|(?<=\s)|^)\s*{NUMBER}\s*(?:名|个|位|大|款|家)(?![月年周天])")


@dataclass(frozen=True)
class Ranking:
    """A cut-off ranking in the words of the question."""

    count: int
    direction: int  # +1 the first ones, −1 the last ones, 0 when only the number was said
    by_sense: bool  # "best"/"worst": which end is meant depends on the metric
    span: Span


def find_ranking(text: str) -> Ranking | None:
    """The first ranking in a folded text whose times are blanked out, None without one."""
    for pattern, direction in ((FIRST, 1), (LAST, -1), (COUNTED, 0)):
        if match := pattern.search(text):
            span = Span(match.start(), match.end(), match.group())
            return Ranking(_number(match.group(1)), direction, bool(BY_SENSE.match(match.group())), span)
    return None


def signed_top(ranking: Ranking | None, cues: dict[str, tuple[Span, ...]], higher_is_better: bool) -> int | None:
    """+n for the n largest, −n for the n smallest, None when no ranking was cut off.

    "Best" and "worst" go by the metric's own sense: the worst refund rate is the highest.
    """
    sign = _sign(cues, higher_is_better)
    if ranking is None:
        return sign or None
    if ranking.direction == 0:
        return (sign or 1) * ranking.count if sign else None
    is_turned = ranking.by_sense and not higher_is_better
    return (-ranking.direction if is_turned else ranking.direction) * ranking.count


def _sign(cues: dict[str, tuple[Span, ...]], higher_is_better: bool) -> int:
    sense = 1 if higher_is_better else -1
    if any(cues.get(cue) for cue in ("best", "highest")) and any(cues.get(cue) for cue in ("worst", "lowest")):
        return 0  # both ends are asked for: the whole table shows them
    for cue, sign in (("best", sense), ("worst", -sense), ("lowest", -1), ("highest", 1)):
        if cues.get(cue):
            return sign
    return 0


def _number(text: str) -> int:
    return DIGITS.get(text) or ENGLISH.get(text) or max(1, int(text) if text.isdigit() else 1)
