"""The ledger in words: entries, what is asked while one is made, and what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.assistant.compose.effects import effect_line, metric_name
from bot.assistant.compose.figures import Printer
from bot.store.ledger_rows import LedgerAct, LedgerRow
from bot.tactics.ledger.entry import Entry, card_of, effect_of, scope_of
from metrics.effects.effect import Reason
from metrics.query import Period


def row_values(row: LedgerRow, printer: Printer) -> dict[str, object]:
    """What every template about an entry may say of it; also of one that is only proposed."""
    card = card_of(row.card)
    return {
        "title": card.title,
        "document": card.document,
        "section": card.section,
        "scope": printer.scope(scope_of(row.scope)),
        "metric": metric_name(row.metric, printer),
        "owner": row.owner,
        "start": printer.day_name(row.start) if row.start else "",
        "review": printer.day_name(row.review) if row.review else "",
        "state": row.state,
    }


def entry_values(entry: Entry, printer: Printer) -> dict[str, object]:
    """An entry as one item of the list."""
    return {
        "title": entry.card.title,
        "scope": printer.scope(entry.scope),
        "metric": metric_name(entry.metric, printer),
        "owner": entry.owner,
        "start": printer.day_name(entry.start),
        "review": printer.day_name(entry.review),
        "state": entry.state,
        "result": result_line(entry, printer),
    }


def entry_text(row: LedgerRow, printer: Printer) -> str:
    """An entry in a few lines of HTML."""
    entry, effect = Entry.of(row), effect_of(row.effect)
    baseline = entry.baseline if entry is not None else None
    metric = printer.model.metrics.get(row.metric)
    return printer.wording.render(
        "ledger/entry",
        printer.language,
        **row_values(row, printer),
        baseline=printer.number(baseline.value, metric) if baseline and metric else "",
        baseline_range=printer.range(Period(baseline.start, baseline.end)) if baseline else "",
        result=effect_line(effect, printer) if effect is not None else "",
    )


def result_line(entry: Entry, printer: Printer) -> str:
    """What was measured, in one line of plain text; "" when nothing was yet."""
    return effect_line(entry.effect, printer) if entry.effect is not None else ""


def follow_up_line(entry: Entry, printer: Printer, today: date) -> str:
    """An entry in the digest, plain text."""
    return printer.wording.text(
        "ledger/follow_up",
        printer.language,
        scope=printer.scope(entry.scope),
        title=entry.card.title,
        owner=entry.owner,
        state=entry.state,
        is_today=entry.review <= today,
        result=result_line(entry, printer),
    )


def foreseen(reason: Reason, printer: Printer) -> str:
    """What to say at the adoption of what will hinder the measurement; "" for nothing."""
    return printer.wording.text("ledger/foreseen", printer.language, reason=reason) if reason else ""


def history_values(acts: Iterable[LedgerAct], printer: Printer) -> list[dict[str, object]]:
    """The history without what only a machine reads, in the shop's zone."""
    return [
        {"at": act.at.astimezone(printer.now.tzinfo), "name": act.name, "act": act.act, "detail": _detail(act)}
        for act in acts
    ]


def _detail(act: LedgerAct) -> str:
    return "" if act.act in ("measured", "proposed") else act.detail
