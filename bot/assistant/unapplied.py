"""Words that steer a question and changed nothing in its plan: they are said to be left out, never passed over."""

from __future__ import annotations

from collections.abc import Iterator

from bot.assistant.kpi_query import CHANGE_CUES, SUPERLATIVES, WHICH
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from metrics.model import SemanticModel
from metrics.query import KpiQuery


def without_effect(reading: Reading, plan: Plan, model: SemanticModel) -> list[str]:
    """The steering words of the question, as written there, that the plan holds nothing of."""
    query = plan.query
    if query is None:
        return []
    words = [span.text for cue in _idle(reading, plan, query, model) for span in reading.cues[cue]]
    if reading.times.compares and not query.compare:
        words += [match.text for match in reading.times.compares]
    if reading.times.grain_span is not None and query.grain is None:
        words.append(reading.times.grain_span.text)
    return [word.strip() for word in words]


def _idle(reading: Reading, plan: Plan, query: KpiQuery, model: SemanticModel) -> Iterator[str]:
    """The cues without a trace in the plan."""
    is_cut = bool(query.by or query.grain)
    has_ratio = any(model.metrics[id].denominator is not None for id in query.metrics)
    if not is_cut:
        yield from SUPERLATIVES
    if not query.compare and not query.grain:
        yield from CHANGE_CUES
    if "target" not in query.compare:
        yield "target"
    if not plan.share and not has_ratio:
        yield "share"
    if not query.grain:
        yield from ("trend", *WHICH)
    if not plan.per_day:
        yield "per_day"
