"""The words that steer a question (vocabulary.yaml), ready to be found in a folded text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Cues that hold words of time without naming a time: "the best day" is no day, "by weekday" is no week.
FIRST = ("which_hour", "which_day", "which_week", "which_month", "per_day", "by_weekday")


@dataclass(frozen=True)
class Span:
    """A piece of the folded text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Vocabulary:
    """All steering words; the longest word at a place wins over shorter ones of any cue."""

    cues: Mapping[str, frozenset[str]]  # cue name -> its words; "filler" means nothing alone
    words: Words  # any word of any cue
    first_words: Words  # words of FIRST

    def find_first(self, text: str) -> dict[str, tuple[Span, ...]]:
        """The words that must be found before words of time are looked for; every cue is a key."""
        return self._found(self.first_words, text)

    def find(self, text: str) -> dict[str, tuple[Span, ...]]:
        """Cue name -> where its words stand in the folded text; every cue is a key."""
        return self._found(self.words, text)

    def _found(self, words: Words, text: str) -> dict[str, tuple[Span, ...]]:
        found: dict[str, list[Span]] = {cue: [] for cue in self.cues}
        for match in words.finditer(text):
            word = re.sub(r"\s+", " ", match.group())
            for cue, own in self.cues.items():
                if word in own:
                    found[cue].append(Span(match.start(), match.end(), word))
        return {cue: tuple(spans) for cue, spans in found.items()}

    def is_filler(self, word: str) -> bool:
        """Whether nothing is left of the word once words without meaning are taken out."""
        stem = word.partition("'")[0].rstrip(".-")  # who's, vs.
        return word in self.cues["filler"] or stem in self.cues["filler"] or not self.words.without(word).strip()


@cache
def load_vocabulary() -> Vocabulary:
    """The bundled vocabulary; parsed once."""
    import yaml  # kept off the start path of `--help`

    source = (files("bot.assistant") / "vocabulary.yaml").read_text(encoding="utf-8")
    raw = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    cues = {cue: frozenset(str(word) for word in words) for cue, words in raw.items()}
    first = frozenset().union(*(cues[cue] for cue in FIRST))
    return Vocabulary(cues, Words(frozenset().union(*cues.values())), Words(first))


def bounded(word: str) -> str:
    """The word as a pattern: on a Latin edge no letter may continue it, on a digit's edge no digit either."""
    pattern = re.escape(word).replace(r"\ ", r"\s+")
    before = _edge(word[0], "(?<!", "")
    after = _edge(word[-1], "(?!", r"|(?=top\s?\d)")
    return before + pattern + after


def _edge(character: str, opening: str, unless: str) -> str:
    """双11GMV and GMVtop3 are two words each, 3C数码 and 13c are one."""
    if not re.match(r"[a-z0-9]", character):
        return ""
    barred = f"{opening}[a-z])" if character.isalpha() else f"{opening}[a-z0-9])"
    return f"(?:{barred}{unless})" if unless else barred


class Words:
    """One alternation, longest word first; a Latin word matches only as a whole word.

    The words of each first character are a pattern of their own, compiled when a text holds that character: all
    together take half a second.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[str]] = {}
        for word in set(words):
            self._words.setdefault(_key(word[0]), []).append(word)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def match(self, text: str, at: int) -> re.Match[str] | None:
        """The longest word that stands at `at`."""
        key = _key(text[at : at + 1])
        if key not in self._words:
            return None
        if key not in self._patterns:
            ordered = sorted(self._words[key], key=len, reverse=True)
            self._patterns[key] = re.compile("|".join(bounded(word) for word in ordered))
        return self._patterns[key].match(text, at)

    def search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first word at or after `start`."""
        return next((found for at in range(start, len(text)) if (found := self.match(text, at))), None)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """All words in order, not overlapping."""
        at = 0
        while found := self.search(text, at):
            yield found
            at = found.end()

    def without(self, text: str) -> str:
        """The text with every word taken out."""
        kept, at = "", 0
        for found in self.finditer(text):
            kept, at = kept + text[at : found.start()], found.end()
        return kept + text[at:]


def _key(character: str) -> str:
    """A space in a word stands for any space in a text."""
    return " " if character.isspace() else character
