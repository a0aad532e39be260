"""A series over time: highest, lowest and latest in words; the picture shows the rest."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import present
from metrics.query import KpiResult


def compose_series(result: KpiResult, printer: Printer) -> str:
    """Highest, lowest and latest of each metric's series."""
    rows = [row for id in result.query.metrics if (row := _extremes(result, id, printer)) is not None]
    return printer.wording.render(
        "kpi/series",
        printer.language,
        title=series_title(result, printer),
        label=printer.label(result.query.period),
        range=printer.range(result.query.period),
        baselines=(),
        rows=rows,
        note=_distinct_note(result, printer),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def _distinct_note(result: KpiResult, printer: Printer) -> str:
    """Why the steps of a metric over distinct buyers do not make up the whole; "" for sums."""
    model = printer.model
    measures = [measure for id in result.query.metrics for measure in model.measures_of(model.metrics[id])]
    is_distinct = any(measure.aggregation not in ("sum", "count") for measure in measures)
    return printer.wording.text("kpi/distinct_days", printer.language) if is_distinct else ""


def series_title(result: KpiResult, printer: Printer) -> str:
    """ "全店 · GMV走势（按天）"."""
    return printer.wording.text(
        "kpi/series_title",
        printer.language,
        scope=printer.scope(result.query.where),
        metrics="、".join(printer.metric(id) for id in result.query.metrics),
        step=printer.wording.text(f"kpi/step_{result.query.grain}", printer.language),
    )


def _extremes(result: KpiResult, metric_id: str, printer: Printer) -> dict[str, str] | None:
    points = [figure for figure in present(result) if figure.metric == metric_id]
    if not points:
        return None
    whole = [figure for figure in points if figure.period.complete] or points
    marked = {
        "highest": max(whole, key=lambda figure: figure.value or 0.0),
        "lowest": min(whole, key=lambda figure: figure.value or 0.0),
        "latest": points[-1],
    }
    values = {name: printer.figure(figure) for name, figure in marked.items()}
    places = {f"{name}_at": printer.bucket(figure, result.query.grain) for name, figure in marked.items()}
    return {"metric": printer.metric(metric_id), **values, **places}
