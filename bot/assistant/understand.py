"""From a question to a Plan, by rules over the catalogue: which of the few things the bot does is asked for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from bot.assistant.asking_back import AskingBack, ask_back
from bot.assistant.documents import for_documents
from bot.assistant.follow_up import context_query, follows_up, is_linked, whole_period
from bot.assistant.kpi_query import RANKED_BY_CHANGE, RANKING_CUES, asked_period, changed_query, fresh_query, last_days
from bot.assistant.lexicon import Lexicon
from bot.assistant.limits import applied, cannot_apply
from bot.assistant.premise import is_move, premise_of
from bot.assistant.reading import Reader, Reading
from bot.assistant.rooms import may_be_documented, must_hold, says_too_much
from bot.assistant.several_questions import first_of_several, joined
from bot.assistant.types import Choice, Plan, Question
from bot.assistant.views import COMMANDS, Views
from metrics.model import SemanticModel
from metrics.query import KpiQuery

LONGEST_QUESTION = 1000  # characters; an operator's question is rarely over 100
CARD_DIMENSIONS = ("category", "channel")
COMMAND = re.compile(r"^/([a-z_]+)(?:@\w+)?\s*", re.IGNORECASE)
REPORT = re.compile(r"\b(?:do|doing|go|going|perform|performing)\W*$")  # how did livestream do
OVERVIEW_COMMANDS = frozenset({"kpi"})
SUBJECT_CUES = ("howto", "document", "market", "why")
OTHER_FORMS = ("trend", "chart", "rank", "share", "per_day", "which_day", "step_back", "remedy", "define", "overview")
EVERY = 99  # groups, when all that rose or fell are asked for

RELEARN_SECONDS = 600.0  # new brands and shops turn up in the data now and then; looking for them takes a second

SeenValues = Callable[[], Mapping[str, Iterable[str]]]  # values in the data that are not in the catalogue
DataSpan = Callable[[datetime], tuple[date, date] | None]  # first and last day that the data covers, as of a moment


class Understander:
    """Reads a question into a Plan that names only what the catalogue holds."""

    def __init__(
        self,
        reader: Reader,
        lexicon: Lexicon,
        model: SemanticModel,
        span: DataSpan,
        week_start: int = 0,
        seen: SeenValues | None = None,
    ) -> None:
        self._reader = reader
        self._lexicon = lexicon
        self._model = model
        self._span = span
        self._seen = seen
        self._learnt_at = float("-inf")
        self._asking = AskingBack(model, lexicon)
        self._views = Views(model, reader.calendar, self._asking, week_start)
        self._week_start = week_start

    def understand(self, question: Question) -> Plan:
        """The plan of one question; never raises, what is unclear becomes a plan to ask back."""
        command, text = _split_command(question.text)
        reading = self._read(text[:LONGEST_QUESTION], question)
        if not text.strip():
            return self._bare_command(command, reading, question)
        if len(text) > LONGEST_QUESTION:
            return ask_back(reading, "too_long", length=str(len(text)), limit=str(LONGEST_QUESTION))
        if not any(character.isalnum() for character in text):
            return ask_back(reading, "no_words")
        plan = self._route(command, reading, question)
        return plan if command else self._with_documents(reading, plan, question)

    def _with_documents(self, reading: Reading, plan: Plan, question: Question) -> Plan:
        span = self._span(question.now)
        if plan.view or not may_be_documented(reading, plan, context_query(question), span[0] if span else None):
            return plan
        needed = must_hold(reading, plan)
        if plan.intent == "kpi" and reading.has("session"):
            plan = self._asking.unsupported(reading, reading.cues["session"][0])  # the whole is no single session
        elif plan.intent == "kpi" and says_too_much(reading):
            plan = replace(self._asking.unknown_word(reading), query=plan.query)
        return replace(self._knowledge(reading, plan), must_hold=needed)

    def _read(self, text: str, question: Question) -> Reading:
        reading = self._reader.read(text, question.now, question.language)
        if (reading.left or reading.exclusions) and self._learns():
            return self._reader.read(text, question.now, question.language)
        return reading

    def _learns(self) -> bool:
        """Looks into the data for values that no catalogue names, when they may be what a question is about."""
        if self._seen is None or time.monotonic() - self._learnt_at < RELEARN_SECONDS:
            return False
        self._learnt_at = time.monotonic()
        found = self._seen()
        if any(found.values()):
            self._lexicon.learn(found)
        return any(found.values())

    def _route(self, command: str, reading: Reading, question: Question) -> Plan:
        context = context_query(question)
        if command == "tactics":
            return self._tactics(reading, context, question.now)
        if (plan := _courtesy(reading, context)) is not None:
            return plan
        if reading.has("define") and not reading.times.periods and (plan := self._definition(reading, context)):
            return plan
        if reading.has("remedy") and reading.has("why") and (plan := self._diagnosis(reading, context, question.now)):
            return replace(plan, advice=True)
        if reading.has("remedy") and self._calls_for_cards(reading, context):
            return self._tactics(reading, context, question.now)
        if reading.has("why", "waterfall") and (plan := self._diagnosis(reading, context, question.now)):
            return plan
        if self._stays_with_why(reading, question) and (plan := self._diagnosis(reading, context, question.now)):
            return plan
        if reading.has("remedy", *SUBJECT_CUES) or _asks_for_a_way(reading):
            return self._knowledge(reading)
        return self._views.plan(command, reading, question) or self._numbers(command, reading, context, question)

    def _bare_command(self, command: str, reading: Reading, question: Question) -> Plan:
        reading = replace(reading, language=question.language)
        if command in OVERVIEW_COMMANDS:
            return self._overview(reading, question.now)
        if command in COMMANDS and (plan := self._views.plan(command, reading, question)) is not None:
            return plan
        if command == "tactics":
            return ask_back(reading, "which_category", *self._asking.category_choices(reading))
        if command in ("help", "start"):
            return Plan("help", reading.language, question.text)
        return ask_back(reading, "empty")

    def _numbers(self, command: str, reading: Reading, context: KpiQuery | None, question: Question) -> Plan:
        reading = joined(reading, self._reader.calendar)
        if reading.metrics and (several := first_of_several(reading)) is not None:
            return self._first_only(*several, question)
        if reading.has("overview") and not reading.metrics and not reading.unknown:
            return self._overview(reading, question.now)
        follows = context is not None and follows_up(reading)
        if (plan := self._doubt(reading, context, question.now)) is not None:
            return plan
        if not (reading.metrics or follows or (not reading.unknown and (_means_numbers(reading) or command == "kpi"))):
            return self._knowledge(reading)
        plan = self._kpi(reading, context if follows else None, question.now)
        if plan.unclear == "which_period" and reading.has("vague_time") and not follows:
            return self._knowledge(reading, plan)  # what a promotion brought may be written down
        if reading.loose and not reading.metrics and not follows:
            # A scope with words around it may be about what the documents say; it is no reason for other figures.
            return self._knowledge(reading, replace(self._asking.unknown_word(reading), query=plan.query))
        return self._documents_first(reading, plan, question.now)

    def _first_only(self, first: str, others: tuple[str, ...], question: Question) -> Plan:
        """Answers the first of several questions; the others are said to be open, each a tap away."""
        plan = self.understand(replace(question, text=first))
        return replace(plan, choices=(*plan.choices, *(Choice(other, other) for other in others)))

    def _doubt(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan | None:
        """What must be asked back before any figure is thought of."""
        beyond = (*reading.cues["unsupported"], *reading.cues["by_weekday"], *reading.cues["negation"])
        beyond += () if reading.exclusions else reading.cues["rest"]
        if beyond and (reading.metrics or context):
            return self._asking.unsupported(reading, beyond[0])
        if reading.absent and self._is_own_figure(reading, context, now):
            return self._asking.not_held(reading)
        if reading.ambiguous:
            return self._asking.which_metric(reading)
        is_kpi = bool(reading.metrics or reading.values or reading.times.periods or context)
        if reading.guesses and is_kpi and not reading.absent:
            return self._asking.did_you_mean(reading)
        return None

    def _is_own_figure(self, reading: Reading, context: KpiQuery | None, now: datetime) -> bool:
        """Whether the shop's own data are asked, not what the documents tell of others or of earlier years."""
        if reading.has("document", "market") or len(reading.unknown) > len(reading.absent):
            return False
        period, span = asked_period(reading), self._span(now)
        if period is not None:
            return span is None or period.end >= span[0]
        return (
            bool(reading.metrics or reading.dimensions)
            or not reading.loose
            or (context is not None and is_linked(reading))
        )

    def _kpi(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan:
        if reading.parts:
            return self._asking.only_the_whole(reading)
        if (plan := self._asking.unclear_time(reading)) is not None:
            return plan
        if reading.has("step_back") and not _is_same_step(reading, context):
            return self._asking.which_period(reading, reading.cues["step_back"][0])
        query = self._query(reading, context, now)
        if (plan := cannot_apply(reading, query, self._model, self._asking)) is not None:
            return plan
        plan = Plan("kpi", reading.language, reading.raw, query=query, read_as=reading.read_as)
        plan = replace(plan, excluded=reading.excluded, chart=reading.has("chart", "trend"))
        if query.by and reading.has(*RANKED_BY_CHANGE):
            plan = _ranked_by_change(reading, plan, query)
        return applied(reading, plan, self._model)

    def _query(self, reading: Reading, context: KpiQuery | None, now: datetime) -> KpiQuery:
        if context is not None:
            return changed_query(context, reading, self._model, self._reader.calendar, self._lexicon)
        from metrics.periods import default_period  # see reading.py

        return fresh_query(reading, self._model, now, default_period(now), self._lexicon, self._week_start)

    def _documents_first(self, reading: Reading, plan: Plan, now: datetime) -> Plan:
        """A metric with words that the catalogue does not hold, or from before the data, may be in the documents."""
        if reading.unknown:
            unknown = replace(self._asking.unknown_word(reading), query=plan.query)
            is_own = reading.times.periods and not self._before_data(plan, now)
            return unknown if is_own else self._knowledge(reading, unknown)
        if plan.intent == "kpi" and self._before_data(plan, now):
            return self._knowledge(reading, plan)
        if plan.intent == "kpi" and reading.nameless is not None:
            return replace(self._asking.unknown_word(reading), query=plan.query)  # the whole is not its figure
        return plan

    def _before_data(self, plan: Plan, now: datetime) -> bool:
        span = self._span(now)
        return plan.query is not None and span is not None and plan.query.period.end < span[0]

    def _overview(self, reading: Reading, now: datetime) -> Plan:
        if (plan := self._asking.unclear_time(reading)) is not None:
            return plan
        query = self._query(reading, None, now)
        is_summary = not reading.times.periods and not reading.values and not query.by and not query.where
        plan = Plan("kpi", reading.language, reading.raw, query=query, summary=is_summary, chart=is_summary)
        return replace(plan, read_as=reading.read_as, excluded=reading.excluded, ignored=reading.loose)

    def _tactics(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan:
        category = reading.values.get("category", ()) or tuple(context.where.get("category", ()) if context else ())
        metrics = reading.metrics or (context.metrics if context and not reading.values else ())
        if not category and not metrics and not reading.values:
            return ask_back(reading, "which_category", *self._asking.category_choices(reading))
        if reading.ambiguous and not metrics:
            metrics = reading.ambiguous[0].entry.readings
        scope = {"category": category} if category else {}
        period = asked_period(reading) or whole_period(context) or last_days(7, now)
        query = KpiQuery(metrics, period, {**scope, **reading.values})  # no metric: whichever is worst
        plan = Plan("tactics", reading.language, reading.raw, query=query, search=reading.raw, category=category)
        return replace(plan, read_as=reading.read_as)

    def _calls_for_cards(self, reading: Reading, context: KpiQuery | None) -> bool:
        """Cards are kept by category, channel and metric; a question about anything else is for the documents."""
        if reading.has("document", "market"):
            return False
        if reading.metrics or reading.ambiguous or any(name in reading.values for name in CARD_DIMENSIONS):
            return True
        return not reading.values and not reading.unknown and (context is not None or not reading.loose)

    def _diagnosis(self, reading: Reading, context: KpiQuery | None, now: datetime) -> Plan | None:
        if reading.has("document", "market") or reading.unknown or reading.nameless is not None:
            return None
        if reading.ambiguous:
            return self._asking.which_metric(reading)
        is_of_target = _is_of_target(reading) and not reading.loose
        if not (reading.metrics or is_of_target or (context and follows_up(reading, bare_is_enough=True))):
            return None
        plan = self._kpi(reading, None if reading.metrics and reading.times.periods else context, now)
        if plan.query is None or self._before_data(plan, now):
            return plan if plan.query is None else self._knowledge(reading, plan)
        compare = plan.query.compare or ("previous",)
        has_own = bool(reading.times.periods or context) or compare[0] == "target"  # a target is given by the month
        period = plan.query.period if has_own else last_days(7, now)  # one day is mostly noise
        by = plan.query.by if reading.dimensions or reading.has("waterfall") else ()
        first, *others = plan.query.metrics
        query = replace(plan.query, metrics=(first,), period=period, compare=compare, by=by, grain=None, top=None)
        plan = replace(plan, intent="diagnose", query=query, ranked_by="value", threshold=None)
        names = [self._model.metrics[id].name.text(reading.language) for id in others]
        choices = tuple(Choice(name, name) for name in names)  # a name alone stays with the question for a reason
        ignored = tuple(word for word in plan.ignored if not is_move(word))
        premise = premise_of(reading.raw)
        return replace(plan, chart=reading.has("waterfall"), premise=premise, choices=choices, ignored=ignored)

    def _stays_with_why(self, reading: Reading, question: Question) -> bool:
        """那直播呢, 按渠道看 after a question for a reason ask for the reason there."""
        before = next(iter(question.context), None)
        if before is None or before.intent != "diagnose" or not follows_up(reading):
            return False
        is_other = reading.times.grain is not None or reading.ranking is not None or bool(reading.bounds)
        return not is_other and not reading.has(*OTHER_FORMS)

    def _definition(self, reading: Reading, context: KpiQuery | None) -> Plan | None:
        metrics = reading.metrics or tuple(id for term in reading.ambiguous for id in term.entry.readings)
        if not metrics and context is not None and not reading.unknown and not reading.values:
            metrics = context.metrics
        if not metrics or reading.unknown:
            return None
        return Plan("definition", reading.language, reading.raw, metrics=metrics, read_as=reading.read_as)

    def _knowledge(self, reading: Reading, otherwise: Plan | None = None) -> Plan:
        return for_documents(reading, self._model, otherwise)


def _split_command(text: str) -> tuple[str, str]:
    match = COMMAND.match(text.strip())
    return (match.group(1).lower(), text.strip()[match.end() :]) if match else ("", text)


def _courtesy(reading: Reading, context: KpiQuery | None) -> Plan | None:
    if reading.unknown or reading.has("remedy", *SUBJECT_CUES):
        return None
    dropped = {term.entry.id for item in reading.exclusions for term in item.terms if term.entry.kind == "metric"}
    is_all = bool(dropped) and not reading.included and not (context and set(context.metrics) - dropped)
    if (reading.is_bare and reading.has("stop")) or is_all:
        return Plan("smalltalk", reading.language, reading.raw, unclear="stopped")
    if not reading.is_bare:
        return None
    if reading.has("help"):
        return Plan("help", reading.language, reading.raw)
    if reading.has("greet", "thanks"):
        return Plan("smalltalk", reading.language, reading.raw)
    return None


def _ranked_by_change(reading: Reading, plan: Plan, query: KpiQuery) -> Plan:
    falls = reading.has("fell_most", "falling")
    is_one = reading.has("fell_most", "rose_most")
    count = abs(query.top or (reading.ranking.count if reading.ranking else 1 if is_one else EVERY))
    query = replace(query, compare=query.compare or ("previous",), top=-count if falls else count, grain=None)
    ranked_by: Literal["rise", "fall"] = "fall" if falls else "rise"
    return replace(plan, query=query, ranked_by=ranked_by)


def _is_same_step(reading: Reading, context: KpiQuery | None) -> bool:
    """Whether the step named (再往前一周) is as long as the period of the turn before."""
    unit = reading.cues["step_back"][0].text[-1]
    kinds = {
        "天": "day",
        "日": "day",
        "周": "week",
        "期": "week",
        "拜": "week",
        "月": "month",
        "季": "quarter",
        "度": "quarter",
        "年": "year",
    }
    if context is None:
        return False
    return unit == "期" or kinds.get(unit, context.period.kind) == context.period.kind


def _asks_for_a_way(reading: Reading) -> bool:
    """How do we raise conversion, in contrast to: how did livestream do yesterday."""
    is_clear = bool(reading.metrics) or not reading.has("change")  # "how did GMV change in October" wants its figures
    is_report = bool(reading.times.periods) and is_clear and not reading.unknown and not reading.loose
    return reading.has("how_did") and not is_report and not REPORT.search(reading.text)


def _is_of_target(reading: Reading) -> bool:
    """Whether the target is spoken of, of a metric named or not."""
    return reading.has("target") or any(item.kind == "target" for item in reading.times.compares)


def _means_numbers(reading: Reading) -> bool:
    """Whether a question without a metric still asks for figures: a scope, a time, a ranking, the target."""
    is_ranked = bool(reading.dimensions) and (reading.ranking is not None or reading.has(*RANKING_CUES))
    has_time = bool(reading.times.periods or reading.times.unread)
    return (
        bool(reading.values or reading.excluded)
        or has_time
        or is_ranked
        or bool(reading.times.compares)
        or reading.has("target")
    )
