"""What is unusual, worst first: each with its expected range, since when, and what it is worth."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.types import Button, Facts, Plan
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.anomalies.outlays import is_outlay
from metrics.currency import is_money
from metrics.query import Period
from metrics.units import format_compact
from prompts.loader import Wording

LONG_AGO = 1  # days: a single day needs no "since"


def compose_unusual(plan: Plan, facts: Facts, printer: Printer) -> str:
    """The list, or that nothing was found in so many series."""
    scan = facts.scan or Scan(())
    query = facts.results[0].query
    return printer.wording.render(
        "outlook/anomalies",
        printer.language,
        scope=printer.scope(query.where) if query.where else "",
        label=printer.label(query.period).strip(),
        range=printer.range(query.period),
        metrics=[printer.metric(id) for id in query.metrics],
        items=[{"number": printer.say(str(at)), **item(one, printer)} for at, one in enumerate(scan.found, 1)],
        count=printer.say(str(len(scan.found))),
        more=printer.say(str(scan.more)) if scan.more else "",
        series=printer.say(str(scan.series)),
        unjudged=[printer.range(Period(day, day, "day")) for day in scan.unjudged],
        freshness=printer.freshness(facts.results[0]) if scan.found else "",
    )


def item(one: Anomaly, printer: Printer) -> dict[str, str | bool]:
    """One anomaly as the strings of a line."""
    metric = printer.model.metrics[one.metric]
    hour = printer.say(f"{one.hours[1]}:00") if one.hours else ""
    return {
        "scope": printer.scope(one.scope),
        "metric": printer.metric(one.metric),
        "value": printer.figure(one.figure),
        "low": printer.compact(one.low, metric),
        "high": printer.compact(one.high, metric),
        "arrow": "▲" if one.direction > 0 else "▼",
        "relative": printer.say(printer.relative(one.relative).lstrip("+−-")),
        "days": printer.say(str(one.span.days)),
        "is_long": one.span.days > LONG_AGO,
        "range": printer.range(one.span),
        "started": printer.say(f"{one.started:%m/%d}"),
        "is_running": one.is_running,
        "is_bad": one.is_bad,
        "money": _money(one, printer),
        "is_spent": is_outlay(metric, printer.model),
        "hour": hour,
    }


def why_buttons(facts: Facts, printer: Printer, wording: Wording) -> tuple[tuple[Button, ...], ...]:
    """One "why" for each; its request names metric, cut and days, so that it can be asked anywhere."""
    found = facts.scan.found if facts.scan else ()
    buttons = [
        Button(
            wording.text("button/why_number", printer.language, number=number),
            why_request(one, printer, wording),
        )
        for number, one in enumerate(found, 1)
        if one.hours is None
    ]
    return tuple(tuple(buttons[at : at + 3]) for at in range(0, len(buttons), 3))


def why_request(one: Anomaly, printer: Printer, wording: Wording) -> str:
    """The question that explains it."""
    model, language = printer.model, printer.language
    names = [
        next((v.name.text(language) for v in model.dimensions[name].values if v.id == value), value)
        for name, values in one.scope.items()
        for value in values
    ]
    span = one.span
    return wording.text(
        "button/why_anomaly_request",
        language,
        scope=names,
        metric=model.metrics[one.metric].name.text(language),
        first=span.start.isoformat(),
        last=span.end.isoformat(),
        is_day=span.start == span.end,
    )


def _money(one: Anomaly, printer: Printer) -> str:
    """The amount at stake, without its sign; "" where the metric is the money itself or none."""
    unit = next((metric.unit for metric in printer.model.metrics.values() if is_money(metric.unit)), "")
    if one.money is None or abs(one.money) < 1 or not unit:
        return ""
    return printer.say(format_compact(abs(one.money), unit, 0, printer.language))
