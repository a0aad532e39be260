"""Says why a query cannot be answered on this data, and what can be asked instead."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.lexicon import Lexicon
from bot.assistant.types import Choice, Plan
from metrics.errors import QueryError

KNOWN = frozenset(
    {"dimension_missing", "dimension_fixed", "not_available", "not_connected", "grain_missing", "too_many_steps"}
)


def compose_refusal(
    plan: Plan, error: QueryError, printer: Printer, lexicon: Lexicon
) -> tuple[str, tuple[Choice, ...]]:
    """One sentence with the reason, and the cuts that would work as buttons."""
    code = error.code if error.code in KNOWN else "other"
    query = plan.query
    metrics = printer.joined(printer.metric(id) for id in query.metrics) if query else ""
    named = [*query.by, *query.where] if query else []
    dimensions = printer.joined(printer.dimension(id) for id in dict.fromkeys(named) if id in printer.model.dimensions)
    works = [_name(suggestion, printer, lexicon) for suggestion in error.suggestions]
    html = printer.wording.render(
        f"refusal/{code}", printer.language, metrics=metrics, dimensions=dimensions, works=works
    )
    return html, ()


def _name(suggestion: str, printer: Printer, lexicon: Lexicon) -> str:
    if suggestion in printer.model.dimensions:
        return printer.dimension(suggestion)
    entry = lexicon.lookup(suggestion)
    return printer.metric(entry.id) if entry is not None and entry.kind == "metric" else printer.say(suggestion)
