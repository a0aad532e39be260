"""KPI answers: the form follows from what was asked."""

from __future__ import annotations

from bot.assistant.compose.days import compose_days, compose_mean
from bot.assistant.compose.diagnosis import compose_diagnosis
from bot.assistant.compose.diagnosis_target import compose_target_gap
from bot.assistant.compose.figures import Printer
from bot.assistant.compose.ranking import compose_by_change, first_sentence
from bot.assistant.compose.series import compose_series
from bot.assistant.compose.single import compose_several, compose_share, compose_single
from bot.assistant.compose.summary import compose_summary
from bot.assistant.compose.table import Grouping, compose_table
from bot.assistant.types import Facts, Plan


def compose_kpi(plan: Plan, facts: Facts, printer: Printer) -> str:
    """The HTML of a KPI answer; the form follows from what was asked."""
    result = facts.results[0]
    if plan.summary:
        return compose_summary(facts.results, printer)
    if plan.intent == "diagnose" and facts.explanation is not None and facts.explanation.is_explained:
        is_target = facts.explanation.change is not None and facts.explanation.change.kind == "target"
        compose = compose_target_gap if is_target else compose_diagnosis
        return compose(plan, facts, facts.explanation, printer)
    if result.query.grain and plan.threshold is not None and not result.query.by:
        return compose_days(result, plan.threshold, facts.groups, printer)
    if plan.per_day and result.query.grain == "day" and not result.query.by:
        return compose_mean(result, printer)
    if result.query.grain:
        return compose_series(result, printer)
    if result.query.by:
        grouping = Grouping.of(plan, facts)
        top = plan.query.top if plan.query is not None else None
        if plan.ranked_by != "value" and top is not None:
            return compose_by_change(grouping, top, printer)
        return compose_table(grouping, printer, first_sentence(plan, grouping, printer))
    if len(result.query.metrics) > 1:
        return compose_several(result, printer)
    beside = facts.results[1] if len(facts.results) > 1 else None
    return compose_share(result, beside, printer) if plan.share else compose_single(result, beside, printer)
