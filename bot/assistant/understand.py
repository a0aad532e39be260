"""From a question to a Plan, by rules over the catalogue: which of the few things the bot does is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from bot.assistant.kpi_query import RANKING_CUES, asked_period, changed_query, fresh_query, last_days
from bot.assistant.lexicon import Lexicon, Term
from bot.assistant.reading import Reader, Reading
from bot.assistant.types import Choice, Plan, Question
from bot.assistant.vocabulary import Span
from metrics.model import SemanticModel
from metrics.query import KpiQuery, Period

if TYPE_CHECKING:
    from metrics.phrases.reading import Words

LONGEST_QUESTION = 1000  # characters; an operator's question is rarely over 100
CARD_DIMENSIONS = ("category", "channel")
COMMAND = re.compile(r"^/([a-z_]+)(?:@\w+)?\s*", re.IGNORECASE)
OVERVIEW_COMMANDS = frozenset({"kpi"})
SUBJECT_CUES = ("howto", "document", "market", "why")
CHANGE_CUES = ("fell_most", "rose_most")
ADVICE_CUES = ("remedy", "howto", "why")

DataSpan = Callable[[datetime], tuple[date, date] | None]  # first and last day that the data covers, as of a moment


class Understander:
    """Reads a question into a Plan that names only what the catalogue holds."""

    def __init__(
        self, reader: Reader, lexicon: Lexicon, model: SemanticModel, span: DataSpan, week_start: int = 0
    ) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._model = model
        self._span = span
        self._week_start = week_start

    def understand(self, question: Question) -> Plan:
        """The plan of one question; never raises, what is unclear becomes a plan to ask back."""
        command, text = _split_command(question.text)
        reading = self._reader.read(text, question.now, question.language)
        if not text.strip():
            return self._bare_command(command, reading, question)
        if len(text) > LONGEST_QUESTION:
            return _ask_back(reading, "too_long", length=str(len(text)), limit=str(LONGEST_QUESTION))
        if not any(character.isalnum() for character in text):
            return _ask_back(reading, "no_words")
        return self._route(command, reading, question)

    def _route(self, command: str, reading: Reading, question: Question) -> Plan:
        context = _context_query(question)
        if command == "tactics":
            return self._tactics(reading, context, question.now)
        if (plan := _courtesy(reading)) is not None:
            return plan
        if reading.has("define") and not reading.times.periods and (plan := self._definition(reading, context)):
            return plan
        if reading.has("remedy") and reading.has("why") and (plan := self._diagnosis(reading, context, question.now)):
            return replace(plan, advice=True)
        if reading.has("remedy") and self._calls_for_cards(reading, context):
            return self._tactics(reading, context, question.now)
        if reading.has("why") and (plan := self._diagnosis(reading, context, question.now)):
            return plan
        if reading.has("remedy", *SUBJECT_CUES):
            return self._knowledge(reading)
        return self._numbers(command, reading, context, question)

    def _bare_command(self, command: str, reading: Reading, question: Question) -> Plan:
        reading = replace(reading, language=question.language)
        if command in OVERVIEW_COMMANDS:
            return self._overview(reading, question.now)
        if command == "tactics":
            return _ask_back(reading, "which_category", *self._category_choices(reading))
        if command in ("help", "start"):
            return Plan("help", reading.language, question.text)
        return _ask_back(reading, "empty")

    def _numbers(self, command: str, reading: Reading, context: KpiQuery | None, question: Question) -> Plan:
        if reading.has("overview") and not reading.metrics and not reading.unknown:
            return self._overview(reading, question.now)
        if reading.has("unsupported") and (reading.metrics or context):
            return _ask_back(reading, "unsupported", word=reading.cues["unsupported"][0].text)
        if reading.ambiguous and not reading.metrics:
            return self._which_metric(reading)
        if (plan := self._misspelt(reading)) is not None:
            return plan
        follows = context is not None and _follows_up(reading)
        if not (reading.metrics or follows or (not reading.unknown and (_means_numbers(reading) or command == "kpi"))):
            return self._knowledge(reading)
        plan = self._kpi(reading, context if follows else None, question.now)
        if plan.unclear == "which_period" and reading.has("vague_time") and not follows:
            return self._knowledge(reading, plan)  # what a promotion brought may be written down
        if reading.loose and not reading.metrics and not follows:
            # A scope with words around it may be about what the documents say; it is no reason for other figures.
            return self._knowledge(reading, self._unknown_word(reading, reading.loose, plan.query))
        return self._documents_first(reading, plan, question.now)

    def _kpi(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan:
        if reading.parts:
            return self._only_the_whole(reading)
        if (plan := self._unclear_time(reading)) is not None:
            return plan
        if context is not None:
            query = changed_query(context, reading, self._model, self._reader.calendar)
        else:
            query = fresh_query(reading, self._model, now, self._default_period(now))
        chart = reading.has("chart", "trend")
        if query.by and reading.has(*CHANGE_CUES):
            return self._ranked_by_change(reading, query)
        share = reading.has("share") and bool(query.where) and not query.by
        return Plan("kpi", reading.language, reading.raw, query=query, chart=chart, share=share, ignored=reading.loose)

    def _ranked_by_change(self, reading: Reading, query: KpiQuery) -> Plan:
        falls = reading.has("fell_most")
        count = abs(query.top or (reading.ranking.count if reading.ranking else 1))
        query = replace(query, compare=query.compare or ("previous",), top=-count if falls else count)
        ranked_by: Literal["rise", "fall"] = "fall" if falls else "rise"
        return Plan("kpi", reading.language, reading.raw, query=query, ranked_by=ranked_by, ignored=reading.loose)

    def _documents_first(self, reading: Reading, plan: Plan, now: datetime) -> Plan:
        """A metric with words that the catalogue does not hold, or from before the data, may be in the documents."""
        if reading.unknown:
            unknown = self._unknown_word(reading, reading.unknown, plan.query)
            return (
                unknown
                if reading.times.periods and not self._before_data(plan, now)
                else self._knowledge(reading, unknown)
            )
        if plan.intent == "kpi" and self._before_data(plan, now):
            return self._knowledge(reading, plan)
        return plan

    def _before_data(self, plan: Plan, now: datetime) -> bool:
        span = self._span(now)
        return plan.query is not None and span is not None and plan.query.period.end < span[0]

    def _overview(self, reading: Reading, now: datetime) -> Plan:
        if (plan := self._unclear_time(reading)) is not None:
            return plan
        query = fresh_query(reading, self._model, now, self._default_period(now))
        is_summary = not reading.times.periods and not reading.values and not query.by
        return Plan("kpi", reading.language, reading.raw, query=query, summary=is_summary, chart=is_summary)

    def _tactics(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan:
        category = reading.values.get("category", ()) or tuple(context.where.get("category", ()) if context else ())
        metrics = reading.metrics or (context.metrics if context and not reading.values else ())
        if not category and not metrics and not reading.values:
            return _ask_back(reading, "which_category", *self._category_choices(reading))
        if reading.ambiguous and not metrics:
            metrics = reading.ambiguous[0].entry.readings
        scope = {"category": category} if category else {}
        period = asked_period(reading) or _whole_period(context) or last_days(7, now)
        query = KpiQuery(metrics, period, {**scope, **reading.values})  # no metric: whichever is worst
        return Plan("tactics", reading.language, reading.raw, query=query, search=reading.raw, category=category)

    def _calls_for_cards(self, reading: Reading, context: KpiQuery | None) -> bool:
        """Cards are kept by category, channel and metric; a question about anything else is for the documents."""
        if reading.has("document", "market"):
            return False
        if reading.metrics or reading.ambiguous or any(name in reading.values for name in CARD_DIMENSIONS):
            return True
        return not reading.values and not reading.unknown and (context is not None or not reading.loose)

    def _diagnosis(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan | None:
        if reading.has("document", "market") or reading.unknown:
            return None
        if reading.ambiguous and not reading.metrics:
            return self._which_metric(reading)
        if not reading.metrics and not (context and _follows_up(reading, bare_is_enough=True)):
            return None
        plan = self._kpi(reading, None if reading.metrics and reading.times.periods else context, now)
        if plan.query is None or self._before_data(plan, now):
            return plan if plan.query is None else self._knowledge(reading, plan)
        period = plan.query.period if reading.times.periods or context else last_days(7, now)  # one day is mostly noise
        compare = plan.query.compare or ("previous",)
        query = replace(plan.query, period=period, compare=compare, by=(), grain=None, top=None)
        return replace(plan, intent="diagnose", query=query, chart=False)

    def _definition(self, reading: Reading, context: KpiQuery | None) -> Plan | None:
        metrics = reading.metrics or tuple(id for term in reading.ambiguous for id in term.entry.readings)
        if not metrics and context is not None and not reading.unknown and not reading.values:
            metrics = context.metrics
        if not metrics or reading.unknown:
            return None
        return Plan("definition", reading.language, reading.raw, metrics=metrics)

    def _only_the_whole(self, reading: Reading) -> Plan:
        """奶粉 is a part of 母婴: the whole's figure is offered, never passed off as the part's."""
        text = reading.raw
        for term in reversed(reading.parts):
            text = f"{text[: term.start]} {self._value_name(term, reading)} {text[term.end :]}"
        whole = "、".join(dict.fromkeys(self._value_name(term, reading) for term in reading.parts))
        word = "、".join(dict.fromkeys(reading.raw[term.start : term.end] for term in reading.parts))
        choice = Choice(whole, " ".join(text.split()))
        return _ask_back(reading, "narrower", choice, word=word, whole=whole)

    def _value_name(self, term: Term, reading: Reading) -> str:
        values = self._model.dimensions[term.entry.dimension].values
        return next(value.name.text(reading.language) for value in values if value.id == term.entry.id)

    def _which_metric(self, reading: Reading) -> Plan:
        term = reading.ambiguous[0]
        choices = []
        for id in term.entry.readings:
            label = self._model.metrics[id].name.text(reading.language)
            request = reading.raw[: term.start] + f" {label} " + reading.raw[term.end :]
            choices.append(Choice(label, " ".join(request.split())))
        return _ask_back(reading, "which_metric", *choices, word=reading.raw[term.start : term.end])

    def _unclear_time(self, reading: Reading) -> Plan | None:
        """Time words that could not be read, or that lie ahead, are asked back; never guessed."""
        future = next((match for match in reading.times.periods if match.future), None)
        if future is not None:
            return _ask_back(reading, "future", word=reading.raw[future.start : future.end])
        if reading.has("vague_time") and not reading.times.periods:
            word = reading.cues["vague_time"][0]
            return self._which_period(reading, word)
        return self._which_period(reading, reading.times.unread[0]) if reading.times.unread else None

    def _which_period(self, reading: Reading, word: Span | Words) -> Plan:
        names = (
            ("昨天", "上周", "近7天", "本月")
            if reading.language == "zh"
            else ("yesterday", "last week", "last 7 days", "this month")
        )
        rest = _blanked(reading, (word, *reading.times.unread))
        choices = (Choice(name, f"{name} {rest}".strip()) for name in names)
        return _ask_back(reading, "which_period", *choices, word=reading.raw[word.start : word.end])

    def _misspelt(self, reading: Reading) -> Plan | None:
        """A word that is nearly a metric's name, in a question about a time or scope: did you mean."""
        if reading.metrics or not (reading.times.periods or reading.values):
            return None
        for word in reading.unknown:
            near = self._lexicon.misspelt(word)
            if near is not None:
                request = re.sub(re.escape(word), f" {near} ", reading.raw, flags=re.IGNORECASE)
                choice = Choice(near, " ".join(request.split()))
                return _ask_back(reading, "unknown_word", choice, word=word, nearest=near)
        return None

    def _knowledge(self, reading: Reading, otherwise: Plan | None = None) -> Plan:
        plan = _knowledge(reading, otherwise)
        return replace(plan, search=self._in_chinese(reading)) if reading.language == "en" else plan

    def _in_chinese(self, reading: Reading) -> str:
        """The question with the catalogue's names as Chinese documents write them."""
        text = reading.raw
        for term in reversed(reading.terms):
            if (name := self._chinese_name(term)) is not None:
                text = f"{text[: term.start]}{name}{text[term.end :]}"
        return text

    def _chinese_name(self, term: Term) -> str | None:
        if term.entry.kind == "metric":
            return self._model.metrics[term.entry.id].name.zh
        return term.entry.id if term.entry.kind == "value" else None

    def _unknown_word(self, reading: Reading, words: tuple[str, ...], query: KpiQuery | None) -> Plan:
        """Says which words nobody knows, and offers the same question without them."""
        text = reading.raw
        for word in words:
            text = re.sub(re.escape(word), " ", text, flags=re.IGNORECASE)
        label = " ".join(text.split())
        choices = (Choice(label, label),) if reading.metrics and label else ()
        return replace(_ask_back(reading, "unknown_word", *choices, word="、".join(words)), query=query)

    def _category_choices(self, reading: Reading) -> tuple[Choice, ...]:
        values = self._model.dimensions["category"].values if "category" in self._model.dimensions else ()
        return tuple(
            Choice(value.name.text(reading.language), f"/tactics {value.name.text(reading.language)}")
            for value in values
        )

    def _default_period(self, now: datetime) -> Period:
        from metrics.periods import default_period  # see reading.py

        return default_period(now, self._week_start)


