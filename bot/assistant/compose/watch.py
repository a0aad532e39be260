"""A watch rule before it is saved: what it says, how often it would have fired, and the buttons that decide."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.types import Button, Citation, Facts, Plan
from bot.assistant.watch import Trial, Watch
from metrics.query import Period, Scope
from prompts.loader import Wording

SAVE, DISMISS = "/watch save ", "/watch cancel"
OFTEN = 12  # times in three months: more is noise


def compose_watch(
    plan: Plan, facts: Facts, printer: Printer, wording: Wording
) -> tuple[str, tuple[Citation, ...], tuple[tuple[Button, ...], ...]]:
    """Text and buttons; the save button carries the wish itself, which is understood again when it is pressed."""
    rule, trial = plan.watch, facts.trial
    if rule is None or trial is None:
        raise ValueError("a plan to watch carries its rule, and its facts what the rule would have done")
    metric = printer.model.metrics[rule.metric]
    html = wording.render(
        "outlook/watch",
        printer.language,
        rule=rule_text(rule, printer, plan.query.where if plan.query else rule.scope),
        is_relative=rule.is_relative,
        days=printer.say(str(trial.days)),
        count=printer.say(str(len(trial.fired))),
        last=printer.day_name(trial.fired[-1]) if trial.fired else "",
        is_open=trial.is_open,
        is_often=len(trial.fired) > OFTEN,
        latest=printer.number(trial.latest, metric) if trial.latest is not None else "",
        latest_day=printer.range(_day(trial)) if trial.latest_day else "",
    )
    wish = plan.text.removeprefix("/watch ").strip()
    buttons = (
        Button(wording.text("button/watch_save", printer.language), f"{SAVE}{wish}"),
        Button(wording.text("button/watch_cancel", printer.language), DISMISS),
    )
    return html, (), (buttons,)


def rule_text(rule: Watch, printer: Printer, scope: Scope | None = None) -> str:
    """ "母婴 · 支付转化率 低于 1.80%"."""
    metric = printer.model.metrics[rule.metric]
    value = printer.share(rule.value) if rule.is_relative else printer.number(rule.value, metric)
    form = f"{rule.side}_relative" if rule.is_relative else f"{rule.side}{'_or_at' if rule.includes else ''}"
    return printer.say(
        printer.wording.text(
            f"outlook/rule_{form}",
            printer.language,
            scope=printer.scope(rule.scope if scope is None else scope),
            metric=printer.metric(rule.metric),
            value=value,
        )
    )


def _day(trial: Trial) -> Period:
    if trial.latest_day is None:
        raise ValueError("the rule was tried on no day")
    return Period(trial.latest_day, trial.latest_day, "day")
