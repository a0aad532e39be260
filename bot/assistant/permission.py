"""What this asker may see here, decided on the plan before anything is read."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.gather import audience_of
from bot.assistant.types import Asker, Plan
from metrics.model import SemanticModel


def permitted(plan: Plan, asker: Asker, model: SemanticModel) -> Plan:
    """The plan itself, narrowed to the chat's categories, or a plan that says what is not shown and why."""
    if plan.otherwise is not None:
        plan = replace(plan, otherwise=permitted(plan.otherwise, asker, model))
    if plan.query is None:
        return plan
    held_back = [id for id in plan.query.metrics if model.metrics[id].audience == "manager"]
    if held_back and audience_of(asker) != "manager" and plan.intent in ("kpi", "diagnose", "tactics"):
        return replace(plan, intent="denied", unclear="denied", unclear_data={"metrics": ",".join(held_back)})
    return _within_categories(plan, asker)


def _within_categories(plan: Plan, asker: Asker) -> Plan:
    if not asker.categories or plan.query is None:
        return plan
    asked = plan.query.where.get("category", ())
    outside = tuple(value for value in asked if value not in asker.categories)
    if outside:
        return replace(plan, intent="denied", unclear="denied_category", unclear_data={"asked": ",".join(outside)})
    where = {**plan.query.where, "category": asked or asker.categories}
    return replace(plan, query=replace(plan.query, where=where), category=where["category"])
