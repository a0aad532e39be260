"""An Explanation as the JSON object under `explanation` of `opsbot ask --json`; scripts rely on its names."""

from __future__ import annotations

from typing import Any

from metrics.diagnosis.explanation import Cause, Event, Explanation, Normal, Part
from metrics.query import Figure, Scope

Json = dict[str, Any]


def explanation_json(explanation: Explanation | None) -> Json | None:
    """The change, every list of parts that adds up to it, causes and what stands beside; None without any."""
    if explanation is None or not explanation.is_explained or explanation.change is None:
        return None
    change = explanation.change
    return {
        "metric": explanation.metric,
        "scope": _scope(explanation.query.where),
        "unit": explanation.unit,
        "compare": change.kind,
        "value": change.current.value,
        "baseline": change.baseline.value,
        "period": _days(change.current),
        "baseline_period": _days(change.baseline),
        "total": explanation.total,
        "due": explanation.due,
        "residual": explanation.residual,
        "drivers": [_part(part, explanation.unit) for part in explanation.drivers],
        "segments": {
            id: [_part(part, explanation.unit) for part in parts] for id, parts in explanation.segments.items()
        },
        "effects": [_part(part, explanation.unit) for part in explanation.effects],
        "causes": [_cause(cause, explanation.unit) for cause in explanation.causes],
        "within_normal": explanation.normal.within,
        "expected": _range(explanation.normal),
        "since": explanation.since.isoformat() if explanation.since else None,
        "money": _money(explanation.money),
        "reversed_by": list(explanation.reversed_by),
        "events": [_event(event) for event in explanation.events],
        "unmoved": list(explanation.unmoved),
        "not_found": list(explanation.not_found),
        "hidden": bool(explanation.hidden),
    }


def _part(part: Part, unit: str) -> Json:
    held: Json = {
        "id": part.id,
        "kind": part.kind,
        "metric": part.metric or None,
        "scope": _scope(part.scope),
        "contribution": part.contribution,
        "unit": unit,
        "share": part.share,
        "before": part.before,
        "now": part.now,
    }
    return held | ({"parts": [_part(inner, unit) for inner in part.inside]} if part.inside else {})


def _cause(cause: Cause, unit: str) -> Json:
    return {
        "id": cause.id,
        "kind": cause.kind,
        "metric": cause.metric,
        "scope": _scope(cause.scope),
        "cut": _scope(cause.cut),
        "contribution": cause.contribution,
        "unit": unit,
        "share": cause.share,
        "value": cause.current.value,
        "baseline": cause.baseline.value,
        "value_unit": cause.current.unit,
        "since": cause.since.isoformat() if cause.since else None,
        "within_normal": cause.normal.within if cause.normal else None,
        "expected": _range(cause.normal) if cause.normal else None,
        "parts": [_part(part, cause.current.unit) for part in cause.inside],
    }


def _range(normal: Normal) -> Json | None:
    """The range to be expected and how many moves of the past it rests on; None where the past says nothing."""
    if normal.low is None or normal.high is None:
        return None
    return {"low": normal.low, "high": normal.high, "periods": normal.periods, "reason": normal.reason or None}


def _money(part: Part | None) -> Json | None:
    return {"metric": part.metric, "contribution": part.contribution} if part is not None else None


def _event(event: Event) -> Json:
    return {
        "code": event.code,
        "metric": event.metric or None,
        "scope": _scope(event.scope),
        "value": event.current.value if event.current else None,
        "baseline": event.baseline.value if event.baseline else None,
        "data": dict(event.data),
    }


def _scope(scope: Scope) -> dict[str, list[str]]:
    return {dimension: list(values) for dimension, values in scope.items()}


def _days(figure: Figure) -> Json:
    period = figure.period
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "complete": period.complete}
