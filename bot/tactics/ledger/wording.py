"""The ledger in words: entries, what is asked while one is made, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from bot.assistant.compose.figures import Printer
from bot.store.ledger import LedgerAct, LedgerRow
from bot.tactics.ledger.entry import Entry, card_of, effect_of, scope_of
from metrics import units
from metrics.effects.effect import Confounder, Effect, Guard, Interval, Reason
from metrics.query import Period

MOST_CONFOUNDERS = 5


def row_values(row: LedgerRow, printer: Printer) -> dict[str, object]:
    """What every template about an entry may say of it."""
    card, scope = card_of(row.card), scope_of(row.scope)
    return {
        "title": card.title,
        "document": card.document,
        "section": card.section,
        "scope": printer.scope(scope),
        "metric": _metric(row.metric, printer),
        "owner": row.owner,
        "start": printer.day_name(row.start) if row.start else "",
        "review": printer.day_name(row.review) if row.review else "",
        "state": row.state,
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


def list_values(row: LedgerRow, printer: Printer) -> dict[str, object]:
    """An entry as one item of the list."""
    effect = effect_of(row.effect)
    return {**row_values(row, printer), "result": effect_line(effect, printer) if effect is not None else ""}


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


def effect_line(effect: Effect, printer: Printer) -> str:
    """`家电 · 私域 GMV +8.1%（90% 区间 +1.9…+14.6），有效`, plain text."""
    text, language, trial = printer.wording.text, printer.language, effect.trial
    about = {"scope": printer.scope(trial.scope), "metric": _metric(trial.metric, printer)}
    verdict = text("ledger/verdict", language, verdict=effect.verdict)
    if effect.interval is None:
        reason = text("ledger/reason", language, reason=effect.reason)
        return text("ledger/line_unmeasured", language, **about, verdict=verdict, reason=reason)
    return text("ledger/line", language, **about, **_interval(effect.interval, printer), verdict=verdict)


def effect_lines(effect: Effect, printer: Printer) -> list[str]:
    """What belongs to the line: how it was measured, money, guards, what else happened. Plain text, one item a line."""
    found = [_against(effect, printer)] if effect.interval is not None and effect.controls else []
    if effect.verdict == "cannot_tell" and effect.interval is not None:
        size = _relative(effect.interval.detectable).lstrip("+")
        found.append(printer.wording.text("ledger/detectable", printer.language, size=printer.say(size)))
    if effect.money is not None and effect.verdict in ("effective", "harmful"):
        found.append(_money(effect, printer))
    return [*found, *_guards(effect.guards, printer), *_confounders(effect.confounders, printer)]


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


def _metric(id: str, printer: Printer) -> str:
    return printer.metric(id) if id in printer.model.metrics else id  # the catalogue may have changed since


def _interval(interval: Interval, printer: Printer) -> dict[str, str]:
    """Signed percent; the bounds without their sign for percent, as the interval has it once."""
    return {
        "effect": printer.say(_relative(interval.effect)),
        "low": printer.say(_relative(interval.low).rstrip("%")),
        "high": printer.say(_relative(interval.high).rstrip("%")),
    }


def _relative(value: float) -> str:
    return units.format_relative(value) if math.isfinite(value) else "∞"


def _against(effect: Effect, printer: Printer) -> str:
    names = [printer.value_name(effect.dimension, value) for value in effect.controls]
    return printer.wording.text(
        "ledger/against",
        printer.language,
        first=printer.day_name(effect.trial.start),
        last=printer.day_name(effect.trial.end),
        after=effect.days_after,
        before=effect.days_before,
        count=len(names),
        dimension=printer.dimension(effect.dimension),
        controls=printer.joined(names),
    )


def _money(effect: Effect, printer: Printer) -> str:
    amount = units.format_change(effect.money or 0.0, effect.money_unit or "count", 2, printer.language)
    return printer.wording.text("ledger/money", printer.language, amount=printer.say(amount), days=effect.days_after)


def _guards(guards: Sequence[Guard], printer: Printer) -> list[str]:
    text, language = printer.wording.text, printer.language
    worse = [guard for guard in guards if guard.is_worse]
    if worse:
        said = [
            text("ledger/guard", language, metric=_metric(guard.metric, printer), **_interval(guard.interval, printer))
            for guard in worse
        ]
        return [text("ledger/guards_worse", language, guards=said)]
    if guards:
        names = printer.joined(_metric(guard.metric, printer) for guard in guards)
        return [text("ledger/guards_fine", language, names=names)]
    return []


def _confounders(confounders: Sequence[Confounder], printer: Printer) -> list[str]:
    if not confounders:
        return []
    items = [_confounder(one, printer) for one in confounders[:MOST_CONFOUNDERS]]
    return [printer.wording.text("ledger/confounders", printer.language, items=items)]


def _confounder(one: Confounder, printer: Printer) -> str:
    return printer.wording.text(
        "ledger/confounder",
        printer.language,
        kind=one.kind,
        name=_confounder_name(one, printer),
        before=one.days_before,
        after=one.days_after,
        left_out=one.left_out,
    )


def _confounder_name(one: Confounder, printer: Printer) -> str:
    if one.kind in ("promotion", "holiday"):
        try:
            return printer.calendar.event(one.name).name.text(printer.language)
        except KeyError:
            return one.name  # the calendar may have changed since
    return printer.value_name("region", one.name) if one.kind == "stock_out" else one.name
