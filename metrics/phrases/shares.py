"""Parts of a span that is named beside them: first week of October, 上月第三周, 10月前十天."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from metrics.phrases.atoms import Atom, Edge, Span, Standpoint, week_of
from metrics.phrases.lexicon import Meaning, Rule, Share, Vague, always, rule
from metrics.phrases.numerals import ENGLISH_NUMBER, NUMBER, number

_WHOLES = ("week", "month", "quarter", "year", "campaign", "holiday")
_MIDDLE = 3  # days from an end of a week to its middle
_HALF_MONTH = 15
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ORDINALS |= {"fifth": 5, "5th": 5, "last": -1, "final": -1}


@dataclass(frozen=True)
class Within:
    """A share of the span that `inner` names."""

    inner: Atom
    share: Share

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        span = self.inner.resolve(at, after)
        return _cut(span, self.share, at) if span else None


@dataclass(frozen=True)
class IsoWeek:
    """第45周, 2026年第2周."""

    year: int | None
    number: int

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        start = _iso_monday(self.year or at.today.year, self.number)
        if self.year is None and (start is None or start > at.today):
            start = _iso_monday(at.today.year - 1, self.number)
        if start is None:
            return None
        start = week_of(start, at.week_start)
        return Span(start, start + timedelta(6), "week")


def part_of(whole: Atom, share: Share) -> Atom:
    """The share of `whole` as a phrase of its own."""
    if share.part == "edge":
        return Edge(whole, "first" if share.index > 0 else "last")
    return Within(whole, share)


def _iso_monday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def _cut(span: Span, share: Share, at: Standpoint) -> Span | None:
    if share.part in ("around", "starting", "ending"):
        return _week_at(span, share.part, at.week_start) if span.start == span.end else None
    if span.kind not in _WHOLES:
        return None
    if share.part == "week":
        return _nth_week(span, share.index, at.week_start)
    return _half(span, share.index) if share.part == "half" else _days(span, share)


def _week_at(day: Span, how: str, week_start: int) -> Span:
    """The week that holds a day, or the seven days that begin or end with it."""
    start = week_of(day.start, week_start)
    if how != "around":
        start = day.start if how == "starting" else day.end - timedelta(6)
    return Span(start, start + timedelta(6), "week" if start.weekday() == week_start else "days")


def _nth_week(span: Span, index: int, week_start: int) -> Span | None:
    """A week belongs to the month that most of its days lie in, as ISO weeks belong to years."""
    if span.kind not in ("month", "quarter", "year"):
        return None
    first, last = (
        week_of(span.start + timedelta(_MIDDLE), week_start),
        week_of(span.end - timedelta(_MIDDLE), week_start),
    )
    start = first + timedelta(7 * (index - 1)) if index > 0 else last
    return Span(start, start + timedelta(6), "week") if first <= start <= last else None


def _half(span: Span, index: int) -> Span | None:
    if span.kind == "year":
        middle = date(span.start.year, 7, 1)
        kept = replace(span, kind="quarter")
    elif span.kind == "month" and span.start.month == span.end.month:
        middle = span.start + timedelta(_HALF_MONTH)
        kept = replace(span, kind="range")
    else:
        return None
    return replace(kept, end=middle - timedelta(1)) if index == 1 else replace(kept, start=middle)


def _days(span: Span, share: Share) -> Span | None:
    """The first or last few days, or one that is counted."""
    count = abs(share.index)
    if not 1 <= count <= (span.end - span.start).days + 1:
        return None
    if share.part == "day":
        day = span.start + timedelta(count - 1)
        return Span(day, day, "day")
    start = span.start if share.index > 0 else span.end - timedelta(count - 1)
    return Span(start, start + timedelta(count - 1), "day" if count == 1 else "range")


def _counted(part: Literal["days", "day"], count: int) -> Meaning | None:
    return Share(part, count) if count else None


def _numbered_week(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """第2周 beside a month is its second week, alone it may be any: asked back; 第45周 can only be the year's."""
    week = number(match["n"]) or 0
    if match["year"]:
        return IsoWeek(int(match["year"]), week)
    return Share("week", week) if week <= _WEEKS_IN_A_MONTH else IsoWeek(None, week)


