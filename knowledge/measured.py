"""What a question asks the amount of: 工资 in 主播工资一般多少, 预算 in 要花多少预算, 报名 in 最后报名了多少."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.stopwords import is_uninformative
from knowledge.tokens import NOUN_TAGS

ASKING = re.compile(r"多少|几(?!乎)|百分之|多[大高快久长远重]|how (?:many|much)")
MODIFIERS = (*NOUN_TAGS, "v", "b", "a")  # 付费 before 会员
BEFORE_NOUN = re.compile(r"[的之]|[^\w]")
NEAREST = 4  # words between the thing and the word that asks: 一般 是 到 了


def measured_words(tagged: Sequence[tuple[str, str]]) -> frozenset[str]:
    """The nouns, or the one verb, that a word asking for an amount belongs to."""
    found: set[str] = set()
    for index, (word, _) in enumerate(tagged):
        if ASKING.search(word):
            found |= _after(tagged, index) or _before(tagged, index)
    return frozenset(found)


def _after(tagged: Sequence[tuple[str, str]], index: int) -> set[str]:
    """多少预算, 多少个企微好友: the nouns behind; a counter or a generic one (多少人, 多少钱) is none."""
    found: set[str] = set()
    for word, tag in tagged[index + 1 : index + 4]:
        if is_uninformative(word):
            continue
        if tag.startswith("v") or len(word) < 2:
            break
        found.add(word)
    return found


def _before(tagged: Sequence[tuple[str, str]], index: int) -> set[str]:
    """The nearest noun with what stands directly before it, unless an informative verb comes first."""
    for place in range(index - 1, max(-1, index - 1 - NEAREST), -1):
        word, tag = tagged[place]
        if BEFORE_NOUN.fullmatch(word) or is_uninformative(word) or len(word) < 2:
            continue
        if tag.startswith(NOUN_TAGS):
            return {word, *_modifier(tagged, place)}
        return {word} if tag.startswith("v") else set()
    return set()


def _modifier(tagged: Sequence[tuple[str, str]], place: int) -> set[str]:
    if not place:
        return set()
    word, tag = tagged[place - 1]
    is_one = tag.startswith(MODIFIERS) and len(word) > 1 and not is_uninformative(word)
    return {word} if is_one else set()
