"""Rules that turn words into tokens, and the choice between rules that want the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from metrics.phrases.atoms import Atom, Standpoint
from metrics.query import Comparison, Grain
from metrics.twins import Unit

ASCII = re.ASCII  # else a Chinese character counts as a letter, and "mtd怎么样" has no word boundary after mtd


@dataclass(frozen=True)
class Third:
    """上旬, 下半月: days of a month that stands before it."""

    first: int
    last: int


@dataclass(frozen=True)
class Share:
    """第二周, first half of, 最后三天: a part of a span that stands beside it."""

    part: Literal["half", "week", "days", "day", "around", "starting", "ending", "edge"]
    index: int  # the how manieth or how many; negative: counted from the end
    leads: bool = False  # the span follows, as in English


@dataclass(frozen=True)
class Open:
    """至今, 以来, so far: the span before it runs to now."""


@dataclass(frozen=True)
class Now:
    """现在, 目前: today so far, unless another time is named."""


@dataclass(frozen=True)
class Compared:
    """环比, 去年同期, vs target."""

    kind: Comparison
    unit: Unit | None = None  # the same part of the unit before: 上月同期
    implied: Literal["running", "whole"] | None = None  # which span of `unit` is meant when none is named
    days: int | None = None  # a baseline of that many days just before: 近7天比前7天
    also: Comparison | None = None  # 同环比 asks for both


@dataclass(frozen=True)
class Step:
    """每天, by week."""

    grain: Grain


@dataclass(frozen=True)
class Vague:
    """Words about time that have no certain dates."""


@dataclass(frozen=True)
class Ignored:
    """Words that look like time but are not: 11.11元, 今日头条, 7天无理由."""


Meaning = Atom | Third | Share | Open | Now | Compared | Step | Vague | Ignored


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    meaning: Meaning


@dataclass(frozen=True)
class Rule:
    """A pattern and what it means; `build` may refuse (None) when the surroundings speak against it."""

    expression: str
    build: Callable[[re.Match[str], Standpoint], Meaning | None]
    needs: re.Pattern[str] | None = None  # a text without such a sign need not be searched

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled on first use: most rules are of one language, and together they take a tenth of a second."""
        return re.compile(self.expression, ASCII)


LATIN, CHINESE = re.compile("[a-z]"), re.compile("[\u4e00-\u9fff]")


def needing(sign: re.Pattern[str], *rules: Rule) -> tuple[Rule, ...]:
    """The rules, skipped for texts without such a sign: most questions are written in one language."""
    return tuple(replace(one, needs=sign) for one in rules)


def rule(pattern: str, build: Callable[[re.Match[str], Standpoint], Meaning | None]) -> Rule:
    """A rule whose meaning depends on the words matched."""
    return Rule(pattern, build)


def always(pattern: str, meaning: Meaning) -> Rule:
    """A rule that always means the same."""
    return Rule(pattern, lambda match, at: meaning)


def tokens(text: str, rules: Iterable[Rule], at: Standpoint) -> list[Token]:
    """What the rules find, without overlaps: the earlier beats the later, the longer beats the shorter."""
    found: list[Token] = []
    absent = [sign for sign in (LATIN, CHINESE) if not sign.search(text)]
    for one in rules:
        if one.needs in absent:
            continue
        for match in one.pattern.finditer(text):
            meaning = one.build(match, at) if match.end() > match.start() else None
            if meaning is not None:
                found.append(Token(match.start(), match.end(), meaning))
    found.sort(key=lambda token: (token.start, -token.end))
    chosen: list[Token] = []
    for token in found:
        if not chosen or token.start >= chosen[-1].end:
            chosen.append(token)
    return chosen
