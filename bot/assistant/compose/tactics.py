"""Tactic cards as an answer: the KPI that calls for each, its steps, evidence, caution and source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from bot.assistant.compose.buttons import Rows
from bot.assistant.compose.diagnosis_causes import leading_sentence
from bot.assistant.compose.effects import effect_line
from bot.assistant.compose.figures import ChangeView, Printer
from bot.assistant.compose.knowledge import Quoting, citation, quoted, years_since
from bot.assistant.types import Button, Citation, Facts, Gap, Plan, Suggestion, Tried
from bot.tactics.ledger.request import AdoptRequest
from bot.tactics.scoring import has_figure
from metrics.query import Change

NUMERALS = "①②③④⑤⑥⑦⑧⑨⑩"
MOST_TRIED = 2  # earlier runs told beside a card
MEANINGFUL = 0.02  # a gap below 2 % of the figure is noise, the card is for the shelf


def compose_tactics(plan: Plan, facts: Facts, printer: Printer) -> tuple[str, tuple[Citation, ...], Rows]:
    """At most three cards, most needed first."""
    html = printer.wording.render(
        "answer/tactics",
        plan.language,
        is_own="no_own_tactic" not in facts.missing,
        scope=_scope(plan, printer),
        cards=[_card(item, plan, printer) for item in facts.suggestions],
        is_numbered=len(facts.suggestions) > 1,
        freshness="",
    )
    citations = tuple(_citation(item) for item in facts.suggestions)
    return html, citations, _buttons(plan, facts, printer)


def compose_no_tactic(plan: Plan, facts: Facts, printer: Printer) -> tuple[str, tuple[Citation, ...], Rows]:
    """No card anywhere fits; a passage may still help."""
    nearest = facts.passages[0] if facts.passages and facts.verdict == "answer" else None
    shown = Quoting(printer.wording, plan.language, printer.now.date())
    nearest_quote = quoted(nearest, shown) if nearest else None
    for text in shown.stated((nearest,) if nearest else ()):
        printer.say(text)
    html = printer.wording.render("answer/no_tactic", plan.language, scope=_scope(plan, printer), nearest=nearest_quote)
    return html, (citation(nearest),) if nearest else (), ()


def _years(day: date | None, printer: Printer) -> int:
    """Whole years since the day that a card is of, as a number that may be printed."""
    years = years_since(day, printer.now.date())
    printer.say(str(years))
    return years


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
        "years": _years(card.date, printer),
        "is_case": has_figure(card) and "不保证" not in card.caution,
        "tried": [_tried(run, printer) for run in item.tried[:MOST_TRIED]],
        "accepted_by": printer.say(card.accepted.by) if card.accepted else "",
        "accepted_on": printer.say(str(card.accepted.on)) if card.accepted else "",
    }


def _why(item: Suggestion, printer: Printer) -> str:
    if item.gap is None:
        names = printer.joined(printer.metric(id) for id in item.metrics) or printer.joined(item.tactic.metrics)
        return printer.wording.text("answer/why_unmeasured", printer.language, metrics=names)
    gap = item.gap
    cause = leading_sentence(item.cause, printer) if item.cause is not None else ""
    moved = item.cause.change if item.cause is not None else None
    change, short = _past(gap, printer)
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
        change=short,
        change_range=change.range if change else "",
        fine=gap.severity < MEANINGFUL and (gap.change is not None or gap.target is not None),
        cause=cause.rstrip("。."),
        cause_range=_unless_said(printer.range(moved.baseline.period) if moved is not None else "", change),
    )


def _unless_said(dates: str, change: ChangeView | None) -> str:
    return "" if change is not None and change.range == dates else dates


def _past(gap: Gap, printer: Printer) -> tuple[ChangeView | None, str]:
    """The change against the gap's own past, and its short form: with its name only against the period right before."""
    view = printer.change(gap.change) if gap.change is not None else None
    if gap.change is None or view is None:
        return None, ""
    name = view.name if is_right_before(gap.change) else ""
    text = printer.wording.text("kpi/change_short", printer.language, name=name, moved=view.moved, verdict=view.verdict)
    return view, text.strip()


def is_right_before(change: Change) -> bool:
    """Whether the baseline ends where the period begins; only then the change is called 环比."""
    return change.baseline.period.end + timedelta(days=1) == change.current.period.start


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


def _tried(run: Tried, printer: Printer) -> str:
    """An earlier run with what it measured, or that it still runs."""
    return printer.wording.text(
        "answer/tried",
        printer.language,
        scope=printer.scope(run.scope),
        owner=printer.say(run.owner),
        start=printer.day_name(run.start),
        review=printer.day_name(run.review),
        state=run.state,
        result=effect_line(run.effect, printer) if run.effect is not None else "",
    )


def adopt_row(cards: Sequence[Suggestion], printer: Printer) -> tuple[Button, ...]:
    """One button a card; none for a card that runs already or names no metric that is measured."""
    found = []
    for number, item in enumerate(cards, 1):
        is_running = any(run.state == "adopted" and run.scope == item.scope for run in item.tried)
        if item.measured and not is_running:
            name = str(number) if len(cards) > 1 else ""
            label = printer.wording.text("button/adopt", printer.language, number=name)
            found.append(Button(label, str(AdoptRequest(item.tactic.id, item.measured, item.scope))))
    return tuple(found)


def _buttons(plan: Plan, facts: Facts, printer: Printer) -> Rows:
    """Adopt, others, the source, and the figures that call for the first card."""
    cards, text, language = facts.suggestions, printer.wording.text, printer.language
    rows = [adopt_row(cards, printer)]
    sources = []
    for number, item in enumerate(cards, 1):
        if item.source:
            name = str(number) if len(cards) > 1 else ""
            sources.append(Button(text("button/card_source", language, number=name), f"/source {item.source}"))
    rows.append(tuple(sources))
    last = []
    if facts.more_suggestions:
        shown = " ".join(item.tactic.id for item in cards)
        last.append(Button(text("button/others", language, count=len(cards)), f"/others {shown}"))
    if cards[0].gap is not None:
        last.append(_data_button(cards[0].gap, printer))
    rows.append(tuple(last))
    return tuple(row for row in rows if row)


def _data_button(gap: Gap, printer: Printer) -> Button:
    language = printer.language
    request = printer.wording.text(
        "button/data_request",
        language,
        period=gap.figure.period.label or printer.wording.text("button/last_7_days", language),
        scope=printer.scope(gap.figure.scope).replace(" · ", " ") if gap.figure.scope else "",
        metric=printer.metric(gap.figure.metric),
    )
    return Button(printer.wording.text("button/data", language), " ".join(request.split()))


def _citation(item: Suggestion) -> Citation:
    card = item.tactic
    return Citation(card.document, card.section, card.evidence or card.title, card.file)
