"""What a question names, and whether that stands in a passage.

A score alone cannot tell "the right company, the wrong year" from an answer; the words can.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.folding import fold, fold_characters, wordings
from knowledge.snapshot import Corpus
from knowledge.stopwords import is_uninformative
from knowledge.tokens import segmenter

HANZI = re.compile(r"[\u3400-\u9fff]")
NUMBER = re.compile(r"\d")
LATIN = re.compile(r"[a-z][a-z0-9.&+-]*")
CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z][A-Za-z0-9]+|\b[A-Z0-9]*[A-Z][A-Z0-9]+\b")
NAME_TAGS = ("nr", "ns", "nt", "nz")
NOUN_TAGS = ("n", "j", "l", "i", "vn", "s", "an")
COUNTED = frozenset("个种条点次步招大项类家位")  # "3 个方法" asks for a number of answers, it does not name one


@dataclass(frozen=True)
class NamedWord:
    """An informative word of a question."""

    word: str  # folded
    shown: str  # as the question writes it
    weight: float  # its rarity among the passages
    is_exact: bool  # a number or Latin word: must stand there as it is
    is_noun: bool


@dataclass(frozen=True)
class Coverage:
    share: float  # 0…1 of the informative weight
    missing: tuple[NamedWord, ...]


def named_words(question: str, corpus: Corpus) -> tuple[NamedWord, ...]:
    """The informative words, in order, without repetition."""
    original = fold_characters(question)
    names = {fold_characters(name) for name in CAPITALISED.findall(question)}
    is_foreign = not HANZI.search(question)
    found: dict[str, NamedWord] = {}
    tagged = segmenter().tag(fold(question))
    for index, (word, tag) in enumerate(tagged):
        following = tagged[index + 1][0] if index + 1 < len(tagged) else ""
        if word in found or not _is_informative(word, following):
            continue
        is_exact = bool(NUMBER.search(word) or LATIN.fullmatch(word))
        if is_foreign and LATIN.fullmatch(word) and word not in names:
            continue  # an English word cannot stand in a Chinese passage; its vector speaks for it
        shown = next((wording for wording in wordings(word) if wording in original), word)
        is_noun = tag.startswith(NAME_TAGS) or tag in NOUN_TAGS
        found[word] = NamedWord(word, shown, corpus.keywords.rarity(word), is_exact, is_noun)
    return tuple(found.values())


def _is_informative(word: str, following: str) -> bool:
    if is_uninformative(word) or not re.search(r"\w", word):
        return False
    if NUMBER.search(word):
        return following[:1] not in COUNTED
    return len(word) > 1


def measure(named: Sequence[NamedWord], context: str) -> Coverage:
    """Which of the words stand in the folded context; full when the question names nothing."""
    total = sum(word.weight for word in named)
    missing = tuple(word for word in named if not stands_in(word, context))
    if not named or total <= 0:
        return Coverage(1.0, missing)
    return Coverage(1.0 - sum(word.weight for word in missing) / total, missing)


def stands_in(word: NamedWord, context: str) -> bool:
    """True when the word stands in the folded context; a number or Latin word only as a whole."""
    if not word.is_exact:
        return word.word in context
    return re.search(rf"(?<![a-z0-9.]){re.escape(word.word)}(?![a-z0-9]|\.\d)", context) is not None
