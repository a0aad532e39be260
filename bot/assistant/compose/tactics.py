"""Tactic cards as an answer: the KPI that calls for each, its steps, evidence, caution and source."""

from __future__ import annotations

from typing import Any

from bot.assistant.compose.buttons import Rows
from bot.assistant.compose.figures import Printer
from bot.assistant.compose.knowledge import Quoting, citation, quoted
from bot.assistant.types import Button, Citation, Facts, Gap, Plan, Suggestion
from metrics.query import Change

NUMERALS = "①②③④⑤⑥⑦⑧⑨⑩"
MEANINGFUL = 0.02  # a gap below 2 % of the figure is noise, the card is for the shelf


def compose_tactics(plan: Plan, facts: Facts, printer: Printer) -> tuple[str, tuple[Citation, ...], Rows]:
    """At most three cards, most needed first."""
    html = printer.wording.render(
        "answer/tactics",
        plan.language,
        is_own="no_own_tactic" not in facts.missing,
        scope=_scope(plan, printer),
        cards=[_card(item, plan, printer) for item in facts.suggestions],
        freshness="",
    )
    citations = tuple(_citation(item) for item in facts.suggestions)
    return html, citations, _buttons(plan, facts, printer)


def compose_no_tactic(plan: Plan, facts: Facts, printer: Printer) -> tuple[str, tuple[Citation, ...], Rows]:
    """No card anywhere fits; a passage may still help."""
    nearest = facts.passages[0] if facts.passages and facts.verdict == "answer" else None
    shown = Quoting(printer.wording, plan.language, printer.now.date())
    nearest_quote = quoted(nearest, shown) if nearest else None
    html = printer.wording.render("answer/no_tactic", plan.language, scope=_scope(plan, printer), nearest=nearest_quote)
    return html, (citation(nearest),) if nearest else (), ()


def _scope(plan: Plan, printer: Printer) -> str:
    return printer.scope(plan.query.where if plan.query else {})


def _card(item: Suggestion, plan: Plan, printer: Printer) -> dict[str, Any]:
    card = item.tactic
    is_scoped = bool(plan.query and plan.query.where) or not card.categories
    return {
        "scope": _scope(plan, printer) if is_scoped else "/".join(card.categories),
        "metric": printer.metric(item.gap.figure.metric) if item.gap else printer.joined(card.metrics),
        "title": card.title,
        "why": _why(item, printer),
        "actions": [
            {"number": printer.say(NUMERALS[number] if number < len(NUMERALS) else f"{number + 1}."), "text": text}
            for number, text in enumerate(card.actions)
        ],
        "evidence": card.evidence,
        "caution": card.caution,
        "document": card.document,
        "section": card.section,
        "date": str(card.date or ""),
        "accepted_by": printer.say(card.accepted.by) if card.accepted else "",
        "accepted_on": printer.say(str(card.accepted.on)) if card.accepted else "",
    }


def _why(item: Suggestion, printer: Printer) -> str:
    if item.gap is None:
        names = printer.joined(printer.metric(id) for id in item.metrics) or printer.joined(item.tactic.metrics)
        return printer.wording.text("answer/why_unmeasured", printer.language, metrics=names)
    gap = item.gap
    change = printer.change(gap.change) if gap.change else None
    return printer.wording.text(
        "answer/why",
        printer.language,
        range=printer.range(gap.figure.period),
        scope=printer.scope(gap.figure.scope),
        metric=printer.metric(gap.figure.metric),
        value=printer.figure(gap.figure),
        target=_target(gap.target, printer),
        month=printer.figure(gap.target.current) if gap.target else "",
        month_range=printer.range(gap.target.current.period) if gap.target else "",
        change=" ".join(part for part in (change.short, change.verdict) if part) if change else "",
        change_range=change.range if change else "",
        fine=gap.severity < MEANINGFUL,
    )


def _target(change: Change | None, printer: Printer) -> dict[str, str] | None:
    if change is None or change.absolute is None or change.baseline.value is None:
        return None
    metric = printer.model.metrics[change.current.metric]
    view = printer.change(change)
    side = "above" if change.direction > 0 else "below"
    word = printer.wording.text(f"answer/target_{side}", printer.language)
    return {
        "value": printer.number(change.baseline.value, metric),
        "amount": view.amount if view else "",
        "word": word,
    }


def _buttons(plan: Plan, facts: Facts, printer: Printer) -> Rows:
    gap: Gap | None = facts.suggestions[0].gap
    if gap is None:
        return ()
    language = printer.language
    request = printer.wording.text(
        "button/data_request",
        language,
        period=gap.figure.period.label or printer.wording.text("button/last_7_days", language),
        scope=printer.scope(gap.figure.scope).replace(" · ", " ") if gap.figure.scope else "",
        metric=printer.metric(gap.figure.metric),
    )
    return ((Button(printer.wording.text("button/data", language), " ".join(request.split())),),)


def _citation(item: Suggestion) -> Citation:
    card = item.tactic
    return Citation(card.document, card.section, card.evidence or card.title, card.file)
