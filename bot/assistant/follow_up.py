"""Tells a question that changes one part of the one before from a question that stands on its own."""

from __future__ import annotations

from bot.assistant.reading import Reading
from bot.assistant.types import Question
from metrics.query import KpiQuery, Period

CLOSERS = " ?？!！。.,，~～吗呀啊哦"
OPENERS = " ,，。.!！?？~～"
TRAILING = ("呢", "too", "as well", "instead")
FORMS = ("trend", "chart", "rank", "whole", "share", "per_day", "which_day", "step_back")


def context_query(question: Question) -> KpiQuery | None:
    """The query of the newest earlier turn that had one."""
    for plan in question.context:
        if plan.query is not None and plan.query.metrics:
            return plan.query
    return None


def is_linked(reading: Reading) -> bool:
    """Whether its first or last word ties the question to what was said before: 那…, …呢, what about."""
    text = reading.text.rstrip(CLOSERS)
    links = [span for cue in ("followup", "add") for span in reading.cues[cue]]
    opening = reading.text[: min((span.start for span in links), default=0)]
    for span in (*reading.cues["thanks"], *reading.cues["greet"]):
        opening = opening.replace(span.text, " ", 1)  # ok, and toys?
    begins = bool(links) and not opening.strip(OPENERS)
    return begins or (text.endswith(TRAILING) and not (reading.metrics and reading.times.periods))


def follows_up(reading: Reading, *, bare_is_enough: bool = False) -> bool:
    """Whether the question changes one part of the one before instead of standing on its own."""
    if reading.unknown:
        return False
    changes = bool(reading.values or reading.times.periods or reading.times.compares or reading.dimensions)
    if not reading.metrics:
        form = reading.times.grain is not None or reading.ranking is not None or reading.has(*FORMS)
        return bool(changes or bare_is_enough or form or reading.bounds or reading.exclusions)
    return is_linked(reading) or not (changes or reading.has("whole"))


def whole_period(context: KpiQuery | None) -> Period | None:
    """The period of the turn before, when it is whole: what is to be done follows from what was seen."""
    return context.period if context is not None and context.period.complete else None
