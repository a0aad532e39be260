"""The few causes of a change, a sentence each, ranked by what they did to it."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from metrics.diagnosis.explanation import Cause, Explanation, Part
from metrics.model import Metric
from metrics.units import format_change

MOST_SENTENCES = 3


def cause_sentences(explanation: Explanation, printer: Printer) -> list[str]:
    """One sentence each; of a change within the usual only those that left their own range."""
    shown = explanation.causes[:MOST_SENTENCES]
    if explanation.normal.within:
        shown = tuple(cause for cause in shown if cause.normal is not None and cause.normal.within is False)
    first = next((cause for cause in shown if not _is_against(cause, explanation)), None)
    return [_sentence(cause, explanation, printer, is_first=cause is first) for cause in shown]


def leading_sentence(explanation: Explanation, printer: Printer) -> str:
    """The first of them; "" without any."""
    return next(iter(cause_sentences(explanation, printer)), "")


def _is_unlike(explanation: Explanation) -> bool:
    """Whether a promotion or holiday stands on one side only, which moves everything."""
    return any(event.code == "promotion" for event in explanation.events)


def _is_against(cause: Cause, explanation: Explanation) -> bool:
    return cause.contribution * explanation.total < 0


def _sentence(cause: Cause, explanation: Explanation, printer: Printer, *, is_first: bool) -> str:
    metric = printer.model.metrics[cause.metric]
    current, baseline = cause.current.value or 0.0, cause.baseline.value or 0.0
    low, high = _range(cause, metric, printer)
    return printer.wording.text(
        "diagnosis/cause_mix" if cause.kind == "mix" else "diagnosis/cause",
        printer.language,
        is_against=_is_against(cause, explanation),
        is_first=is_first,
        is_beside_event=is_first and bool(cause.cut) and _is_unlike(explanation),
        is_everywhere=not cause.cut,
        where=printer.scope(cause.cut) if cause.cut else "",
        metric=printer.metric(cause.metric),
        before=printer.number(baseline, metric),
        now=printer.number(current, metric),
        fell=current < baseline,
        since=printer.say(f"{cause.since:%m/%d}") if cause.since else "",
        amount=_contribution(cause, explanation, printer),
        share=_share(cause, printer),
        low=low,
        high=high,
        is_outside=cause.normal is not None and cause.normal.within is False,
        inside=[_side(part, printer) for part in cause.inside],
    )


def _contribution(cause: Cause, explanation: Explanation, printer: Printer) -> str:
    """What it did to the whole, with its sign; "" where that is the change itself or stands in the list of drivers."""
    if not cause.cut and cause.metric in (explanation.metric, *(part.metric for part in explanation.drivers)):
        return ""
    decimals = printer.model.metrics[explanation.metric].decimals
    return printer.say(format_change(cause.contribution, explanation.unit, decimals, printer.language))


def _share(cause: Cause, printer: Printer) -> str:
    """Its part of the change, where that is one: more than all of it would only puzzle."""
    return printer.share(cause.share) if cause.share is not None and 0 < cause.share <= 1 and cause.cut else ""


def _range(cause: Cause, metric: Metric, printer: Printer) -> tuple[str, str]:
    """The ends of the usual range; "" where the figure lies inside it or the past says nothing."""
    held, value = cause.normal, cause.current.value
    if held is None or held.low is None or held.high is None or value is None or held.low <= value <= held.high:
        return "", ""
    return printer.number(held.low, metric), printer.number(held.high, metric)


def _side(part: Part, printer: Printer) -> dict[str, str]:
    metric = printer.model.metrics[part.metric]
    return {
        "metric": printer.metric(part.metric),
        "before": printer.number(part.before or 0.0, metric),
        "now": printer.number(part.now or 0.0, metric),
    }
