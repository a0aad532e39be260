"""Finds what a speaker takes back in the same breath: 母婴 啊不 美妆, last week, no wait, last month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.assistant.lexicon import Term
from bot.assistant.vocabulary import Span

if TYPE_CHECKING:
    from metrics.phrases.reading import PeriodMatch

GAP = r"[\s,，。.;；、…~—\-]*"
BETWEEN = re.compile(
    rf"{GAP}(?:[啊哦噢呃额嗯哎诶欸]{GAP})?(?:不对不对|不对|不不+|说错了?|错了|搞错了?|口误|更正|改成|我?应该是|我是说|我说的是|我的意思是|"
    r"(?<=[啊哦噢呃额嗯哎诶欸])不是?|(?:oh\s+|uh\s+)?(?:no\s+wait|wait\s+no|sorry|scratch\s+that|make\s+that|or\s+rather|correction|i\s+meant?))"
    rf"{GAP}(?:[啊哦噢呃额嗯哎诶欸]{GAP})?(?:我?应该是|是|我是说|我说的是|我要的是|我的意思是|看|i\s+meant?|make\s+that)?{GAP}(?:the\s+)?"
)
NOT_BUT_BEFORE = re.compile(r"(?<!是)不是\s*(?:看|要|说)?\s*$|(?<![a-z])not\s+$")
NOT_BUT_BETWEEN = re.compile(
    rf"{GAP}(?:而是|我?说的是|我?要的是|我是说|我是要|是(?!不)|but(?:\s+rather)?(?!\s+not)|i\s+meant?)\s*(?:要|看|说)?\s*(?:the\s+)?"
)


@dataclass(frozen=True)
class _Named:
    kind: str
    start: int
    end: int


def taken_back(text: str, terms: tuple[Term, ...], periods: tuple[PeriodMatch, ...]) -> tuple[Span, ...]:
    """The stretches of the folded text that another name of the same kind, right behind, takes the place of."""
    named = [_Named(f"{term.entry.kind} {term.entry.dimension}", term.start, term.end) for term in terms]
    named += [_Named("period", match.start, match.end) for match in periods if match.end > match.start]
    named.sort(key=lambda item: item.start)
    return tuple(_spans(text, named))


def _spans(text: str, named: list[_Named]) -> Iterator[Span]:
    for one, other in pairwise(named):
        if one.kind != other.kind:
            continue
        gap = text[one.end : other.start]
        before = NOT_BUT_BEFORE.search(text[: one.start])
        if before and NOT_BUT_BETWEEN.fullmatch(gap):
            yield Span(before.start(), other.start, text[before.start() : other.start])
        elif BETWEEN.fullmatch(gap):
            yield Span(one.start, other.start, text[one.start : other.start])
