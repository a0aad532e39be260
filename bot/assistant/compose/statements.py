"""What several places say together: the same sentence of two documents once, and where documents disagree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.assistant.fold import fold
from knowledge.contradictions import contradict
from knowledge.documents import Passage

ALIKE = 0.6  # shared pairs of characters of the shorter one: "证据：…" in a playbook and the sentence that it cites
REFERENCE = re.compile(r"（[^（）]*《[^（）]*）")
LABEL = re.compile(r"^[^，。；：:,]{1,12}[：:]\s*")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
YEAR = re.compile(r"(?:19|20)\d\d(?=\s*年|\b)")


@dataclass(frozen=True)
class Statement:
    """One thing said, and every place that says it."""

    passages: tuple[Passage, ...]  # the one whose wording is shown first

    @property
    def shown(self) -> Passage:
        return self.passages[0]


def statements(passages: Sequence[Passage]) -> tuple[Statement, ...]:
    """The passages by what they say, in order; of alike ones the plainest wording is shown."""
    groups: list[list[Passage]] = []
    for passage in passages:
        same = next((group for group in groups if _is_same(group[0], passage)), None)
        if same is None:
            groups.append([passage])
        elif all((passage.document, passage.section) != (other.document, other.section) for other in same):
            same.append(passage)
    return tuple(Statement(tuple(sorted(group, key=_ornament))) for group in groups)


def disagreeing(said: Sequence[Statement]) -> tuple[Statement, ...]:
    """The first statement and those that give another figure for the same; newest first."""
    if not said:
        return ()
    first = said[0]
    others = [other for other in said[1:] if contradict(first.shown, other.shown)]
    found = [first, *others] if others else []
    return tuple(sorted(found, key=lambda item: item.shown.date or date.min, reverse=True))


def _ornament(passage: Passage) -> int:
    return len(passage.quote) - len(_bare(passage.quote))


def _bare(quote: str) -> str:
    return LABEL.sub("", fold(REFERENCE.sub("", quote)))


def _is_same(first: Passage, second: Passage) -> bool:
    figures = _figures(first.quote), _figures(second.quote)
    is_part = figures[0] <= figures[1] or figures[1] <= figures[0]
    is_alike = is_part and bool(figures[0]) == bool(figures[1]) and _likeness(first.quote, second.quote) >= ALIKE
    return is_alike and not contradict(first, second)  # 七天 and 十五天 hold no digit that tells them apart


def _figures(quote: str) -> frozenset[str]:
    return frozenset(NUMBER.findall(YEAR.sub("", _bare(quote))))


def _likeness(first: str, second: str) -> float:
    one, other = (_pairs(NUMBER.sub("", _bare(text))) for text in (first, second))
    return len(one & other) / max(1, min(len(one), len(other)))


def _pairs(text: str) -> frozenset[str]:
    letters = re.sub(r"\W", "", text)
    return frozenset(letters[index : index + 2] for index in range(len(letters) - 1))
