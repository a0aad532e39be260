"""The follow-ups that are one tap away under an answer."""

from __future__ import annotations

from bot.assistant.types import Button, Plan
from metrics.model import Language, SemanticModel
from metrics.query import KpiQuery
from prompts.loader import Wording

Rows = tuple[tuple[Button, ...], ...]
SPLITS = ("channel", "category")  # offered in this order; two fit a phone's row


def kpi_buttons(plan: Plan, model: SemanticModel, wording: Wording) -> Rows:
    """Why, splits, trend, what to do, definition: those that make sense for this query."""
    query, language = plan.query, plan.language
    if query is None:
        return ()
    first = [_button("why", wording, language)] if plan.intent == "kpi" and not (query.by or query.grain) else []
    first += [_split_button(dimension, model, wording, language) for dimension in _splits(query, model)]
    second = [] if query.grain else [_button("trend", wording, language)]
    second += [_button("remedy", wording, language), _button("definition", wording, language)]
    return tuple(tuple(row) for row in (first, second) if row)


def source_button(kind: str, passage_id: str, wording: Wording, language: Language) -> Button:
    """Shows the passage itself; `kind` is "passage" or "source"."""
    return Button(wording.text(f"button/{kind}", language), f"/source {passage_id}")


def _splits(query: KpiQuery, model: SemanticModel) -> list[str]:
    free = [id for id in SPLITS if id in model.dimensions and id not in query.by]
    return [id for id in free if len(query.where.get(id, ())) != 1 and _can_split(query, id, model)][:2]


def _can_split(query: KpiQuery, dimension: str, model: SemanticModel) -> bool:
    """Whether every measure of the query carries the dimension and none has it fixed."""
    measures = [measure for id in query.metrics for measure in model.measures_of(model.metrics[id])]
    return all(
        dimension in model.tables[measure.table].dimensions and dimension not in measure.where for measure in measures
    )


def _split_button(dimension: str, model: SemanticModel, wording: Wording, language: Language) -> Button:
    name = model.dimensions[dimension].name.text(language)
    return Button(
        wording.text("button/by", language, name=name), wording.text("button/by_request", language, name=name)
    )


def _button(kind: str, wording: Wording, language: Language) -> Button:
    return Button(wording.text(f"button/{kind}", language), wording.text(f"button/{kind}_request", language))
