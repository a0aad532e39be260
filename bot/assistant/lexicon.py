"""Finds the catalogue's names in a folded text: metrics, dimensions, their values and words with two readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from bot.assistant.fold import fold
from bot.assistant.not_held import NotHeld
from bot.assistant.vocabulary import Words
from metrics.currency import is_alike
from metrics.model import Name, SemanticModel
from metrics.query import Unit

# "absent": a metric or a cut that shops know and this catalogue does not hold.
Kind = Literal["metric", "dimension", "value", "ambiguous", "absent"]
MOST_SEEN = 3000  # values of one dimension that are learnt from the data: names of brands and shops, not of buyers


@dataclass(frozen=True)
class Entry:
    """What a name stands for."""

    kind: Kind
    id: str  # metric or dimension id, canonical value, or the ambiguous word itself
    dimension: str = ""  # of a value
    readings: tuple[str, ...] = ()  # metric ids of an ambiguous word; the nearest ones of an absent metric
    is_part: bool = False  # the name is of a part of the value: 奶粉 of 母婴


@dataclass(frozen=True)
class Term:
    """A name found in a text."""

    entry: Entry
    start: int
    end: int
    text: str


class Lexicon:
    """Every name of one model; longest match wins, so 直播GMV占比 is not read as 直播 and GMV.

    `seen` holds values that occur in the data and are not in the catalogue, by dimension.
    """

    def __init__(
        self, model: SemanticModel, seen: Mapping[str, Iterable[str]] | None = None, not_held: NotHeld | None = None
    ) -> None:
        self._model = model
        self._not_held = not_held
        self.learn(seen or {})

    def learn(self, seen: Mapping[str, Iterable[str]]) -> None:
        """Takes over the values that the data hold now, in place of those learnt before."""
        values = _all_values(self._model, seen)
        entries: dict[str, Entry] = {}
        named = (*_entries(self._model), *_seen(values, self._model), *_absent(self._not_held, self._model))
        for surface, entry in named:
            entries.setdefault(fold(surface), entry)
        self._values = values
        # Together: questions are read in other threads meanwhile, and each name found must be known.
        self._named = ({_single_spaced(surface): entry for surface, entry in entries.items()}, Words(entries))

    @property
    def names(self) -> Mapping[str, Entry]:
        """Folded name → what it stands for."""
        return self._named[0]

    def find(self, text: str) -> tuple[Term, ...]:
        """All names in the folded text, in order, not overlapping."""
        return tuple(self._terms(text))

    def _terms(self, text: str) -> Iterator[Term]:
        at = 0
        names, words = self._named
        while match := words.search(text, at):
            start, end = match.start(), _before_another(text, match, names, words) or match.end()
            name = text[start:end]
            at = _end(text, name, end)
            yield Term(names[_single_spaced(name)], start, at, name)

    def settled(self, term: Term, unit: Unit | None) -> Term:
        """The term as the only one of its readings that has the unit; itself when that settles nothing."""
        if term.entry.kind != "ambiguous" or unit is None:
            return term
        fitting = [id for id in term.entry.readings if is_alike(self._model.metrics[id].unit, unit)]
        return replace(term, entry=Entry("metric", fitting[0])) if len(fitting) == 1 else term

    def lookup(self, name: str) -> Entry | None:
        """What exactly this name stands for, None when it is no name of the catalogue."""
        entry = self.names.get(_single_spaced(fold(name).strip()))
        return None if entry is None or entry.kind == "absent" else entry

    def values(self, dimension: str) -> tuple[str, ...]:
        """Every canonical value of a dimension, those of the catalogue first."""
        return self._values.get(dimension, ())

    def nearest(self, word: str, count: int = 3) -> tuple[str, ...]:
        """Names that look like `word`, best first."""
        return tuple(get_close_matches(fold(word), self._held, n=count, cutoff=0.6))

    @property
    def _held(self) -> list[str]:
        return [name for name, entry in self.names.items() if entry.kind != "absent"]


def _before_another(text: str, match: re.Match[str], names: Mapping[str, Entry], words: Words) -> int | None:
    """Where a shorter name ends and another goes on past this one: 直播销售额 is 直播 and 销售额, not 直播销售."""
    for cut in range(match.start() + 1, match.end()):
        if text[cut].isascii() or text[match.start() : cut] not in names:
            continue
        following = words.match(text, cut)
        if following is not None and following.end() > match.end():
            return cut
    return None


def _end(text: str, name: str, end: int) -> int:
    """家电类目 is the name 家电类 with the rest of the word 类目, 订单数量 is 订单数."""
    rest = {"类": ("目", "别"), "数": ("量",)}.get(name[-1], ())
    return end + 1 if text[end : end + 1] in rest else end


def _single_spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _all_values(model: SemanticModel, seen: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {
        id: tuple(dict.fromkeys([value.id for value in dimension.values] + sorted(seen.get(id, ()))))
        for id, dimension in model.dimensions.items()
    }


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


def _seen(values: Mapping[str, tuple[str, ...]], model: SemanticModel) -> Iterator[tuple[str, Entry]]:
    for dimension, found in values.items():
        listed = {value.id for value in model.dimensions[dimension].values}
        named = [value for value in found if value not in listed and _can_be_named(value)]
        for value in named[:MOST_SEEN]:
            yield value, Entry("value", value, dimension)


def _can_be_named(value: str) -> bool:
    """A single letter or a bare number in a question is rarely the name of a value."""
    text = value.strip()
    return bool(text) and not text.isdigit() and not (len(text) == 1 and text.isascii())


def _absent(not_held: NotHeld | None, model: SemanticModel) -> Iterator[tuple[str, Entry]]:
    for word, nearest in (not_held.metrics if not_held else {}).items():
        yield word, Entry("absent", word, readings=tuple(id for id in nearest if id in model.metrics))
    held = {fold(surface) for dimension in model.dimensions.values() for surface in _surfaces(dimension.name)}
    for word in not_held.cuts if not_held else ():
        if fold(word).lstrip("各分").removesuffix("s") not in held:  # 各品牌 is no lack where there is a 品牌
            yield word, Entry("absent", word)


def _surfaces(name: Name) -> Iterable[str]:
    return (name.zh, name.en, *name.aliases)
