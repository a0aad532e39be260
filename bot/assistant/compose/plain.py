"""Answers that need no facts: definitions, help, courtesy, questions back, refusals."""

from __future__ import annotations

from bot.assistant.compose.buttons import Rows
from bot.assistant.types import Button, Choice, Plan
from metrics.currency import MONEY, is_money
from metrics.model import Language, Metric, SemanticModel
from prompts.loader import Wording

BUTTONS_IN_A_ROW = 4


def compose_definition(plan: Plan, model: SemanticModel, wording: Wording) -> str:
    """口径 of each metric asked for, as the catalogue states it."""
    items = [_definition(model.metrics[id], model, wording, plan.language) for id in plan.metrics]
    return wording.render("answer/definition", plan.language, items=items)


def _definition(metric: Metric, model: SemanticModel, wording: Wording, language: Language) -> dict[str, str]:
    parts = [metric.numerator] if metric.denominator is None else [metric.numerator, metric.denominator]
    formula = " ÷ ".join(model.metrics[id].name.text(language) if id in model.metrics else id for id in parts)
    minimum = f"{metric.minimum_denominator:g}" if metric.minimum_denominator else ""
    return {
        "name": metric.name.text(language),
        "id": metric.id,
        "definition": metric.definition.text(language),
        "formula": formula,
        "unit": _unit_name(metric, wording, language),
        "minimum": minimum,
    }


def _unit_name(metric: Metric, wording: Wording, language: Language) -> str:
    """The unit in words; another currency than the catalogue's by its code."""
    is_foreign = is_money(metric.unit) and metric.unit != MONEY
    return metric.unit.upper() if is_foreign else wording.text(f"unit/{metric.unit}", language)


def compose_courtesy(plan: Plan, wording: Wording, thanks: bool) -> str:
    """A short word back."""
    return wording.render("answer/smalltalk", plan.language, thanks=thanks)


def compose_question_back(plan: Plan, wording: Wording, nearest: str) -> tuple[str, Rows]:
    """One short question with its readings as buttons."""
    data = {"word": "", "why": "", "nearest": nearest, **plan.unclear_data}
    return wording.render(f"clarify/{plan.unclear}", plan.language, **data), choice_rows(plan.choices)


def choice_rows(choices: tuple[Choice, ...]) -> Rows:
    """Readings as rows of buttons."""
    buttons = [Button(choice.label, choice.request) for choice in choices]
    return tuple(tuple(buttons[start : start + BUTTONS_IN_A_ROW]) for start in range(0, len(buttons), BUTTONS_IN_A_ROW))
