"""The promotions and holidays of the period, each against itself a year ago."""

from __future__ import annotations

from bot.reviews.facts import EventFacts
from bot.reviews.review import Point, Section
from bot.reviews.scribe import Scribe
from metrics.query import Period


def events(scribe: Scribe) -> Section:
    """四、大促与节假日."""
    return Section(
        scribe.text("heading", name="events"), parts=tuple(_part(scribe, held) for held in scribe.facts.events)
    )


def _part(scribe: Scribe, held: EventFacts) -> Section:
    printer, result = scribe.printer, held.result
    name = printer.say(held.event.name.text(printer.language))
    sentence = scribe.text(
        "event_result",
        year=printer.say(str(result.query.period.end.year)),
        name=name,
        range=printer.range(result.query.period),
        within=printer.say(str(held.days_within)),
        days=printer.say(str(held.days)),
        scope=scribe.scope,
        phrases=scribe.phrases(result, result.query.metrics),
    )
    points = (
        Point(scribe.text("event_point", name="result"), sentence),
        Point(scribe.text("event_point", name="baseline"), _baseline(scribe, held)),
    )
    return Section(name, points)


def _baseline(scribe: Scribe, held: EventFacts) -> str:
    """What it is held against, or that there is nothing to hold it against."""
    printer, result = scribe.printer, held.result
    past: Period | None = next((item.baseline.period for item in result.changes if item.absolute is not None), None)
    notices = scribe.cautions(result) if past else []
    return scribe.text(
        "event_baseline",
        range=printer.range(past) if past is not None else "",
        kind=scribe.text("event_kind", kind=held.event.kind),
        notices=notices,
    )
