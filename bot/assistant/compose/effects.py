"""What a tactic did, in words: the effect with its interval, how it was measured, and what else may have moved it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.assistant.compose.figures import Printer
from metrics import units
from metrics.effects.effect import Confounder, Effect, Guard, Interval

MOST_CONFOUNDERS = 5


def effect_line(effect: Effect, printer: Printer) -> str:
    """`家电 · 私域 GMV +8.1%（90% 区间 +1.9…+14.6），有效`, plain text."""
    text, language, trial = printer.wording.text, printer.language, effect.trial
    about = {"scope": printer.scope(trial.scope), "metric": metric_name(trial.metric, printer)}
    verdict = text("ledger/verdict", language, verdict=effect.verdict)
    if effect.interval is None:
        reason = text("ledger/reason", language, reason=effect.reason)
        return printer.say(text("ledger/line_unmeasured", language, **about, verdict=verdict, reason=reason))
    return printer.say(text("ledger/line", language, **about, **_interval(effect.interval, printer), verdict=verdict))


def effect_lines(effect: Effect, printer: Printer) -> list[str]:
    """What belongs to the line: how it was measured, money, guards, what else happened. Plain text, one item a line."""
    found = [_against(effect, printer)] if effect.interval is not None and effect.controls else []
    if effect.verdict == "cannot_tell" and effect.interval is not None:
        size = _relative(effect.interval.detectable).lstrip("+")
        found.append(printer.wording.text("ledger/detectable", printer.language, size=printer.say(size)))
    if effect.money is not None and effect.verdict in ("effective", "harmful"):
        found.append(_money(effect, printer))
    return [*found, *_guards(effect.guards, printer), *_confounders(effect.confounders, printer)]


def metric_name(id: str, printer: Printer) -> str:
    """The metric's name; its id when the catalogue has changed since."""
    return printer.metric(id) if id in printer.model.metrics else id


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
            text(
                "ledger/guard",
                language,
                metric=metric_name(guard.metric, printer),
                **_interval(guard.interval, printer),
            )
            for guard in worse
        ]
        return [text("ledger/guards_worse", language, guards=said)]
    if guards:
        names = printer.joined(metric_name(guard.metric, printer) for guard in guards)
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
