"""How much a word of a question tells: a rare noun much, what anybody says of anything little."""

from __future__ import annotations

import math
import re

from knowledge.keyword import KeywordIndex
from knowledge.tokens import NOUN_TAGS, segmenter

TELLING, EVERYDAY = 100, 5000  # counts of the dictionary: below the one a word tells all, from the other on little
LEAST = 0.35  # what an everyday word tells
VERB_WEIGHT = 0.7  # it can be said in many ways, a noun in few
TIME_WEIGHT = 0.25  # 一年, 年底: a time that matters is a name
OTHER_WEIGHT = 0.45
COUNTED_TIME = re.compile(r"[一二两三四五六七八九十几半这那每上下]+个?[天日周月年季次回]")


def weight(word: str, tag: str, keywords: KeywordIndex) -> float:
    """Of a folded word that is no name."""
    return _scarcity(word, keywords) * _of_kind(word, tag) * specificity(word)


def specificity(word: str) -> float:
    """1 for a word that is rare in the language at large, LEAST for one that is said of everything."""
    count = max(1, segmenter().suggest_freq(word))
    share = (math.log(count) - math.log(TELLING)) / (math.log(EVERYDAY) - math.log(TELLING))
    return 1.0 - (1.0 - LEAST) * min(1.0, max(0.0, share))


def _scarcity(word: str, keywords: KeywordIndex) -> float:
    """A word that stands nowhere separates no passages: it weighs as one that stands in one."""
    return keywords.rarity(word) if keywords.holds(word) else keywords.rarity_of_one


def _of_kind(word: str, tag: str) -> float:
    if tag.startswith("t") or COUNTED_TIME.fullmatch(word):
        return TIME_WEIGHT
    if tag.startswith(NOUN_TAGS):
        return 1.0
    return VERB_WEIGHT if tag.startswith("v") else OTHER_WEIGHT
