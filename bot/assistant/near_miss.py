"""Reads names that were written as they sound or with a slip: 专化率, zhuanhualv, convertion rate."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.assistant.fold import is_chinese
from bot.assistant.lexicon import Entry, Lexicon, Term
from bot.assistant.vocabulary import Span, Vocabulary

LONGEST_NAME = 8  # characters of a Chinese name that is looked for by its sound
MOST_WORDS = 4  # of a Latin name
SHORTEST_LATIN = 5  # below, one letter makes another word: life, live; only swapped letters count
ONE_SLIP, TWO_SLIPS = 5, 12  # letters from which on so many slips are still the same word
RUN = re.compile(r"[\u3400-\u9fff]{2,}")
LATIN = re.compile(r"(?<![a-zü&])[a-zü][a-zü'\-]*(?![a-zü&])")  # no half of Q&A
# What many speakers do not tell apart: flat and curled tongue, front and back nose, l and n.
MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))


@dataclass(frozen=True)
class Guess:
    """A stretch of the folded text with the names that it may stand for."""

    start: int
    end: int
    text: str
    names: tuple[str, ...]  # of different things; one when nothing else comes near
    is_sure: bool  # no other word is written like this: it can be read as the name, and that is said


@dataclass(frozen=True)
class _Index:
    """The names that a lexicon holds at one time, by sound and by spelling."""

    names: Mapping[str, Entry]

    def different(self, names: Iterable[str]) -> tuple[str, ...]:
        """One name for each thing that the names stand for; names of parts only when there is nothing else."""
        by_thing: dict[Entry, str] = {}
        for name in names:
            by_thing.setdefault(self.names[name], name)
        whole = tuple(name for entry, name in by_thing.items() if not entry.is_part)
        return whole or tuple(by_thing.values())

    @cached_property
    def sounds(self) -> Mapping[tuple[str, ...], list[str]]:
        return _grouped((sounds, name) for name, sounds in self._spoken)

    @cached_property
    def merged(self) -> Mapping[tuple[str, ...], list[str]]:
        return _grouped((tuple(merged(sound) for sound in sounds), name) for name, sounds in self._spoken)

    @cached_property
    def typed(self) -> Mapping[str, list[str]]:
        spelt = [(name, "".join(sounds)) for name, sounds in self._spoken if len("".join(sounds)) >= SHORTEST_LATIN]
        both = [(letters, name) for name, letters in spelt]
        both += [(letters.replace("v", "u"), name) for name, letters in spelt if "v" in letters]
        return _grouped(both)

    @cached_property
    def latin(self) -> Mapping[str, list[str]]:
        latin = (name for name in self._held if not is_chinese(name) and len(name) > 2)
        return _grouped((name[0], name) for name in latin)

    @cached_property
    def _spoken(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(name, syllables(name)) for name in self._held if RUN.fullmatch(name)]

    @property
    def _held(self) -> Iterator[str]:
        return (name for name, entry in self.names.items() if entry.kind != "absent")


class NearMisses:
    """Looks for one catalogue's names by sound and by spelling; its index is made at the first use."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._made = _Index(lexicon.names)

    def _index(self) -> _Index:
        """That of the names held now: the lexicon learns and forgets values as the data change."""
        names = self._lexicon.names
        if self._made.names is not names:
            self._made = _Index(names)
        return self._made

    def guesses(self, text: str, left_over: Sequence[Span], taken: Sequence[Span | Term]) -> tuple[Guess, ...]:
        """Guesses for the stretches of the folded `text` that nobody understood.

        A guess may swallow names that were found (`taken`) as long as it covers them whole: 退款绿 is not 退款.
        """
        found = [*self._by_sound(text, left_over, taken), *self._by_spelling(text, left_over)]
        found.sort(key=lambda guess: (-(guess.end - guess.start), guess.start))
        kept: list[Guess] = []
        for guess in found:
            if all(guess.end <= other.start or guess.start >= other.end for other in kept):
                kept.append(guess)
        return tuple(sorted(kept, key=lambda guess: guess.start))

    def _by_sound(self, text: str, left_over: Sequence[Span], taken: Sequence[Span | Term]) -> Iterator[Guess]:
        for run in RUN.finditer(text):
            if not any(run.start() <= span.start < run.end() for span in left_over):
                continue
            sounds, borders = syllables(run.group()), _borders(run.group())
            for first, last in _stretches(len(sounds)):
                start, end = run.start() + first, run.start() + last
                if last - first == 2 and not (first in borders and last in borders):
                    continue  # half of another word
                if not _touches(start, end, left_over) or any(_cuts(start, end, span) for span in taken):
                    continue
                guess = self._sounding(text[start:end], sounds[first:last])
                if guess is not None:
                    yield Guess(start, end, text[start:end], *guess)

    def _sounding(self, written: str, sounds: tuple[str, ...]) -> tuple[tuple[str, ...], bool] | None:
        index = self._index()
        exact = index.different(index.sounds.get(sounds, ()))
        near = exact or index.different(index.merged.get(tuple(merged(sound) for sound in sounds), ()))
        if not near or self._vocabulary.is_filler(written):
            return None
        is_word = _in_dictionary(written)
        is_sure = len(near) == 1 and not is_word and (bool(exact) or len(written) > 2)
        return near, is_sure

    def _by_spelling(self, text: str, left_over: Sequence[Span]) -> Iterator[Guess]:
        words = list(LATIN.finditer(text))
        for first, last in _stretches(len(words), shortest=1, longest=MOST_WORDS):
            some = words[first:last]
            start, end = some[0].start(), some[-1].end()
            if any(text[one.end() : two.start()].strip() for one, two in itertools.pairwise(some)):
                continue
            if not _touches(start, end, left_over):
                continue
            guess = self._spelt(" ".join(word.group() for word in some))
            if guess is not None:
                yield Guess(start, end, text[start:end], *guess)

    def _spelt(self, written: str) -> tuple[tuple[str, ...], bool] | None:
        letters = written.replace(" ", "").replace("ü", "v").replace("'", "")
        index = self._index()
        if sounding := index.different(index.typed.get(letters, ())):
            return sounding, len(sounding) == 1
        slips = [
            (name, slip) for name in index.latin.get(written[0], ()) if (slip := _slips(written, name)) is not None
        ]
        if not slips:
            return None
        fewest = min(slip for _, slip in slips)
        names = index.different(name for name, slip in slips if slip == fewest)
        is_long = len(written) >= (TWO_SLIPS if fewest > 1 else SHORTEST_LATIN)
        return names, len(names) == 1 and is_long


