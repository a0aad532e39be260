"""The words that steer a question (vocabulary.yaml), ready to be found in a folded text."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    pattern: re.Pattern[str]  # any word of any cue
    first_pattern: re.Pattern[str]  # words of FIRST

    def find_first(self, text: str) -> dict[str, tuple[Span, ...]]:
        """The words that must be found before words of time are looked for; every cue is a key."""
        return self._found(self.first_pattern, text)

    def find(self, text: str) -> dict[str, tuple[Span, ...]]:
        """Cue name -> where its words stand in the folded text; every cue is a key."""
        return self._found(self.pattern, text)

    def _found(self, pattern: re.Pattern[str], text: str) -> dict[str, tuple[Span, ...]]:
        found: dict[str, list[Span]] = {cue: [] for cue in self.cues}
        for match in pattern.finditer(text):
            word = re.sub(r"\s+", " ", match.group())
            for cue, words in self.cues.items():
                if word in words:
                    found[cue].append(Span(match.start(), match.end(), word))
        return {cue: tuple(spans) for cue, spans in found.items()}

    def is_filler(self, word: str) -> bool:
        """Whether nothing is left of the word once words without meaning are taken out."""
        stem = word.partition("'")[0].rstrip(".-")  # who's, vs.
        return word in self.cues["filler"] or stem in self.cues["filler"] or not self.pattern.sub("", word).strip()


@cache
def load_vocabulary() -> Vocabulary:
    """The bundled vocabulary; parsed once."""
    import yaml  # kept off the start path of `--help`

    source = (files("bot.assistant") / "vocabulary.yaml").read_text(encoding="utf-8")
    raw = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    cues = {cue: frozenset(str(word) for word in words) for cue, words in raw.items()}
    words = tuple(frozenset().union(*cues.values()))
    first = tuple(frozenset().union(*(cues[cue] for cue in FIRST)))
    return Vocabulary(cues, pattern_of(words), pattern_of(first))


def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """One alternation, longest word first; a Latin word matches only as a whole word."""
    ordered = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(bounded(word) for word in ordered))


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
