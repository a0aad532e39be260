"""Reads words about time: which periods a text names, what they are compared with, at which step."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from metrics.calendar import Calendar
from metrics.model import Language
from metrics.phrases import comparing, dates, english, lunar, relative, shares, vague
from metrics.phrases.atoms import Span, Standpoint, bounded
from metrics.phrases.baselines import compare_with, shifted_by, sort_out
from metrics.phrases.composing import Placed, compose
from metrics.phrases.festivals import festival_rules
from metrics.phrases.lexicon import CHINESE, LATIN, Now, Rule, Step, Token, needing, tokens
from metrics.phrases.reading import CompareMatch, PeriodMatch, Reading, Words
from metrics.phrases.spelling import plain
from metrics.query import Period

__all__ = ["CompareMatch", "PeriodMatch", "Reading", "Words", "anchored", "default_period", "describe", "read"]
Found = TypeVar("Found", PeriodMatch, CompareMatch, Words)


def read(text: str, *, now: datetime, calendar: Calendar, week_start: int = 0) -> Reading:
    """Everything about time in `text`, which is folded (NFKC, lower case, simplified); never raises on any text.

    `now` is aware, in the shop's zone; `week_start` is 0 for Monday.
    """
    reading = _read(plain(text), Standpoint(now, week_start, calendar))
    return reading if text == plain(text) else _as_written(reading, text)


def _read(text: str, at: Standpoint) -> Reading:
    found = tokens(text, _rules(at.calendar), at)
    placed = compose(text, found, at)
    matches = [_match(text, one.start, one.end, one.span, at) for one in placed if one.span is not None]
    sorted_out = sort_out(text, matches, found, at)
    steps = [(token, token.meaning.grain) for token in found if isinstance(token.meaning, Step)]
    unread = [_words(text, one) for one in placed if one.span is None] + list(sorted_out.unread)
    unread += [_words(text, token) for token, grain in steps if grain != steps[0][1]]
    compares, torn = _torn(sorted_out.compares, unread)
    unread += torn
    whole, torn = _torn(sorted_out.periods, unread)
    unread += torn
    return Reading(
        periods=whole or _now_as_today(text, found, unread, at),
        compares=compares,
        grain=steps[0][1] if steps else None,
        grain_span=_words(text, steps[0][0]) if steps else None,
        unread=_merged(text, unread),
    )


def _torn(finds: tuple[Found, ...], unread: list[Words]) -> tuple[tuple[Found, ...], list[Words]]:
    """The finds read whole, and the words of those of which a part was not read."""
    whole = tuple(one for one in finds if not any(_meet(one, words) for words in unread))
    return whole, [Words(one.start, one.end, one.text) for one in finds if one not in whole]


def _meet(one: Found, other: Words) -> bool:
    return one.start < other.end and other.start < one.end


def _merged(text: str, unread: list[Words]) -> tuple[Words, ...]:
    """In order; those that share characters are one."""
    merged: list[Words] = []
    for words in sorted(unread, key=lambda one: (one.start, one.end)):
        if merged and words.start < merged[-1].end:
            end = max(words.end, merged[-1].end)
            merged[-1] = Words(merged[-1].start, end, text[merged[-1].start : end])
        else:
            merged.append(words)
    return tuple(merged)


def _as_written(reading: Reading, text: str) -> Reading:
    """The same finds with the asker's own signs."""

    def own(found: Found) -> Found:
        return replace(found, text=text[found.start : found.end])

    return Reading(
        periods=tuple(map(own, reading.periods)),
        compares=tuple(map(own, reading.compares)),
        grain=reading.grain,
        grain_span=own(reading.grain_span) if reading.grain_span else None,
        unread=tuple(map(own, reading.unread)),
    )


def anchored(match: CompareMatch, period: Period, calendar: Calendar) -> CompareMatch | None:
    """The comparison as it applies to another period, say that of the turn before; None when it cannot be made."""
    if match.named is not None:
        found = compare_with(match.named, period, calendar)
    elif match.unit is not None:
        found = shifted_by(match.unit, period, calendar)
    else:
        found = (match.kind, None)
    if found is None:
        return None
    kind, against = found
    return CompareMatch(kind, against, match.start, match.end, match.text, match.named, match.unit)


def default_period(now: datetime) -> Period:
    """What is meant when no time was named: yesterday, a whole day."""
    yesterday = now.date() - timedelta(1)
    return Period(yesterday, yesterday, "day")


def describe(period: Period, language: Language, *, now: datetime | None = None) -> str:
    """The concrete dates in digits, alike in both languages; with years unless all lie in the year of `now`."""
    years = {period.start.year, period.end.year}
    form = "%m/%d" if now is not None and years == {now.year} else "%Y/%m/%d"
    start, end = period.start.strftime(form), period.end.strftime("%m/%d" if len(years) == 1 else form)
    if period.until is not None and (period.until.hour or period.until.minute):  # cut at midnight: whole days
        time = period.until.strftime("%H:%M")
        return f"{start} 00:00–{time}" if period.days == 1 else f"{start}–{end} {time}"
    return start if period.days == 1 else f"{start}–{end}"


@lru_cache(maxsize=8)
def _rules(calendar: Calendar) -> tuple[Rule, ...]:
    chinese, latin = needing(CHINESE, *relative.RULES, *lunar.RULES), needing(LATIN, *english.RULES)
    fixed = (*chinese, *dates.RULES, *latin, *shares.RULES, *comparing.RULES, *vague.RULES)
    return (*festival_rules(calendar), *fixed)


def _match(text: str, start: int, end: int, span: Span, at: Standpoint) -> PeriodMatch:
    words = text[start:end]
    return PeriodMatch(bounded(span, at, words.strip()), start, end, words, future=span.start > at.today)


def _now_as_today(text: str, found: list[Token], unread: list[Words], at: Standpoint) -> tuple[PeriodMatch, ...]:
    """现在 and 目前 mean today so far, but only where no other time is named."""
    if unread:
        return ()
    now = next((token for token in found if isinstance(token.meaning, Now)), None)
    return (_match(text, now.start, now.end, Span(at.today, at.today, "day"), at),) if now else ()


def _words(text: str, place: Placed | Token) -> Words:
    return Words(place.start, place.end, text[place.start : place.end])