def _first_days(match: re.Match[str], at: Standpoint) -> Meaning | None:
    return _counted("days", number(match["n"]) or 0)


def _last_days(match: re.Match[str], at: Standpoint) -> Meaning | None:
    return _counted("days", -(number(match["n"] or "1") or 0))


def _nth_day(match: re.Match[str], at: Standpoint) -> Meaning | None:
    return _counted("day", number(match["n"]) or 0)


def _english_number(match: re.Match[str], at: Standpoint) -> Meaning:
    week = int(match["n"] or match["short"])
    if match["year"]:
        return IsoWeek(int(match["year"]), week)
    return Vague() if week <= _WEEKS_IN_A_MONTH else IsoWeek(None, week)


def _english_weeks(match: re.Match[str], at: Standpoint) -> Meaning:
    return Share("week", _ORDINALS[match["nth"]], leads=True)


def _english_half(match: re.Match[str], at: Standpoint) -> Meaning:
    return Share("half", 1 if match["nth"] in ("first", "1st") else 2, leads=True)


def _english_days(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"] or "1") or 1
    return Share("days", count if match["nth"] == "first" else -count, leads=True)


def _english_edge(match: re.Match[str], at: Standpoint) -> Meaning:
    return Share("edge", -1 if match["edge"] in ("end", "close") else 1, leads=True)


_WEEKS_IN_A_MONTH = 5
_WEEK = r"个?(?:周|星期|礼拜)(?![一二三四五六日天末年边转期])"
# No part of a span where a name of the catalogue follows: last week in East China.
_OF = r"\s+(?:of|in)\b(?!\s*(?:the\s+|our\s+|all\s+)?\ufffc)"
_NTH = rf"(?P<nth>{'|'.join(_ORDINALS)})"

RULES: tuple[Rule, ...] = (
    rule(rf"(?:(?P<year>20\d\d)年的?)?第(?P<n>{NUMBER}){_WEEK}", _numbered_week),
    always(r"首周", Share("week", 1)),
    always(rf"(?:最后|末)[一1]?{_WEEK}|末周", Share("week", -1)),
    rule(rf"(?:最?前|头)(?P<n>{NUMBER})(?:天|日)(?![数猫均])", _first_days),
    rule(rf"(?:最后|末)(?P<n>{NUMBER})?(?:天|日)(?![数猫均])", _last_days),
    rule(rf"第(?P<n>{NUMBER})(?:天|日)(?![数猫均])", _nth_day),
    always(
        r"(?:的|之)?(?:那一?|所在的?那?一?)(?:个?(?:周|星期|礼拜))(?![一二三四五六日天末])",
        Share("around", 1),
    ),
    rule(rf"\b(?:the\s+)?{_NTH}\s+(?:full\s+)?week{_OF}", _english_weeks),
    rule(rf"\b(?:the\s+)?(?P<nth>first|1st|second|2nd|latter|last|final)\s+half{_OF}", _english_half),
    rule(rf"\b(?:the\s+)?(?P<nth>first|last|final)\s+(?:(?P<n>{ENGLISH_NUMBER})\s+)?days?{_OF}", _english_days),
    rule(r"\b(?:the\s+)?(?P<edge>start|beginning|end|close)\s+of\b", _english_edge),
    always(r"\b(?:the\s+)?week\s+(?:of|containing|with)\b", Share("around", 1, leads=True)),
    always(r"\b(?:the\s+)?week\s+(?:beginning|starting|commencing)(?:\s+on)?\b", Share("starting", 1, leads=True)),
    always(r"\b(?:the\s+)?week\s+ending(?:\s+on)?\b", Share("ending", 1, leads=True)),
    rule(
        r"\b(?:(?:week|wk|cw)\s?(?P<n>\d{1,2})|w(?P<short>\d\d))\b(?:\s+(?:of\s+|in\s+)?(?P<year>20\d\d)\b)?",
        _english_number,
    ),
    rule(r"(?<!\d)(?P<year>20\d\d)[\s-]?w(?:eek\s?)?(?P<n>\d{1,2})\b(?P<short>)", _english_number),
)