def _split_command(text: str) -> tuple[str, str]:
    match = COMMAND.match(text.strip())
    return (match.group(1).lower(), text.strip()[match.end() :]) if match else ("", text)


def _courtesy(reading: Reading) -> Plan | None:
    if not reading.is_bare or reading.unknown or reading.has("remedy", *SUBJECT_CUES):
        return None
    if reading.has("help"):
        return Plan("help", reading.language, reading.raw)
    if reading.has("greet", "thanks"):
        return Plan("smalltalk", reading.language, reading.raw)
    return None


def _knowledge(reading: Reading, otherwise: Plan | None = None) -> Plan:
    return Plan(
        "knowledge",
        reading.language,
        reading.raw,
        search=reading.raw,
        metrics=reading.metrics,
        category=reading.values.get("category", ()),
        wants_figure=bool(reading.metrics) and not reading.has(*ADVICE_CUES),
        wants_amount=bool(reading.metrics) and not _about_change(reading),
        otherwise=otherwise,
    )


def _about_change(reading: Reading) -> bool:
    """Whether a growth or a share is asked for, not a level."""
    return bool(reading.times.compares or reading.has("change", "share", *ADVICE_CUES))


def _ask_back(reading: Reading, code: str, *choices: Choice, **data: str) -> Plan:
    return Plan("clarify", reading.language, reading.raw, unclear=code, unclear_data=data, choices=tuple(choices))


