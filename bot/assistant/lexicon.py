"""Finds the catalogue's names in a folded text: metrics, dimensions, their values and words with two readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from bot.assistant.fold import fold
from bot.assistant.vocabulary import pattern_of
from metrics.model import Name, SemanticModel

Kind = Literal["metric", "dimension", "value", "ambiguous"]


SURE = 0.8  # of difflib's ratio: below, another word may be meant


@dataclass(frozen=True)
class Entry:
    """What a name stands for."""

    kind: Kind
    id: str  # metric or dimension id, canonical value, or the ambiguous word itself
    dimension: str = ""  # of a value
    readings: tuple[str, ...] = ()  # metric ids of an ambiguous word
    is_part: bool = False  # the name is of a part of the value: 奶粉 of 母婴


@dataclass(frozen=True)
class Term:
    """A name found in a text."""

    entry: Entry
    start: int
    end: int
    text: str


class Lexicon:
    """Every name of one model; longest match wins, so 直播GMV占比 is not read as 直播 and GMV."""

    def __init__(self, model: SemanticModel) -> None:
        self._entries: dict[str, Entry] = {}
        for surface, entry in _entries(model):
            self._entries.setdefault(fold(surface), entry)
        self._pattern = pattern_of(tuple(self._entries))
        self._normal = {re.sub(r"\s+", " ", surface): entry for surface, entry in self._entries.items()}

    def find(self, text: str) -> tuple[Term, ...]:
        """All names in the folded text, in order, not overlapping."""
        return tuple(
            Term(self._normal[re.sub(r"\s+", " ", match.group())], match.start(), match.end(), match.group())
            for match in self._pattern.finditer(text)
        )

    def lookup(self, name: str) -> Entry | None:
        """What exactly this name stands for, None when it is no name of the catalogue."""
        return self._normal.get(re.sub(r"\s+", " ", fold(name).strip()))

    def misspelt(self, word: str) -> str | None:
        """The metric's name that `word` is a slip of: letters swapped, or nearly all the same."""
        folded = fold(word)
        names = [name for name, entry in self._normal.items() if entry.kind == "metric"]
        swapped = [name for name in names if name != folded and sorted(name) == sorted(folded)]
        return next(iter(swapped or get_close_matches(folded, names, n=1, cutoff=SURE)), None)

    def nearest(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Names that look like `word`, best first."""
        return tuple(get_close_matches(fold(word), list(self._normal), n=count, cutoff=0.6))


def _entries(model: SemanticModel) -> Iterator[tuple[str, Entry]]:
    for word, readings in model.ambiguous.items():
        yield word, Entry("ambiguous", word, readings=tuple(readings))
    for metric in model.metrics.values():
        for surface in (*_surfaces(metric.name), metric.id, metric.id.replace("_", " ")):
            yield surface, Entry("metric", metric.id)
    for dimension in model.dimensions.values():
        for value in dimension.values:
            parts = frozenset(value.narrower)
            for surface in (*_surfaces(value.name), value.id):
                yield surface, Entry("value", value.id, dimension.id, is_part=surface in parts)
        for surface in (*_surfaces(dimension.name), dimension.id):
            yield surface, Entry("dimension", dimension.id)


def _surfaces(name: Name) -> Iterable[str]:
    return (name.zh, name.en, *name.aliases)