def repaired(text: str, guesses: Iterable[Guess]) -> str:
    """`text` with every guess written out as its first name."""
    for guess in sorted(guesses, key=lambda guess: -guess.start):
        text = f"{text[: guess.start]}{guess.names[0]}{text[guess.end :]}"
    return text


def _touches(start: int, end: int, spans: Iterable[Span]) -> bool:
    return any(span.start < end and start < span.end for span in spans)


def _cuts(start: int, end: int, span: Span | Term) -> bool:
    """Whether the stretch takes a part of the span and leaves the rest, or is the span itself."""
    overlaps = span.start < end and start < span.end
    return overlaps and not (start <= span.start and span.end <= end and end - start > span.end - span.start)


def _borders(run: str) -> frozenset[int]:
    """Where words begin and end."""
    import rjieba  # see reading.py

    places, at = {0}, 0
    for word in rjieba.cut(run):
        at += len(word)
        places.add(at)
    return frozenset(places)


def syllables(text: str) -> tuple[str, ...]:
    """Toneless pinyin, one syllable a character; ü is written v."""
    from pypinyin import lazy_pinyin  # its tables take half a second to load; only slips of the pen need them

    return tuple(lazy_pinyin(text))


def merged(syllable: str) -> str:
    """The syllable as it sounds to those who do not tell zh from z or ang from an."""
    for one, other in MERGED:
        if syllable.startswith(one) and len(one) == 2:  # an initial
            syllable = other + syllable[len(one) :]
        elif len(one) == 3 and syllable.endswith(one):
            syllable = syllable[: -len(one)] + other
    return "l" + syllable[1:] if syllable.startswith("n") else syllable


def _stretches(count: int, shortest: int = 2, longest: int = LONGEST_NAME) -> Iterator[tuple[int, int]]:
    for length in range(min(count, longest), shortest - 1, -1):
        for start in range(count - length + 1):
            yield start, start + length


def _grouped(pairs: Iterable[tuple[object, str]]) -> dict:  # type: ignore[type-arg]
    found: dict[object, list[str]] = {}
    for key, name in pairs:
        found.setdefault(key, []).append(name)
    return found


def _in_dictionary(word: str) -> bool:
    import rjieba  # see reading.py

    return bool(rjieba.has_word(word))


def _slips(written: str, name: str) -> int | None:
    """How many slips lead from one to the other: letters missing, added, changed or swapped; None for too many."""
    if written[0] != name[0] or abs(len(written) - len(name)) > 2:
        return None
    if written.replace(" ", "") == name.replace(" ", ""):
        return 0
    if len(name) < SHORTEST_LATIN or len(written) < SHORTEST_LATIN:
        return 1 if sorted(written) == sorted(name) and written != name else None
    allowed = 2 if min(len(name), len(written)) >= 2 * ONE_SLIP else 1
    return _distance(written, name, allowed)


def _distance(one: str, other: str, most: int) -> int | None:
    """Optimal string alignment distance, None when over `most`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
