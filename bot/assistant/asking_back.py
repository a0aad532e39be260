"""Plans that ask back: one short question, with the rest of what was asked kept in every button."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.assistant.lexicon import Lexicon, Term
from bot.assistant.listing import listed
from bot.assistant.near_miss import Guess
from bot.assistant.reading import Reading
from bot.assistant.types import Choice, Plan
from bot.assistant.unread_time import why_unread
from bot.assistant.vocabulary import Span
from metrics.model import SemanticModel

if TYPE_CHECKING:
    from metrics.phrases.reading import PeriodMatch, Words

MOST_CHOICES = 4
# A word of time that no rule of the time grammar took: the usual period in its place would be another one.
TIME_WORD = re.compile(
    r"[今本上下前后去明昨每各这那几两个\d一二三四五六七八九十]*[年月周季日号]|[今本上下前后去明昨每各这那几两\d一二三四五六七八九十]+天|"
    r"(?:day|week|month|quarter|year|weekend|night|morning|evening)s?|[lpt]\d+[dwm]|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
)
PERIODS = {"zh": ("昨天", "上周", "近7天", "本月"), "en": ("yesterday", "last week", "last 7 days", "this month")}


def ask_back(reading: Reading, code: str, *choices: Choice, **data: str) -> Plan:
    """A plan that asks back; `code` names its template."""
    return Plan("clarify", reading.language, reading.raw, unclear=code, unclear_data=data, choices=tuple(choices))


def without(reading: Reading, spans: Iterable[Span | Term | Words | PeriodMatch]) -> str:
    """The question without these stretches."""
    characters = list(reading.raw)
    for span in spans:
        characters[span.start : span.end] = " " * (span.end - span.start)
    return " ".join("".join(characters).split())


def instead(reading: Reading, span: Span | Term | Guess, name: str) -> str:
    """The question with another word at this place."""
    return " ".join(f"{reading.raw[: span.start]} {name} {reading.raw[span.end :]}".split())


class AskingBack:
    """Asks back in the words of one catalogue."""

    def __init__(self, model: SemanticModel, lexicon: Lexicon) -> None:
        self._model = model
        self._lexicon = lexicon

    def which_metric(self, reading: Reading) -> Plan:
        """A word with two readings: each as a button."""
        term = reading.ambiguous[0]
        labels = [self.metric_name(id, reading) for id in term.entry.readings]
        choices = (Choice(label, instead(reading, term, label)) for label in labels)
        return ask_back(reading, "which_metric", *choices, word=reading.raw[term.start : term.end])

    def not_held(self, reading: Reading) -> Plan:
        """A metric or a cut that the catalogue lacks, by name, with what comes nearest."""
        term = next((term for term in reading.absent if term.entry.readings), reading.absent[0])
        word = reading.raw[term.start : term.end]
        if not term.entry.readings:
            dimensions = [dimension.name.text(reading.language) for dimension in self._model.dimensions.values()]
            choices = self._without(reading, reading.absent) if reading.metrics else ()
            return ask_back(reading, "not_held_cut", *choices, word=word, cuts=listed(dimensions, reading.language))
        names = [self.metric_name(id, reading) for id in term.entry.readings]
        nearest = (Choice(name, instead(reading, term, name)) for name in names)
        return ask_back(reading, "not_held", *nearest, word=word, nearest=listed(names, reading.language))

    def combined(self, reading: Reading, span: Span) -> Plan:
        """新客GMV: two names that together mean a third thing, which is not held; each of them as a button."""
        names = [self.metric_name(id, reading) for id in reading.metrics]
        choices = (Choice(name, instead(reading, span, name)) for name in names)
        return ask_back(reading, "not_held", *choices, word=span.text, nearest=listed(names, reading.language))

    def only_the_whole(self, reading: Reading) -> Plan:
        """奶粉 is a part of 母婴: the whole's figure is offered, never passed off as the part's."""
        text = reading.raw
        for term in reversed(reading.parts):
            text = f"{text[: term.start]} {self.value_name(term, reading)} {text[term.end :]}"
        whole = listed(dict.fromkeys(self.value_name(term, reading) for term in reading.parts), reading.language)
        word = listed(dict.fromkeys(reading.raw[term.start : term.end] for term in reading.parts), reading.language)
        return ask_back(reading, "narrower", Choice(whole, " ".join(text.split())), word=word, whole=whole)

    def which_period(self, reading: Reading, word: Span | Words) -> Plan:
        """A time that could not be read: some that can be, with the rest of the question, or the time beside it."""
        rest = without(reading, (word, *reading.times.unread))
        # 今天比上月: today stands, and only what it is held against is open.
        is_named = any(not match.implied for match in reading.times.periods)
        requests = {rest: rest} if is_named else {name: f"{name} {rest}".strip() for name in PERIODS[reading.language]}
        choices = (Choice(name, request) for name, request in requests.items())
        shown = reading.raw[word.start : word.end]
        return ask_back(reading, "which_period", *choices, word=shown, why=why_unread(shown))

    def unclear_time(self, reading: Reading) -> Plan | None:
        """Time words that could not be read, or that lie ahead, are asked back; never guessed."""
        future = next((match for match in reading.times.periods if match.future), None)
        if future is not None:
            return ask_back(reading, "future", word=reading.raw[future.start : future.end])
        if reading.has("vague_time") and not reading.times.periods:
            return self.which_period(reading, reading.cues["vague_time"][0])
        if reading.times.unread:
            return self.which_period(reading, reading.times.unread[0])
        unread = next((span for span in reading.left if TIME_WORD.fullmatch(span.text)), None)
        return self.which_period(reading, unread) if unread is not None else None

    def did_you_mean(self, reading: Reading) -> Plan:
        """Words that sound or look like names, each name as a button."""
        guess = reading.guesses[0]
        labels = [self._shown(name, reading) for name in guess.names[:MOST_CHOICES]]
        choices = (Choice(label, instead(reading, guess, label)) for label in labels)
        word = reading.raw[guess.start : guess.end]
        return ask_back(reading, "unknown_word", *choices, word=word, nearest=labels[0])

    def unsupported(self, reading: Reading, word: Span | Term) -> Plan:
        """Something that is not offered, and the question without it."""
        choices = self._without(reading, (word,)) if reading.metrics else ()
        return ask_back(reading, "unsupported", *choices, word=reading.raw[word.start : word.end].strip())

    def unknown_word(self, reading: Reading) -> Plan:
        """Says which words nobody knows, and offers the same question without them."""
        if reading.absent:
            return self.not_held(reading)
        spans = [span for span in reading.left if span.text in reading.unknown] or list(reading.left)
        words = reading.unknown or reading.loose
        if not reading.unknown and reading.nameless is not None:
            spans, words = [reading.nameless], (reading.raw[reading.nameless.start : reading.nameless.end],)
        choices = self._without(reading, spans) if reading.metrics else ()
        return ask_back(reading, "unknown_word", *choices, word=listed(words, reading.language))

    def category_choices(self, reading: Reading) -> tuple[Choice, ...]:
        """Every category, as a request for its tactics."""
        values = self._model.dimensions["category"].values if "category" in self._model.dimensions else ()
        names = (value.name.text(reading.language) for value in values)
        return tuple(Choice(name, f"/tactics {name}") for name in names)

    def splits(self, reading: Reading, code: str, **data: str) -> Plan:
        """Which dimension is meant: each as a button."""
        names = [dimension.name.text(reading.language) for dimension in self._model.dimensions.values()]
        form = "{text} 按{name}" if reading.language == "zh" else "{text} by {name}"
        choices = (Choice(name, form.format(text=reading.raw.strip(), name=name)) for name in names[:MOST_CHOICES])
        return ask_back(reading, code, *choices, **data)

    def metric_name(self, id: str, reading: Reading) -> str:
        """The metric's name in the language of the question."""
        return self._model.metrics[id].name.text(reading.language)

    def value_name(self, term: Term, reading: Reading) -> str:
        """The value's name in the language of the question."""
        values = self._model.dimensions[term.entry.dimension].values
        named = (value.name.text(reading.language) for value in values if value.id == term.entry.id)
        return next(named, term.entry.id)

    def _shown(self, name: str, reading: Reading) -> str:
        """A folded name as it is shown: the metric's or value's own, else as it stands in the catalogue."""
        entry = self._lexicon.names[name]
        if entry.kind == "metric":
            return self.metric_name(entry.id, reading)
        if entry.kind == "value" and not entry.is_part:
            return self.value_name(Term(entry, 0, 0, name), reading)
        return name

    def _without(self, reading: Reading, spans: Iterable[Span | Term]) -> tuple[Choice, ...]:
        label = without(reading, spans)
        return (Choice(label, label),) if label else ()
