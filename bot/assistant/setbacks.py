"""Why the figure that calls for a card fell, told beside the first card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.assistant.types import Suggestion
from metrics.diagnosis.explanation import Explanation
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import KpiQuery

SETBACK = 0.03  # a smaller move the wrong way is not explained beside a card
LEAST_CAUSE = 0.5  # of the move; what explains less is no cause of it


def with_cause(
    cards: tuple[Suggestion, ...], explain: Callable[[KpiQuery], Explanation], model: SemanticModel
) -> tuple[Suggestion, ...]:
    """The first card with its cause; the others would take as long again and are read less."""
    gap = cards[0].gap
    if gap is None or gap.severity <= 0:
        return cards
    against = gap.change.baseline.period if gap.change is not None else None
    query = KpiQuery((gap.figure.metric,), gap.figure.period, gap.figure.scope, compare=("previous",), against=against)
    try:
        cause = explain(query)
    except QueryError:
        return cards  # the card stands without
    is_told = is_setback(cause, model) and (cause.causes[0].share or 0.0) >= LEAST_CAUSE
    return (replace(cards[0], cause=cause if is_told else None), *cards[1:])


def is_setback(explanation: Explanation, model: SemanticModel) -> bool:
    """Whether the figure moved the wrong way by enough to say why, and it is known why."""
    change = explanation.change
    if change is None or not explanation.is_explained or not explanation.causes:
        return False
    is_good = (change.direction > 0) == model.metrics[change.current.metric].higher_is_better
    return change.relative is not None and not is_good and abs(change.relative) >= SETBACK
