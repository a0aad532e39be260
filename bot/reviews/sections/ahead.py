"""What the data say of the time to come: the running month, the widest gaps, the calendar; no plans."""

from __future__ import annotations

from bot.assistant.compose.lines import attainment
from bot.reviews.review import Point, Section
from bot.reviews.scribe import Scribe
from bot.reviews.sections.groups import name_of
from bot.reviews.sections.unusual import incident_name
from metrics.query import Change

MOST_GAPS = 3
LEVEL = "90%"  # of the forecast's interval


def ahead(scribe: Scribe) -> Section:
    """七、下期关注."""
    found = (
        ("month", _month(scribe)),
        ("gaps", _gaps(scribe)),
        ("running", _running(scribe)),
        ("due", _due(scribe)),
        ("events", _events(scribe)),
    )
    points = tuple(Point(scribe.text("ahead_point", name=name), text) for name, text in found if text)
    return Section(scribe.text("heading", name="ahead"), points)


def _month(scribe: Scribe) -> str:
    result = scribe.facts.ahead.month
    if result is None:
        return ""
    figure = result.figures[0]
    target, verdict = scribe.target(result, figure)
    return scribe.text(
        "ahead_month",
        range=scribe.printer.range(figure.period),
        scope=scribe.scope,
        metric=scribe.printer.metric(figure.metric),
        value=scribe.printer.figure(figure),
        target=target,
        verdict=verdict,
        heading=_heading(scribe),
    )


def _heading(scribe: Scribe) -> str:
    """Where the month is expected to end, and what every day left must bring; "" where that cannot be said."""
    found, printer = scribe.facts.ahead.forecast, scribe.printer
    if found is None:
        return ""
    metric = printer.model.metrics[found.metric]
    change = scribe.facts.ahead.month.changes[0] if scribe.facts.ahead.month is not None else None
    goal = change.baseline.value if change is not None else None
    left = (goal or 0.0) - (found.so_far.value or 0.0)
    needed = left / found.days_left if goal is not None and left > 0 and found.days_left > 0 else None
    return scribe.text(
        "ahead_heading",
        expected=printer.number(found.expected, metric),
        low=printer.number(found.low, metric),
        high=printer.number(found.high, metric),
        level=printer.say(LEVEL),
        needed=printer.number(needed, metric) if needed is not None else "",
        recent=printer.number(found.recent_a_day, metric) if found.recent_a_day is not None else "",
    )


def _running(scribe: Scribe) -> str:
    """What was still outside its range on the last day judged."""
    names = [incident_name(scribe, one) for one in scribe.facts.incidents if one.anomaly.is_running]
    return scribe.text("ahead_running", period=scribe.period, names=names) if names else ""


def _due(scribe: Scribe) -> str:
    """Tactics whose review day is still to come."""
    printer, today = scribe.printer, scribe.facts.assignment.now.date()
    due = [entry for entry in scribe.facts.entries if entry.state == "adopted" and entry.review >= today]
    said = [
        scribe.text("ahead_due", title=entry.card.title, day=printer.say(f"{entry.review:%Y/%m/%d}"), owner=entry.owner)
        for entry in due
    ]
    return scribe.text("caution", notices=said) if said else ""


def _gaps(scribe: Scribe) -> str:
    """The categories furthest below their target, by the amount that is missing."""
    result = scribe.facts.groups.get("category")
    if result is None or not result.query.period.complete:
        return ""  # a target of a running month is not due yet
    short = [item for item in result.changes if _is_short(item, scribe.facts.lead)]
    short.sort(key=lambda change: change.absolute or 0.0)
    gaps = [text for change in short[:MOST_GAPS] if (text := _gap(scribe, change))]
    if not gaps:
        return ""
    return scribe.text("ahead_gaps", period=scribe.period, dimension=scribe.printer.dimension("category"), gaps=gaps)


def _is_short(change: Change, lead: str) -> bool:
    return change.kind == "target" and change.current.metric == lead and (change.absolute or 0.0) < 0


def _gap(scribe: Scribe, change: Change) -> str:
    share = attainment(change, scribe.printer)
    metric = scribe.printer.model.metrics[change.current.metric]
    amount = scribe.printer.difference(change.absolute or 0.0, metric)
    if not share or not amount:
        return ""
    name = name_of(scribe, "category", change.current)
    return scribe.text("ahead_gap", metric=scribe.of(name, metric.id), amount=amount, share=share)


def _events(scribe: Scribe) -> str:
    """The promotions and holidays of the next period, with what they brought a year ago."""
    printer, said = scribe.printer, []
    for event, period, past in scribe.facts.ahead.events:
        figure = past.figures[0] if past is not None else None
        values = {
            "value": printer.figure(figure) if figure is not None else "",
            "metric": printer.metric(scribe.facts.lead),
            "past": printer.range(past.query.period) if past is not None else "",
        }
        name = printer.say(event.name.text(printer.language))
        said.append(scribe.text("ahead_event", name=name, range=printer.range(period), scope=scribe.scope, **values))
    return scribe.text("caution", notices=said) if said else ""
