"""The follow-ups that are one tap away under an answer."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.types import Button, Facts, Plan
from metrics.diagnosis.explanation import Cause, Explanation
from metrics.model import Language, SemanticModel
from metrics.query import KpiQuery
from prompts.loader import Wording

Rows = tuple[tuple[Button, ...], ...]
SPLITS = ("channel", "category")  # offered in this order; two fit a phone's row


def kpi_buttons(plan: Plan, facts: Facts, model: SemanticModel, wording: Wording) -> Rows:
    """Why, splits, trend, what to do, definition: those that make sense for this answer; none where it has no value."""
    query, language = plan.query, plan.language
    held = [figure for result in facts.results for figure in result.figures if figure.value is not None]
    if query is None or not held:
        return ()
    if plan.summary:
        return _summary_buttons(query, model, wording, language)
    if facts.explanation is not None and facts.explanation.is_explained:
        return _diagnosis_buttons(plan, query, facts.explanation, model, wording)
    first = [_button("why", wording, language)] if _has_cause(plan, query, facts) else []
    first += [_split_button(dimension, model, wording, language) for dimension in _splits(query, model)]
    second = [] if query.grain else [_button("trend", wording, language)]
    second += [_button("remedy", wording, language), _button("definition", wording, language)]
    return tuple(tuple(row) for row in (first, second) if row)


def _has_cause(plan: Plan, query: KpiQuery, facts: Facts) -> bool:
    """Whether the answer shows one figure that moved."""
    if plan.intent != "kpi" or query.by or query.grain or len(query.metrics) != 1:
        return False
    return any(change.absolute for change in facts.results[0].changes)


def _diagnosis_buttons(
    plan: Plan, query: KpiQuery, explanation: Explanation, model: SemanticModel, wording: Wording
) -> Rows:
    """What to do about the cause that hurts, the picture, the cuts, and the course."""
    language = plan.language
    first = [_remedy_there(explanation, model, wording, language)]
    first += [] if plan.chart else [_button("waterfall", wording, language)]
    second = [_split_button(dimension, model, wording, language) for dimension in _splits(query, model)]
    second += [_button("trend", wording, language), _button("definition", wording, language)]
    return tuple(tuple(row) for row in (first, second))


def _remedy_there(explanation: Explanation, model: SemanticModel, wording: Wording, language: Language) -> Button:
    """Tactics for the first cause that is bad news, else for what was asked, in words that are read back exactly."""
    bad = next((cause for cause in explanation.causes if _is_bad(cause, model)), None)
    metric, scope = (bad.metric, bad.scope) if bad is not None else (explanation.metric, explanation.query.where)
    listed = {(name, value.id): value.name.text(language) for name in scope for value in model.dimensions[name].values}
    names = [listed.get((name, value), value) for name, values in scope.items() for value in values]
    words = {"metric": model.metrics[metric].name.text(language), "scope": " ".join(names)}
    request = wording.text("button/remedy_there_request", language, **words)
    return Button(wording.text("button/remedy", language), request)


def _is_bad(cause: Cause, model: SemanticModel) -> bool:
    move = (cause.current.value or 0.0) - (cause.baseline.value or 0.0)
    return (move > 0) != model.metrics[cause.metric].higher_is_better


def _summary_buttons(query: KpiQuery, model: SemanticModel, wording: Wording, language: Language) -> Rows:
    """Of the first metric, since a cut of all of them fits no screen."""
    name = model.metrics[query.metrics[0]].name.text(language)

    def button(kind: str) -> Button:
        label = wording.text(f"button/summary_{kind}", language, metric=name)
        return Button(label, wording.text(f"button/summary_{kind}_request", language, metric=name))

    splits = _splits(replace(query, metrics=query.metrics[:1]), model)
    first = [button(dimension) for dimension in splits if dimension in SPLITS]
    return tuple(tuple(row) for row in (first, [button("trend"), button("why")]) if row)


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
