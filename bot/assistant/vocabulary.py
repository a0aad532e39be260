"""The words that steer a question (vocabulary.yaml), ready to be found in a folded text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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

    def find(self, text: str) -> dict[str, tuple[Span, ...]]:
        """Cue name -> where its words stand in the folded text; every cue is a key."""
        found: dict[str, list[Span]] = {cue: [] for cue in self.cues}
        for match in self.pattern.finditer(text):
            word = re.sub(r"\s+", " ", match.group())
            for cue, words in self.cues.items():
                if word in words:
                    found[cue].append(Span(match.start(), match.end(), word))
        return {cue: tuple(spans) for cue, spans in found.items()}

    def is_filler(self, word: str) -> bool:
        """Whether nothing is left of the word once words without meaning are taken out."""
        return word in self.cues["filler"] or not self.pattern.sub("", word).strip()


@cache
def load_vocabulary() -> Vocabulary:
    """The bundled vocabulary; parsed once."""
    import yaml  # kept off the start path of `--help`

    source = (files("bot.assistant") / "vocabulary.yaml").read_text(encoding="utf-8")
    raw = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  # both are safe loaders
    cues = {cue: frozenset(str(word) for word in words) for cue, words in raw.items()}
    return Vocabulary(cues, pattern_of(tuple(frozenset().union(*cues.values()))))


def pattern_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """One alternation, longest word first; a Latin word matches only as a whole word."""
    ordered = sorted(set(words), key=len, reverse=True)
    return re.compile("|".join(bounded(word) for word in ordered))


def bounded(word: str) -> str:
    """The word as a pattern: no Latin letter or digit may continue it on a Latin edge."""
    pattern = re.escape(word).replace(r"\ ", r"\s+")
    before = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", word) else ""
    after = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", word) else ""
    return before + pattern + after
