"""One figure with its changes and parts, and several figures of one period."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import (
    baselines,
    head,
    leading_change,
    metric_rows,
    part_rows,
    target_verdict,
    widest,
)
from metrics.query import Figure, KpiResult

MOST_PARTS = 6  # values on one line of parts; the table button shows all


def compose_single(result: KpiResult, parts: KpiResult | None, printer: Printer) -> str:
    """One figure: value, changes, target, parts, freshness."""
    figure = result.figures[0]
    lead, others = leading_change(result, figure, printer)
    return printer.wording.render(
        "kpi/single",
        printer.language,
        **head(result, figure, printer),
        lead=lead,
        others=others,
        target=_target(result, figure, printer),
        parts=part_rows(parts, printer)[:MOST_PARTS] if parts else (),
        parts_name=_parts_name(parts, printer) if parts else "",
    )


def compose_share(result: KpiResult, whole: KpiResult | None, printer: Printer) -> str:
    """One figure as a part of the whole shop's; a ratio has no share, its own value stands."""
    figure = result.figures[0]
    metric = printer.model.metrics[figure.metric]
    total = whole.figures[0].value if whole is not None else None
    if metric.denominator is not None or not total or figure.value is None or whole is None:
        words = printer.wording.render("kpi/no_share", printer.language, metric=printer.metric(figure.metric))
        return "\n".join([compose_single(result, None, printer), *([words] if metric.denominator else [])])
    return printer.wording.render(
        "kpi/share",
        printer.language,
        **head(result, figure, printer) | {"notices": printer.notices(result, compares=False)},
        share=printer.share(figure.value / total),
        total=printer.number(total, metric),
        of=printer.scope(whole.query.where),
    )


def _parts_name(parts: KpiResult, printer: Printer) -> str:
    """The dimension, which comparison its changes are if it has any, and whether the smallest are left out."""
    count = printer.say(str(MOST_PARTS)) if len(parts.figures) > MOST_PARTS else ""
    name, leading = printer.dimension(parts.query.by[0]), parts.query.compare[0]
    is_compared = any(change.kind == leading and change.absolute is not None for change in parts.changes)
    kind = printer.comparison_name(leading) if is_compared else ""
    return printer.wording.text("kpi/parts", printer.language, name=name, kind=kind, count=count)


def _target(result: KpiResult, figure: Figure, printer: Printer) -> dict[str, str] | None:
    change = result.change(figure, "target")
    if change is None or change.absolute is None or change.baseline.value is None:
        return None
    metric = printer.model.metrics[figure.metric]
    return {"value": printer.number(change.baseline.value, metric), "verdict": target_verdict(change, result, printer)}


def compose_several(result: KpiResult, printer: Printer) -> str:
    """Several metrics of one scope and period, a line each."""
    return printer.wording.render(
        "kpi/several",
        printer.language,
        scope=printer.scope(result.query.where),
        label=printer.label(result.query.period),
        range=printer.range(widest(result)),
        rows=metric_rows(result, printer),
        baselines=baselines(result, printer),
        warnings=printer.warnings(result),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )
