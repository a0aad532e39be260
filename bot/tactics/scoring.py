"""How far up a card belongs: the need that calls for it, the strength of its evidence, and what it did before."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bot.assistant.types import Gap, Tried
from knowledge.documents import Tactic
from metrics.query import Scope

FIGURE = re.compile(r"\d|[一二三四五六七八九十百千万亿]+[倍成]")
WITH_FIGURE, WITH_CASE, WITH_NOTHING = 1.0, 0.8, 0.6  # evidence: a figure of somebody's case, a case alone, none
LEAST_NEED = 0.05  # of a card whose metric stands well: its evidence and its past still tell it from others
MEASURED = {"effective": 1.5, "harmful": 0.3, "cannot_tell": 0.9, "not_attributable": 1.0}
KEPT, DROPPED, RUNNING = 1.2, 0.6, 0.5  # the team's own word on it; what runs already needs no second start


def score_of(card: Tactic, gap: Gap | None, tried: Sequence[Tried], scope: Scope) -> float:
    """Comparable within one list; the product of need, evidence and outcomes."""
    return need_of(gap) * evidence_of(card) * outcome_of(tried, scope)


def need_of(gap: Gap | None) -> float:
    """How badly the metric stands; small and shrinking where it stands well or was not measured."""
    severity = gap.severity if gap is not None else -1.0
    return LEAST_NEED + severity if severity > 0 else LEAST_NEED * math.exp(severity)


def evidence_of(card: Tactic) -> float:
    """What the document gives for it."""
    if not card.evidence:
        return WITH_NOTHING
    return WITH_FIGURE if has_figure(card) else WITH_CASE


def has_figure(card: Tactic) -> bool:
    """Whether the evidence names a result, beyond the year and the place that it is from."""
    told = re.sub(r"（《.*?）|《.*?》|›\s*[\d.]+|\d{4}\s*年?", "", card.evidence)
    return FIGURE.search(told) is not None


def outcome_of(tried: Sequence[Tried], scope: Scope) -> float:
    """What earlier runs say, newest first; runs in another part of the shop count half."""
    found = 1.0
    for place, run in enumerate(tried):
        weight = (1.0 if _touches(run.scope, scope) else 0.5) / (1 + place)
        found *= _factor(run) ** weight
    return found


def _factor(run: Tried) -> float:
    measured = MEASURED[run.effect.verdict] if run.effect is not None else 1.0
    return measured * {"kept": KEPT, "dropped": DROPPED, "adopted": RUNNING}.get(run.state, 1.0)


def _touches(one: Scope, other: Scope) -> bool:
    return all(set(one[name]) & set(other[name]) for name in one if name in other)