def _context_query(question: Question) -> KpiQuery | None:
    for plan in question.context:
        if plan.query is not None and plan.query.metrics:
            return plan.query
    return None


def _follows_up(reading: Reading, *, bare_is_enough: bool = False) -> bool:
    """Whether the question changes one part of the one before instead of standing on its own."""
    if reading.unknown:
        return False
    changes = reading.values or reading.times.periods or reading.times.compares or reading.dimensions
    if not reading.metrics:
        return bool(changes or bare_is_enough or reading.times.grain or reading.has("trend", "chart", "rank", "whole"))
    return reading.has("followup") or not (changes or reading.has("whole"))


def _whole_period(context: KpiQuery | None) -> Period | None:
    """The period of the turn before, when it is whole: what is to be done follows from what was seen."""
    return context.period if context is not None and context.period.complete else None


def _means_numbers(reading: Reading) -> bool:
    """Whether a question without a metric still asks for figures: a scope, a time, a ranking, the target."""
    is_ranked = bool(reading.dimensions) and (reading.ranking is not None or reading.has(*RANKING_CUES))
    has_time = bool(reading.times.periods or reading.times.unread)
    return bool(reading.values) or has_time or is_ranked or reading.has("target")


def _blanked(reading: Reading, spans: Iterable[Span | Words]) -> str:
    characters = list(reading.raw)
    for span in spans:
        characters[span.start : span.end] = " " * (span.end - span.start)
    return " ".join("".join(characters).split())
