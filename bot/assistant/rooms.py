"""Which room is asked first: the numbers, or the documents with the numbers to fall back on."""

from __future__ import annotations

import re
from datetime import date

from bot.assistant.documents import ADVICE_CUES, SOMEBODY
from bot.assistant.follow_up import is_linked
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from metrics.query import KpiQuery

# Questions back that a sure answer of the documents makes needless; a time that lies ahead stays what it is.
DOUBTS = frozenset(
    {"which_metric", "unknown_word", "not_held", "not_held_cut", "which_period", "unsupported", "which_category"}
)
UNDATED = frozenset({"campaign"})  # a promotion without its year may be that of a document
PLAIN_YEAR = frozenset({"campaign", "year"})  # so may a whole year, beside words that only a document knows
DEICTIC = re.compile(r"[今去前本上近最昨这当明]|\b(?:last|this|past|previous|current|yesterday|today|recent|next)\b")
JUST_NOW = re.compile(r"现在|目前|当前|如今|now|currently")  # said of a document as well
MOST_LEFT_OVER = 4  # characters: 百夜试睡
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
    if plan.intent == "clarify":
        names = [term for term in reading.absent if not SOMEBODY.fullmatch(term.text)]
        is_advice = bool(reading.parts) and reading.has(*ADVICE_CUES)  # of a part, the data know nothing
        return not _is_clearly_live(reading, plan) and bool(unexplained(reading) or names or is_advice)
    return bool(_is_about_an_effect(reading) or unexplained(reading)) and not _is_clearly_live(reading, plan)


def is_before(reading: Reading, starts: date | None) -> bool:
    """Whether a time before the first day of the data is named."""
    return starts is not None and any(match.period.end < starts for match in reading.times.periods)


def unexplained(reading: Reading) -> tuple[str, ...]:
    """Words that no catalogue explains, apart from metrics and cuts that are known to be missing."""
    absent = {term.text for term in reading.absent}
    return tuple(word for word in (*reading.unknown, *reading.loose) if word not in absent)


def must_hold(reading: Reading, otherwise: Plan) -> tuple[str, ...]:
    """Words that a place must hold to be preferred to the other plan."""
    if otherwise.intent != "clarify" or (reading.metrics and not reading.absent):
        return unexplained(reading)
    return tuple(term.text for term in reading.absent if not SOMEBODY.fullmatch(term.text))


def says_too_much(reading: Reading) -> bool:
    """Whether the words left over are too many for a live figure: it would be of something else."""
    return sum(map(len, unexplained(reading))) >= MOST_LEFT_OVER


def _is_clearly_live(reading: Reading, plan: Plan) -> bool:
    times = reading.times
    written = PLAIN_YEAR if plan.intent == "clarify" and reading.unknown else UNDATED
    timed = [match for match in times.periods if not JUST_NOW.fullmatch(match.text)]
    has_period = any(match.period.kind not in written or DEICTIC.search(match.text) for match in timed)
    is_cut = bool(reading.dimensions) and (reading.has("group", "which") or reading.ranking is not None)
    compares = [match for match in times.compares if plan.intent == "kpi" or match.kind != "target"]
    is_form = plan.intent == "kpi" and reading.has(*FORMS)
    return bool(has_period or compares or times.grain or reading.bounds or is_cut or is_form)


def _is_about_an_effect(reading: Reading) -> bool:
    """Does private domain help retention."""
    return reading.has("help") and bool(reading.metrics or reading.values)
