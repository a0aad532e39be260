"""Whether a quote speaks of another category or promotion than the question: then it is no answer to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.assistant.fold import fold
from bot.assistant.lexicon import Entry, Lexicon
from bot.assistant.vocabulary import Words
from metrics.calendar import Calendar

SHARE = re.compile(r"占比|份额|比重|占|\bshare\b")


@dataclass(frozen=True)
class Rivals:
    """Names of which one excludes the other: categories, and promotions of the calendar."""

    lexicon: Lexicon
    calendar: Calendar

    def exclude(self, question: str, quote: str) -> bool:
        """True when the question names one and the quote names only others of the same kind."""
        return _apart(self._categories, question, quote) or _apart(self._events, question, quote)

    def is_another_metric(self, question: str, quote: str) -> bool:
        """The same for metrics; only where a figure is asked for, since advice on one may help another."""
        if self._is_said_alike(question, quote):
            return False
        return _apart(self._metrics, question, quote)

    def _is_said_alike(self, question: str, quote: str) -> bool:
        """点击涨了多少 is met by 点击率提升20%; a part of a whole (GMV占比) is no level or growth of it."""
        if SHARE.search(quote) and not SHARE.search(question):
            return False
        told = fold(quote)
        return any(term.text in told for term in self.lexicon.find(fold(question)) if _metric_ids(term.entry))

    def _metrics(self, text: str) -> frozenset[str]:
        found = self.lexicon.find(text)
        return frozenset(id for term in found for id in _metric_ids(term.entry))

    def _categories(self, text: str) -> frozenset[str]:
        found = self.lexicon.find(text)
        return frozenset(term.entry.id for term in found if term.entry.dimension == "category")

    def _events(self, text: str) -> frozenset[str]:
        return frozenset(self._event_names[match.group()] for match in self._event_words.finditer(text))

    @cached_property
    def _event_words(self) -> Words:
        return Words(self._event_names)

    @cached_property
    def _event_names(self) -> Mapping[str, str]:
        return {
            fold(name): event.id
            for event in self.calendar.events
            for name in (event.name.zh, event.name.en, *event.name.aliases)
        }


def _apart(names: Callable[[str], frozenset[str]], question: str, quote: str) -> bool:
    asked, told = names(fold(question)), names(fold(quote))
    return bool(asked and told and not asked & told)


def _metric_ids(entry: Entry) -> tuple[str, ...]:
    if entry.kind == "ambiguous":
        return entry.readings
    return (entry.id,) if entry.kind == "metric" else ()
