"""Which picture belongs to an answer, drawn from its figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.series import series_title
from bot.assistant.compose.table import table_title
from bot.assistant.types import Facts, Picture
from metrics.query import Change, Figure, KpiResult, Period

if TYPE_CHECKING:
    from metrics.charts import ChartText, Series

MOST_BARS = 12
MOST_CELLS = 8
EMPTY_DECIMALS = re.compile(r"\.0+(?=[^\d%]*$)")  # an axis reads ¥500万, not ¥500.0万


def kpi_picture(facts: Facts, printer: Printer) -> Picture | None:
    """A line for a series, bars for a table, cells for the summary; None when there is nothing to draw."""
    if not facts.results:
        return None
    result = facts.results[0]
    if result.query.grain and not result.query.by:
        return _line(result, series_title(result, printer), printer)
    if result.query.by:
        return _bars(result, printer)
    series = next((item for item in facts.results[1:] if item.query.grain), None)
    return _panel(result, series, printer) if len(result.figures) > 1 else None


def digest_picture(result: KpiResult, printer: Printer) -> Picture | None:
    """The daily line under the digest."""
    return _line(result, series_title(result, printer), printer)


def _line(result: KpiResult, title: str, printer: Printer) -> Picture | None:
    from metrics import charts  # matplotlib: a second that only pictures pay

    metric_id = result.query.metrics[0]
    points = [figure for figure in result.figures if figure.metric == metric_id]
    if sum(figure.value is not None for figure in points) < 2:
        return None
    compared = _compared(result, points)
    png = charts.line(
        _text(result, title, printer),
        charts.Series(printer.range(result.query.period), tuple((_label(p, result, printer), p.value) for p in points)),
        _comparison(result, points, compared, printer),
        format_value=_formatter(metric_id, printer),
        partial_last=not result.query.period.complete,
    )
    return Picture(png, _alt(title, result, printer))


def _compared(result: KpiResult, points: list[Figure]) -> list[Change | None]:
    return [result.change(point, "previous") for point in points]


def _comparison(
    result: KpiResult, points: list[Figure], changes: list[Change | None], printer: Printer
) -> Series | None:
    from metrics import charts

    if all(change is None or change.baseline.value is None for change in changes):
        return None
    values = tuple(
        (_label(point, result, printer), change.baseline.value if change else None)
        for point, change in zip(points, changes, strict=True)
    )
    shown = [change.baseline.period for change in changes if change is not None]
    dates = printer.range(Period(shown[0].start, shown[-1].end))
    return charts.Series(f"{printer.comparison_name('previous')} {dates}", values)


def _bars(result: KpiResult, printer: Printer) -> Picture | None:
    from metrics import charts

    metric_id = result.query.metrics[0]
    figures = [figure for figure in result.figures if figure.metric == metric_id and figure.value is not None]
    if not figures:
        return None
    figures.sort(key=lambda figure: -(figure.value or 0.0))
    title = table_title(result, printer)
    bars = tuple((_group(figure, result, printer), figure.value) for figure in figures[:MOST_BARS])
    png = charts.ranked_bars(
        _text(result, title, printer),
        charts.Series(printer.metric(metric_id), bars),
        comparison=None,
        format_value=_formatter(metric_id, printer),
    )
    return Picture(png, _alt(title, result, printer))


def _trend(metric_id: str, series: KpiResult | None) -> tuple[float, ...]:
    """The last days of one metric as a spark line, () without a series."""
    points = series.figures if series is not None else ()
    return tuple(point.value for point in points if point.metric == metric_id and point.value is not None)


def _panel(result: KpiResult, series: KpiResult | None, printer: Printer) -> Picture | None:
    from metrics import charts

    cells = []
    for figure in result.figures[:MOST_CELLS]:
        change = result.change(figure, "previous")
        view = printer.change(change) if change else None
        better = printer.model.metrics[figure.metric].higher_is_better
        good = None if view is None or not change or not change.direction else (change.direction > 0) == better
        moved = view.short if view else ""
        trend = _trend(figure.metric, series)
        cells.append(charts.Cell(printer.metric(figure.metric), printer.figure(figure), moved, good, trend))
    title = printer.scope(result.query.where)
    return Picture(charts.panel(_text(result, title, printer), tuple(cells)), _alt(title, result, printer))


def _text(result: KpiResult, title: str, printer: Printer) -> ChartText:
    from metrics import charts

    return charts.ChartText(title, printer.range(result.query.period), printer.freshness(result))


def _alt(title: str, result: KpiResult, printer: Printer) -> str:
    dates = printer.range(result.query.period)
    return printer.wording.text("kpi/chart_alt", printer.language, title=title, range=dates)


def _label(figure: Figure, result: KpiResult, printer: Printer) -> str:
    label = printer.bucket(figure, result.query.grain)
    is_one_day = result.query.grain == "hour" and result.query.period.days == 1
    return label.split(" ")[-1] if is_one_day else label


def _group(figure: Figure, result: KpiResult, printer: Printer) -> str:
    return "/".join(printer.value_name(id, figure.scope[id][0]) for id in result.query.by)


def _formatter(metric_id: str, printer: Printer) -> Callable[[float], str]:
    metric = printer.model.metrics[metric_id]
    return lambda value: EMPTY_DECIMALS.sub("", printer.number(value, metric))
