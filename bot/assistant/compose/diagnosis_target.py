"""Why a target is not met: the gap, the categories that make it up, and the drivers beside their own targets."""

from __future__ import annotations

from bot.assistant.compose.diagnosis_parts import segment_list
from bot.assistant.compose.figures import Printer
from bot.assistant.types import Facts, Plan
from metrics.diagnosis.explanation import Event, Explanation
from metrics.query import Change
from metrics.rounded_parts import rounded_parts
from metrics.units import MINUS


def compose_target_gap(plan: Plan, facts: Facts, explanation: Explanation, printer: Printer) -> str:
    """The whole answer."""
    result, change = facts.results[0], explanation.change
    metric = printer.model.metrics[explanation.metric]
    if change is None:
        return ""
    target = change.baseline.value or 0.0
    alone = rounded_parts((), explanation.total, explanation.unit, metric.decimals, printer.language).total
    lists = [segment_list(explanation, id, printer) for id in explanation.segments]
    is_partly_due = explanation.due < 1
    return printer.wording.render(
        "diagnosis/target",
        printer.language,
        scope=printer.scope(explanation.query.where),
        metric=printer.metric(metric.id),
        label=printer.label(explanation.query.period),
        range=printer.range(change.current.period),
        is_short=explanation.total < 0,
        amount=printer.say((lists[0].total if lists else alone).lstrip("+" + MINUS)),
        value=printer.figure(change.current),
        target=printer.number(target, metric),
        due=printer.number(explanation.due * target, metric) if is_partly_due else "",
        passed=printer.share(explanation.due) if is_partly_due else "",
        lists=lists,
        drivers=[_driver(event, printer) for event in explanation.events],
        warnings=printer.warnings(result),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def _driver(event: Event, printer: Printer) -> dict[str, object]:
    """One driver beside its target."""
    current, target = event.current, event.baseline
    if current is None or target is None:
        return {}
    metric = printer.model.metrics[event.metric]
    gap = Change("target", current, target, (current.value or 0.0) - (target.value or 0.0), None)
    return {
        "metric": printer.metric(event.metric),
        "value": printer.figure(current),
        "target": printer.figure(target),
        "amount": printer.difference(gap.absolute or 0.0, metric),
        "is_above": (gap.absolute or 0.0) > 0,
    }
