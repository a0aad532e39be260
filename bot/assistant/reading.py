"""Takes a question apart: names, times, steering words, and what nobody understood."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from bot.assistant.fold import fold, is_chinese
from bot.assistant.lexicon import Lexicon, Term
from bot.assistant.ranking_words import Ranking, find_ranking
from bot.assistant.vocabulary import Span, Vocabulary
from metrics.model import Language

if TYPE_CHECKING:
    from metrics.calendar import Calendar
    from metrics.phrases.reading import CompareMatch, PeriodMatch, Words
    from metrics.phrases.reading import Reading as TimeReading

# Parts of speech that name a thing (jieba's tag set): left over, they say that the question is about
# something that the catalogue does not hold.
NAMING_TAGS = ("n", "eng", "x", "j", "i", "l", "b")
LONGEST_SHARED_NAME = 4  # letters: gmv, roi, aov, uv, 3c
NAME_MARK = "\ufffc"
WORD = re.compile(r"[a-z0-9][a-z0-9.'\-]*|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Reading:
    """Everything found in one question; offsets are those of the folded text."""

    raw: str
    text: str  # folded
    language: Language
    terms: tuple[Term, ...]
    times: TimeReading
    cues: dict[str, tuple[Span, ...]]
    ranking: Ranking | None  # top 5, 前三
    unknown: tuple[str, ...]  # words that name something nobody here knows
    loose: tuple[str, ...]  # other words that were not understood

    def has(self, *names: str) -> bool:
        """Whether any of these cues was found."""
        return any(self.cues[name] for name in names)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """Metric ids in order, each once."""
        return tuple(dict.fromkeys(term.entry.id for term in self.terms if term.entry.kind == "metric"))

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """Dimension id → canonical values named."""
        found: dict[str, list[str]] = {}
        for term in self.terms:
            if term.entry.kind == "value" and term.entry.id not in found.setdefault(term.entry.dimension, []):
                found[term.entry.dimension].append(term.entry.id)
        return {dimension: tuple(values) for dimension, values in found.items()}

    @cached_property
    def dimensions(self) -> tuple[Term, ...]:
        """Dimension names in order."""
        return tuple(term for term in self.terms if term.entry.kind == "dimension")

    @cached_property
    def ambiguous(self) -> tuple[Term, ...]:
        """Words with two equally likely readings."""
        return tuple(term for term in self.terms if term.entry.kind == "ambiguous")

    @cached_property
    def parts(self) -> tuple[Term, ...]:
        """Names of parts of a value, for which there is no figure of their own."""
        return tuple(term for term in self.terms if term.entry.is_part)

    @property
    def is_bare(self) -> bool:
        """Whether nothing of the catalogue and no time was named."""
        return not self.terms and not self.times.periods and not self.times.compares


class Reader:
    """Reads questions against one catalogue, calendar and vocabulary."""

    def __init__(self, lexicon: Lexicon, calendar: Calendar, vocabulary: Vocabulary, week_start: int = 0) -> None:
        self._lexicon = lexicon
        self.calendar = calendar
        self._vocabulary = vocabulary
        self._week_start = week_start

    def read(self, raw: str, now: datetime, fallback: Language = "zh") -> Reading:
        """One question taken apart; never raises. `fallback` is the language of a text that has none (GMV, 11.11)."""
        from metrics.periods import read as read_times  # lunar tables and all; not for `--help`

        text = fold(raw)
        terms = self._lexicon.find(text)
        masked = _mask(text, terms, NAME_MARK)  # a name stood there: time words around it are not neighbours
        times = read_times(masked, now=now, calendar=self.calendar, week_start=self._week_start)
        spans = (*times.periods, *times.compares, *times.unread, *((times.grain_span,) if times.grain_span else ()))
        rest = _mask(masked, spans).replace(NAME_MARK, " ")
        ranking = find_ranking(rest)
        if ranking is not None:
            rest = _mask(rest, (ranking.span,))
        cues = self._vocabulary.find(rest)
        left = _mask(rest, (span for cue, found in cues.items() if cue != "filler" for span in found))
        unknown, loose = self._left_over(left)
        language = _language(raw, text, terms, fallback)
        return Reading(raw, text, language, terms, times, cues, ranking, unknown, loose)

    def _left_over(self, text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        unknown: list[str] = []
        loose: list[str] = []
        for word, tag in _words(text):
            if self._vocabulary.is_filler(word):
                continue
            names = tag.startswith(NAMING_TAGS) and (len(word) > 1 or tag == "eng")
            (unknown if names else loose).append(word)
        return tuple(dict.fromkeys(unknown)), tuple(dict.fromkeys(loose))


def _language(raw: str, text: str, terms: tuple[Term, ...], fallback: Language) -> Language:
    """Chinese by its characters, English by its words; names such as GMV belong to both."""
    if is_chinese(raw):
        return "zh"
    shared = [term for term in terms if len(term.text) <= LONGEST_SHARED_NAME and term.text.isascii()]
    return "en" if re.search(r"[a-z]{2}", _mask(text, shared)) else fallback


def _words(text: str) -> Iterable[tuple[str, str]]:
    import rjieba  # loads its dictionary; only questions with words left over need it

    for match in WORD.finditer(text):
        if match.group()[0] <= "z":
            yield match.group(), "eng"
        else:
            yield from rjieba.tag(match.group())


def _mask(text: str, spans: Iterable[Span | Term | PeriodMatch | CompareMatch | Words], mark: str = " ") -> str:
    """`text` with every span blanked out, so that what follows does not read it again."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = mark * (span.end - span.start)
    return "".join(characters)
