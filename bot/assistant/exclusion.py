"""Finds what a question leaves out: 除了直播以外, 不含母婴, excluding livestream."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.assistant.lexicon import Term
from bot.assistant.vocabulary import Span

# "without": the rows are to be left out. "aside": the thing itself is no longer wanted (不要GMV).
Manner = Literal["without", "aside"]
WITHOUT = (
    r"除了|(?<!是)不是|不等于|不为|不要算上?|不用算上?|别算上?|不要计入?|除去|除开|除(?!以)|不含|不包含|不包括|不算上?|不计入?|未含|未包含|剔除掉?|排除掉?|扣除掉?|扣掉|减去|减掉|刨去|刨除|撇开|抛开|非(?!常)|"
    r"(?<![a-z])(?:except(?:ing)?(?:\s+for)?|excluding|exclude[sd]?|excl\.?|without|other\s+than|apart\s+from|aside\s+from|besides|but\s+not|"
    r"not\s+including|not\s+counting|net\s+of|minus|less|non|is\s+not|not\s+in|ex)(?![a-z])|!=|<>|≠"
)
ASIDE = (
    r"不要看?|不想看|不用看?|不看|去掉|去除|拿掉|删掉|移除|取消|别看|别要|"
    r"(?<![a-z])(?:remove|drop(?=\s+(?:the\s+)?$)|take\s+out|leave\s+out|ignore|skip|hide|not)(?![a-z])"
)
BEFORE = re.compile(rf"(?:(?P<without>{WITHOUT})|(?P<aside>{ASIDE}))[\s\-]*(?:the\s+)?$")
AFTER = re.compile(
    r"^\s*(?:渠道|类目|品类|大区|地区|category|channel|region)?的?\s*(?:(?P<without>(?:以|之)?外|除外|不算(?:在内)?|不计(?:在内)?|不含|剔除|排除(?:在外)?|excluded|aside)|"
    r"(?P<aside>不要了?|不看了?|去掉|拿掉|就算了))(?![a-z])"
)
THEREAFTER = re.compile(r"(?:渠道|类目|品类|大区|地区)?(?:之|以)?后的?|(?:以|之)?外的?")  # 剔除直播后的
LISTED = re.compile(r"^\s*(?:和|与|及|以及|跟|、|/|or|and|&|nor)\s*(?:the\s+)?$")  # also names of different kinds
JOINER = re.compile(r"^\s*(?:和|与|及|以及|跟|、|/|,|，|or|and|&|\+|nor)?\s*(?:the\s+)?$")
ALSO = re.compile(r"^\s*(?:以外|之外|外)?\s*[,，、]?\s*(?:还|也|另外还|同时|顺便)")


REACH = 24  # characters before or behind a name in which the words that leave it out may stand


@dataclass(frozen=True)
class Exclusion:
    """Names that the question leaves out, with the words that say so."""

    terms: tuple[Term, ...]
    manner: Manner
    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        """Where the whole phrase begins."""
        return min([span.start for span in self.spans] + [term.start for term in self.terms])

    @property
    def end(self) -> int:
        """Where the whole phrase ends."""
        return max([span.end for span in self.spans] + [term.end for term in self.terms])


def find_exclusions(text: str, terms: Sequence[Term]) -> tuple[Exclusion, ...]:
    """Every exclusion in the folded text; "besides X, also Y" is none."""
    found: list[Exclusion] = []
    number = 0
    while number < len(terms):
        group = _joined(text, terms, number)
        following = terms[number + len(group)] if number + len(group) < len(terms) else None
        exclusion = _exclusion(text, group, following)
        if exclusion is None:
            number += 1
            continue
        found.append(exclusion)
        number += len(group)
    return tuple(found)


def _joined(text: str, terms: Sequence[Term], first: int) -> tuple[Term, ...]:
    """The term and those of its kind that are listed right behind it: 直播和短视频."""
    last = first
    while (
        last + 1 < len(terms)
        and terms[last + 1].entry.kind == terms[first].entry.kind
        and (JOINER if terms[last + 1].entry.dimension == terms[first].entry.dimension else LISTED).match(
            text[terms[last].end : terms[last + 1].start]
        )
        and terms[last].end < terms[last + 1].start
    ):
        last += 1
    return tuple(terms[first : last + 1])


def _exclusion(text: str, group: tuple[Term, ...], following: Term | None) -> Exclusion | None:
    start, end = group[0].start, group[-1].end
    before, after = BEFORE.search(text[max(0, start - REACH) : start]), AFTER.match(text[end : end + REACH])
    if (
        before is None
        and after is not None
        and following is not None
        and not text[end + after.end() : following.start].strip()
    ):
        after = None  # GMV不含退款: what is left out comes behind it
    if before is not None and ALSO.match(text[end : end + REACH]):
        return Exclusion((), "without", (_placed(before, max(0, start - REACH)),))
    if before is None and (after is None or group[0].entry.kind == "dimension"):
        return None
    spans = [_placed(before, max(0, start - REACH))] if before else []
    if after is not None:
        spans.append(_placed(after, end))
    elif tail := THEREAFTER.match(text, end):
        spans.append(Span(tail.start(), tail.end(), tail.group()))
    kinds = [match for match in (before, after) if match is not None]
    manner: Manner = "aside" if all(match["aside"] for match in kinds) else "without"
    return Exclusion(group, manner, tuple(spans))


def _placed(match: re.Match[str], offset: int) -> Span:
    return Span(offset + match.start(), offset + match.end(), match.group())
