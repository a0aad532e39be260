"""Text to the terms of the keyword index: words as a search engine cuts them, and pairs of characters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Protocol

from knowledge.folding import fold, special_words
from knowledge.stopwords import is_empty

VERSION = "1"  # of this way to cut; a change makes the index cut its documents again
HANZI_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
LETTERS = re.compile(r"[^\W_]")
ENGLISH_PLURAL = re.compile(r"[a-z]{3,}[^s\Wui]s")

# The dictionary's parts of speech (jieba's tag set), as beginnings
NOUN_TAGS = ("n", "j", "l", "i", "vn", "an", "s")
PROPER_TAGS = ("nr", "ns", "nt", "nz")  # of people, places, companies, and what no dictionary has
NAMING_TAGS = (*NOUN_TAGS, "t", "m", "x", "eng", "b")  # times, numbers and Latin words name something as well
NOUN_MISSED, OTHER_MISSED = 1.0, 0.25


class Segmenter(Protocol):
    def cut_for_search(self, text: str) -> list[str]: ...

    def tag(self, text: str) -> list[tuple[str, str]]: ...

    def has_word(self, word: str) -> bool: ...

    def suggest_freq(self, word: str) -> int: ...


@lru_cache(maxsize=1)
def segmenter() -> Segmenter:
    """The word dictionary (0.2 s to build), which keeps the words of the synonym table whole."""
    from rjieba import Jieba

    built = Jieba()
    for word in sorted(special_words()):
        if not word.isascii():
            built.add_word(word, 1_000_000, "n")
    return built


def terms(folded: str) -> list[str]:
    """The terms of a folded text, with repetition: words, and character pairs for what no dictionary has."""
    words = [singular(word) for word in segmenter().cut_for_search(folded) if LETTERS.search(word)]
    pairs = [run[index : index + 2] for run in HANZI_RUN.findall(folded) for index in range(len(run) - 1)]
    return words + pairs


def query_terms(question: str) -> dict[str, float]:
    """The terms of a question without those that only ask or join; all of them when nothing else is left.

    To each the share that it is missed with where it stands nowhere: a noun or a name wholly, what can be said in many
    ways little, and a pair of characters from two words not at all.
    """
    folded = fold(question)
    tagged = [(word, tag) for word, tag in segmenter().tag(folded) if not is_empty(word)]
    found: dict[str, float] = {}
    for word, tag in tagged:
        missed = NOUN_MISSED if tag.startswith(NAMING_TAGS) else OTHER_MISSED
        for term in terms(word) or [word]:
            if LETTERS.search(term) and not is_empty(term):
                found[term] = max(found.get(term, 0.0), missed)
    runs = "".join(word if not is_empty(word) else " " for word, _ in segmenter().tag(folded))
    for run in HANZI_RUN.findall(runs):
        for index in range(len(run) - 1):
            found.setdefault(run[index : index + 2], 0.0)
    return found or dict.fromkeys(terms(folded), NOUN_MISSED)


def singular(word: str) -> str:
    """An English word without the ending of several; any other word as it is."""
    return word[:-1] if ENGLISH_PLURAL.fullmatch(word) else word
