"""Which room is asked first: the numbers, or the documents with the numbers to fall back on."""

from __future__ import annotations

import re
from datetime import date

from bot.assistant.follow_up import is_linked
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from metrics.query import KpiQuery

# Questions back that a sure answer of the documents makes needless; a time that lies ahead stays what it is.
DOUBTS = frozenset({"which_metric", "unknown_word", "not_held", "not_held_cut", "which_period", "unsupported"})
YEAR = re.compile(r"(?:19|20)\d\d|年|\b(?:last|this)\b")
FORMS = ("trend", "chart", "rank", "whole", "per_day", "which_day", "which_week", "which_month", "which_hour", "target")


def may_be_documented(reading: Reading, plan: Plan, context: KpiQuery | None, starts: date | None) -> bool:
    """Whether the documents are asked before this plan of figures, or before this question back.

    A clear question for a live figure (a metric, a scope, a period of the data, no word left over) never is.
    """
    if plan.intent not in ("kpi", "clarify") or (plan.intent == "clarify" and plan.unclear not in DOUBTS):
        return False
    if is_before(reading, starts):
        return True
    if context is not None and is_linked(reading):
        return False
    if reading.has("session"):
        return True
    return bool(_is_about_an_effect(reading) or unexplained(reading)) and not _is_clearly_live(reading)


def is_before(reading: Reading, starts: date | None) -> bool:
    """Whether a time before the first day of the data is named."""
    return starts is not None and any(match.period.end < starts for match in reading.times.periods)


def unexplained(reading: Reading) -> tuple[str, ...]:
    """Words that no catalogue explains, apart from metrics and cuts that are known to be missing."""
    absent = {term.text for term in reading.absent}
    return tuple(word for word in (*reading.unknown, *reading.loose) if word not in absent)


def _is_clearly_live(reading: Reading) -> bool:
    times = reading.times
    has_period = any(match.period.kind != "campaign" or YEAR.search(match.text) for match in times.periods)
    is_cut = bool(reading.dimensions) and (reading.has("group", "which") or reading.ranking is not None)
    return bool(has_period or times.compares or times.grain or reading.bounds or is_cut or reading.has(*FORMS))


def _is_about_an_effect(reading: Reading) -> bool:
    """Does private domain help retention."""
    return reading.has("help") and bool(reading.metrics or reading.values)
