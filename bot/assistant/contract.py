"""An Answer as the JSON object that `opsbot ask --json` prints; scripts and tests rely on its names."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Sequence
from typing import Any

from bot.assistant.contract_explanation import explanation_json
from bot.assistant.types import Answer, Plan
from metrics.query import Change, Figure, KpiQuery, KpiResult, Period

TAG = re.compile(r"</?[a-z][^>]*>")
Json = dict[str, Any]


def as_json(answer: Answer) -> Json:
    """The whole object of the contract."""
    explanation = explanation_json(answer.facts.explanation)  # of a question for a reason; others have no such key
    return {
        "intent": answer.plan.intent,
        "query": query_json(answer.plan),
        "answer": plain_text(answer.html),
        "facts": facts_json(answer.facts.results),
        "citations": [
            {"document": item.document, "section": item.section, "quote": item.quote, "place": item.place}
            for item in answer.citations
        ],
        "tactics": [
            {
                "id": item.tactic.id,
                "title": item.tactic.title,
                "category": list(item.tactic.categories),
                "metrics": list(item.metrics),
                "document": item.tactic.document,
            }
            for item in answer.facts.suggestions
        ],
        "grounded": answer.grounded,
        "seconds": round(answer.seconds, 4),
    } | ({"explanation": explanation} if explanation is not None else {})


def plain_text(html: str) -> str:
    """Telegram HTML as plain text."""
    return html_module.unescape(TAG.sub("", html))


def query_json(plan: Plan) -> Json | None:
    """The query of a plan, None when no metric and no scope is in it."""
    if plan.query is not None:
        return _query(plan.query)
    if not plan.metrics and not plan.category:
        return None
    where = {"category": list(plan.category)} if plan.category else {}
    empty: Json = {"by": [], "grain": None, "period": None, "compare": None, "top": None}
    return {"metrics": list(plan.metrics), "where": where, **empty}


def _query(query: KpiQuery) -> Json:
    return {
        "metrics": list(query.metrics),
        "where": {dimension: list(values) for dimension, values in query.where.items()},
        "by": list(query.by),
        "grain": query.grain,
        "period": period_json(query.period),
        "compare": query.compare[0] if query.compare else None,
        "top": query.top,
    }


def period_json(period: Period) -> Json:
    """Inclusive dates; `complete` is False for a period that runs to now."""
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "complete": period.complete}


def facts_json(results: Sequence[KpiResult]) -> list[Json]:
    """Every figure of every result with its changes; the first one is what was asked for."""
    figures = [(result, figure) for result in results for figure in result.figures]
    return [
        {
            "id": f"f{number}",
            **_figure(figure),
            "data_to": figure.data_to.isoformat() if figure.data_to else None,
            "changes": [_change(change) for change in result.changes if change.current is figure],
        }
        for number, (result, figure) in enumerate(figures, 1)
    ]


def _figure(figure: Figure) -> Json:
    return {
        "metric": figure.metric,
        "value": figure.value,
        "unit": figure.unit,
        "scope": {dimension: list(values) for dimension, values in figure.scope.items()},
        "period": period_json(figure.period),
        "bucket": figure.bucket.isoformat() if figure.bucket else None,
        "absence": figure.absence,
        "sources": list(figure.sources),
    }


def _change(change: Change) -> Json:
    return {
        "kind": change.kind,
        "baseline": change.baseline.value,
        "baseline_period": period_json(change.baseline.period),
        "absolute": change.absolute,
        "relative": change.relative,
    }
