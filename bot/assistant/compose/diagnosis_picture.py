"""The waterfall of an explanation: its drivers, or the segments of a ratio or of the dimension asked for."""

from __future__ import annotations

from bot.assistant.compose.diagnosis_parts import PartList, driver_list, segment_list, telling_dimension
from bot.assistant.compose.figures import Printer
from bot.assistant.types import Picture, Plan
from metrics.diagnosis.explanation import Explanation


def diagnosis_picture(plan: Plan, explanation: Explanation | None, printer: Printer) -> Picture | None:
    """The picture, when it was asked for and there is something to take apart."""
    if not plan.chart or explanation is None or not explanation.is_explained:
        return None
    shown = _shown(plan, explanation, printer)
    change, metric = explanation.change, printer.model.metrics[explanation.metric]
    if shown is None or not shown.parts or change is None:
        return None
    scope, name = printer.scope(explanation.query.where), printer.metric(metric.id)
    title = printer.wording.text("diagnosis/waterfall_title", printer.language, scope=scope, metric=name)
    dates, compared = printer.range(change.current.period), printer.range(change.baseline.period)
    alt = printer.wording.text("diagnosis/waterfall_alt", printer.language, title=title, range=dates, compared=compared)
    sides = f"{printer.figure(change.baseline)} → {printer.figure(change.current)}"
    text = (
        title,
        f"{sides}  ·  {dates} / {compared}",
        printer.freshness(explanation.result) if explanation.result else "",
    )
    sign = 1 if metric.higher_is_better else -1
    label = printer.wording.text("diagnosis/total", printer.language)

    def draw() -> bytes:
        from metrics import charts  # matplotlib: a second that only pictures pay

        steps = [
            charts.WaterfallStep(part.name, part.value, part.amount, part.value * sign > 0 if part.value else None)
            for part in shown.parts
        ]
        total = charts.WaterfallStep(label, sum(part.value for part in shown.parts), shown.total)
        return charts.waterfall(charts.ChartText(*text), steps, total)

    return Picture(draw, alt)


def _shown(plan: Plan, explanation: Explanation, printer: Printer) -> PartList | None:
    asked = [id for id in (plan.query.by if plan.query else ()) if id in explanation.segments]
    is_ratio = printer.model.metrics[explanation.metric].denominator is not None
    telling = asked or (telling_dimension(explanation) if is_ratio or not explanation.drivers else [])
    return segment_list(explanation, telling[0], printer) if telling else driver_list(explanation, printer)
