"""What left its normal range in the period, by the money at stake, with the leading cause of the worst."""

from __future__ import annotations

from bot.assistant.compose.diagnosis_causes import leading_sentence
from bot.reviews.facts import Incident
from bot.reviews.review import Point, Section
from bot.reviews.scribe import Scribe
from metrics.anomalies.anomaly import Anomaly
from metrics.currency import is_money
from metrics.model import Metric, SemanticModel
from metrics.units import format_change


def unusual(scribe: Scribe) -> Section:
    """五、异常与原因."""
    points = tuple(_point(scribe, incident) for incident in scribe.facts.incidents)
    return Section(scribe.text("heading", name="unusual"), points)


def incident_name(scribe: Scribe, incident: Incident) -> str:
    """ "母婴 · 直播支付转化率"."""
    scope = scribe.printer.scope(incident.anomaly.scope)
    return scribe.of(scope, incident.anomaly.metric)


def _point(scribe: Scribe, incident: Incident) -> Point:
    printer, held = scribe.printer, incident.anomaly
    metric = printer.model.metrics[held.metric]
    sentence = scribe.text(
        "unusual",
        range=printer.range(held.span),
        name=incident_name(scribe, incident),
        value=printer.figure(held.figure),
        expected=printer.number(held.expected, metric),
        low=printer.number(held.low, metric),
        high=printer.number(held.high, metric),
        is_above=held.direction > 0,
        money=_money(scribe, held),
        is_good=not held.is_bad,
        is_running=held.is_running,
        cause=_cause(scribe, incident),
        compared=_compared(scribe, incident),
        beside=_beside(scribe, incident),
    )
    return Point(incident_name(scribe, incident), sentence)


def _money(scribe: Scribe, held: Anomaly) -> str:
    """What was lost or won, in money; "" where nothing says it."""
    metric = _value_metric(scribe.printer.model)
    if held.money is None or metric is None:
        return ""
    return scribe.printer.say(format_change(held.money, metric.unit, metric.decimals, scribe.printer.language))


def _cause(scribe: Scribe, incident: Incident) -> str:
    """The first cause within it; "" where nothing inside stands out."""
    explanation = incident.explanation
    causes = explanation.causes if explanation is not None else ()
    if explanation is None or not causes or not causes[0].cut or causes[0].contribution * explanation.total <= 0:
        return ""
    return leading_sentence(explanation, scribe.printer)


def _compared(scribe: Scribe, incident: Incident) -> str:
    change = incident.explanation.change if incident.explanation is not None else None
    return scribe.printer.range(change.baseline.period) if change is not None else ""


def _beside(scribe: Scribe, incident: Incident) -> list[str]:
    """What happened at the same time, e.g. stock that ran out; no proof of anything."""
    printer = scribe.printer
    events = incident.explanation.events if incident.explanation is not None else ()
    return [
        printer.wording.text(
            f"diagnosis/event_{event.code}",
            printer.language,
            where=printer.scope(event.scope) if event.scope else "",
            metric=printer.metric(event.metric),
            before=printer.figure(event.baseline),
            now=printer.figure(event.current),
        )
        for event in events
        if event.current is not None and event.baseline is not None
    ]


def _value_metric(model: SemanticModel) -> Metric | None:
    """A metric in the shop's currency, whose form amounts have."""
    return next((metric for metric in model.metrics.values() if is_money(metric.unit)), None)
