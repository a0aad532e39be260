"""Reads a request for a review out of a command or plain words; what is not wholly one is left to the assistant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from bot.assistant.fold import fold, is_chinese
from bot.assistant.lexicon import Lexicon
from bot.reviews.periods import last_whole, unit_of
from bot.reviews.review import UNITS, ReviewRequest, Unit
from metrics.calendar import Calendar
from metrics.model import Language
from metrics.query import Period

COMMAND = "/review"
OF_A_REPORT = re.compile(r"(?<=[周月季年度])报(?![表告])")  # 月报 is the 报 of a 月; 11月报 that of 11月
LATIN_WORD = re.compile(r"[a-z]{2,}")
LEFT_OVER = re.compile(r"\w")
Unclear = Literal["unclear"]
Span = tuple[date, date]


@dataclass(frozen=True)
class Words:
    """The words of review_words.yaml, by what they are, as one pattern each."""

    noun: re.Pattern[str]
    weak_noun: re.Pattern[str]
    verb: re.Pattern[str]
    filler: re.Pattern[str]
    unit: Mapping[Unit, re.Pattern[str]]


@dataclass
class _Text:
    """A text of which what was understood is blanked out."""

    rest: str

    def take(self, pattern: re.Pattern[str]) -> bool:
        """Blanks every match; whether there was one."""
        taken = pattern.sub(lambda match: " " * len(match.group()), self.rest)
        was_there, self.rest = taken != self.rest, taken
        return was_there

    def blank(self, start: int, end: int) -> None:
        self.rest = self.rest[:start] + " " * (end - start) + self.rest[end:]


@dataclass(frozen=True)
class RequestReader:
    """Reads requests over one catalogue and calendar."""

    lexicon: Lexicon
    calendar: Calendar
    week_start: int = 0  # 0 is Monday

    def command(self, words: str, now: datetime, language: Language) -> ReviewRequest | Unclear:
        """What stands behind `/review`; nothing at all is unclear, too."""
        found = self._read(words, now, language, is_command=True, span=None)
        return "unclear" if found is None else found

    def may_ask(self, text: str) -> bool:
        """Whether any word for a review is in the text at all: quick, for every message is asked this."""
        known, folded = _words(), fold(text)
        return any(pattern.search(folded) for pattern in (known.noun, known.weak_noun, OF_A_REPORT))

    def plain(self, text: str, now: datetime, language: Language, span: Span | None = None) -> ReviewRequest | None:
        """The review that a sentence asks for; None for any other sentence, also one that asks for more than that.

        `span` is the first and last day of data: a review of earlier days is a document that exists, not one to write.
        """
        found = self._read(text, now, language, is_command=False, span=span)
        return found if isinstance(found, ReviewRequest) else None

    def _read(
        self, words: str, now: datetime, language: Language, *, is_command: bool, span: Span | None
    ) -> ReviewRequest | Unclear | None:
        known, text = _words(), _Text(fold(words))
        if is_chinese(words):
            language = "zh"
        elif not is_command and LATIN_WORD.search(text.rest):
            language = "en"
        is_noun = text.take(known.noun) | text.take(OF_A_REPORT)
        is_weak = text.take(known.weak_noun)
        if not (is_noun or is_weak or is_command):
            return None
        categories = self._categories(text)
        period = self._period(text, now)
        is_wanted = text.take(known.verb)
        unit = next((id for id in UNITS if text.take(known.unit[id])), None)
        text.take(known.filler)
        if LEFT_OVER.search(text.rest) or period == "unclear":
            return "unclear"
        if not is_command and not (is_noun or is_wanted or unit is not None):
            return None
        return self._request(unit, period, now, language, categories, None if is_wanted or is_command else span)

    def _request(
        self,
        unit: Unit | None,
        period: Period | None,
        now: datetime,
        language: Language,
        categories: tuple[str, ...],
        span: Span | None,
    ) -> ReviewRequest | Unclear:
        if period is None:
            if unit is None:
                return "unclear"
            return ReviewRequest(unit, last_whole(unit, now, self.week_start), language, categories)
        kind = unit_of(period, self.week_start)
        is_old = span is not None and period.end < span[0]
        if kind is None or is_old or (unit is not None and unit != kind):
            return "unclear"
        return ReviewRequest(kind, replace(period, kind=kind), language, categories)

    def _categories(self, text: _Text) -> tuple[str, ...]:
        terms = [term for term in self.lexicon.find(text.rest) if term.entry.dimension == "category"]
        for term in terms:
            text.blank(term.start, term.end)
        return tuple(dict.fromkeys(term.entry.id for term in terms))

    def _period(self, text: _Text, now: datetime) -> Period | Unclear | None:
        from metrics.periods import read  # late, as everything that reads times

        reading = read(text.rest, now=now, calendar=self.calendar, week_start=self.week_start)
        if len(reading.periods) > 1 or reading.compares:
            return "unclear"
        for match in reading.periods:
            text.blank(match.start, match.end)
        return reading.periods[0].period if reading.periods else None


@lru_cache(maxsize=1)
def _words() -> Words:
    import yaml  # late: most texts are no request

    held = yaml.safe_load((files("bot.assistant") / "review_words.yaml").read_text(encoding="utf-8"))
    return Words(
        noun=_pattern(held["noun"]),
        weak_noun=_pattern(held["weak_noun"]),
        verb=_pattern(held["verb"]),
        filler=_pattern(held["filler"]),
        unit={unit: _pattern(held["unit"][unit]) for unit in UNITS},
    )


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Longest first; Latin words whole."""
    parts = [
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
        for word in sorted(words, key=len, reverse=True)
    ]
    return re.compile("|".join(parts))
