"""Whether two questions ask the same thing: a verified answer is never given to another question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LEAST_LIKENESS = 0.8  # of sentence vectors; rewordings of one question lie above, most other subjects below
LEAST_WORDS = 2  # a question of one word is a follow-up of anything
FIGURE = re.compile(r"(?<![0-9a-z])-?\d+(?:[.,:/-]\d+)*%?|\d+(?:[.,:/-]\d+)*%?")
Likeness = Callable[[str, str], float | None]


@dataclass(frozen=True)
class Asked:
    """A question taken apart."""

    text: str  # folded
    bare: str  # letters and figures only
    figures: tuple[str, ...]  # with sign, point and percent
    ways: frozenset[str]  # how it is asked: what, how, why, …
    # Between verbs and turns the order of words is free, across them it is not: each part with what ends it.
    parts: tuple[tuple[tuple[str, ...], str], ...]

    @property
    def words(self) -> int:
        """How many words say what it is about."""
        return sum(len(held) for held, _ in self.parts) + sum(bool(end) for _, end in self.parts)

    @property
    def is_enough(self) -> bool:
        """False for what means nothing without a question before it."""
        return self.words >= LEAST_WORDS


def taken_apart(question: str) -> Asked:
    """The question in one way of writing, with its words."""
    from knowledge.folding import fold  # late: loads the tables of characters
    from knowledge.tokens import segmenter

    folded = fold(question).strip()
    ways, rest = _ways(folded)
    parts: list[tuple[tuple[str, ...], str]] = []
    held: list[str] = []
    for word, tag in segmenter().tag(rest):
        name = _words().alike.get(word, word)
        if _is_sign(word) or (name in _words().fillers and name not in _words().denials):
            continue
        # Order says who does what to whom in English, and which of two figures is which everywhere.
        if name in _words().anchors or name.isascii() or (tag.startswith("v") and tag != "vn"):
            parts.append((tuple(sorted(held)), name))
            held = []
        else:
            held.append(name)
    parts.append((tuple(sorted(held)), ""))
    return Asked(folded, _bare(folded), tuple(FIGURE.findall(folded)), ways, tuple(parts))


def is_same(first: Asked, second: Asked, likeness: Likeness) -> bool:
    """Equal but for signs; or the same words, asked the same way, in a like sentence."""
    if first.figures != second.figures:
        return False
    if first.bare == second.bare:
        return True
    if first.ways != second.ways or first.parts != second.parts:
        return False
    near = likeness(first.text, second.text)
    return near is not None and near >= LEAST_LIKENESS


def _ways(folded: str) -> tuple[frozenset[str], str]:
    """How it is asked, and the question without those words."""
    found: set[str] = set()

    def note(match: re.Match[str]) -> str:
        found.add(_words().way_of[match[0]])
        return " "

    rest = _words().asking.sub(note, folded)
    return frozenset(found), rest


def _bare(text: str) -> str:
    """Letters and figures only."""
    return "".join(sign for sign in text if not _is_sign(sign))


def _is_sign(text: str) -> bool:
    return all(unicodedata.category(sign)[0] in "PSZC" for sign in text)


@dataclass(frozen=True)
class _Words:
    asking: re.Pattern[str]
    way_of: Mapping[str, str]
    fillers: frozenset[str]
    alike: Mapping[str, str]
    anchors: frozenset[str]
    denials: frozenset[str]


@cache
def _words() -> _Words:
    import yaml  # read on first use, not at import

    from knowledge.folding import fold_characters

    held = yaml.safe_load((files("bot.assistant") / "same_question.yaml").read_text(encoding="utf-8"))
    way_of = {fold_characters(word): way for way, words in held["asking"].items() for word in words}
    longest = sorted(way_of, key=len, reverse=True)
    pattern = "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in longest)
    denials = frozenset(held["denials"])
    return _Words(
        asking=re.compile(pattern),
        way_of=way_of,
        fillers=frozenset(held["fillers"]),
        alike=held["alike"],
        anchors=frozenset(held["turns"]) | denials,
        denials=denials,
    )
