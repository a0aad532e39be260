"""A grouped answer: one aligned table for each metric, with change and, for sums, share."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import baselines, widest
from bot.assistant.compose.tables import aligned
from metrics.query import Change, Comparison, Figure, KpiResult

ADDITIVE = frozenset({"sum", "count"})
MOST_ROWS = 20
RUNNERS_UP = 3


def compose_table(result: KpiResult, printer: Printer, *, is_first_asked: bool = False) -> str:
    """One table for each metric."""
    tables = [{"metric": printer.metric(id), "text": _table_text(result, id, printer)} for id in result.query.metrics]
    return printer.wording.render(
        "kpi/table",
        printer.language,
        title=table_title(result, printer),
        first=_first(result, printer) if is_first_asked else "",
        label=printer.label(result.query.period),
        range=printer.range(widest(result) if result.figures else result.query.period),
        baselines=baselines(result, printer, (_column(result),)),
        tables=tables,
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def compose_by_change(result: KpiResult, top: int, printer: Printer) -> str:
    """The groups that moved most; `top` is +n for the largest rises, −n for the largest falls."""
    metric_id = result.query.metrics[0]
    sign = 1 if top > 0 else -1
    moved = [change for change in result.changes if change.current.metric == metric_id and change.direction == sign]
    moved.sort(key=lambda change: -abs(change.absolute or 0.0))
    shown = [change.current for change in moved[: max(abs(top), RUNNERS_UP)]]
    side = printer.wording.text("kpi/side_rise" if top > 0 else "kpi/side_fall", printer.language)
    names = {"side": side, "metrics": printer.metric(metric_id), "kind": printer.comparison_name(_column(result))}
    split = " × ".join(printer.dimension(id) for id in result.query.by)
    title = {"scope": printer.scope(result.query.where), "split": split, **names}
    return printer.wording.render(
        "kpi/table",
        printer.language,
        title=printer.wording.text("kpi/ranked_title", printer.language, **title),
        first=_most_moved(moved[0], result, side, printer) if moved else "",
        label=printer.label(result.query.period),
        range=printer.range(widest(result) if result.figures else result.query.period),
        baselines=baselines(result, printer, (_column(result),)),
        tables=[{"metric": names["metrics"], "text": _rows_text(result, metric_id, shown, None, printer)}],
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def _most_moved(change: Change, result: KpiResult, side: str, printer: Printer) -> str:
    name = "/".join(printer.value_name(id, change.current.scope[id][0]) for id in result.query.by)
    view = printer.change(change)
    moved = f"{view.arrow}{view.amount}" if view else ""
    return printer.wording.text("kpi/first_change", printer.language, side=side, name=name, change=moved)


def table_title(result: KpiResult, printer: Printer) -> str:
    """ "母婴 · GMV · 按渠道", or the top/bottom form."""
    query = result.query
    values = {
        "scope": printer.scope(query.where),
        "metrics": "、".join(printer.metric(id) for id in query.metrics),
        "split": " × ".join(printer.dimension(id) for id in query.by),
    }
    if query.top is None:
        return printer.wording.text("kpi/grouped_title", printer.language, **values)
    side = printer.wording.text("kpi/side_top" if query.top > 0 else "kpi/side_bottom", printer.language)
    count = printer.say(str(abs(query.top)))
    return printer.wording.text("kpi/top_title", printer.language, side=side, count=count, **values)


def _first(result: KpiResult, printer: Printer) -> str:
    """The one that "which is the highest" asked for; "" when there is none."""
    figure = next((item for item in result.figures if item.value is not None and _is_grouped(item, result)), None)
    if figure is None:
        return ""
    name = "/".join(printer.value_name(id, figure.scope[id][0]) for id in result.query.by)
    side = "bottom" if result.query.top is not None and result.query.top < 0 else "top"
    side_name = printer.wording.text(f"kpi/side_{side}", printer.language)
    return printer.wording.text("kpi/first", printer.language, side=side_name, name=name, value=printer.figure(figure))


def _column(result: KpiResult) -> Comparison:
    """The comparison that the table has room for: the first asked for, else the period before."""
    return next(iter(result.query.compare), "previous")


def _table_text(result: KpiResult, metric_id: str, printer: Printer) -> str:
    figures = [figure for figure in result.figures if figure.metric == metric_id and _is_grouped(figure, result)]
    if not figures:
        return printer.wording.text("kpi/no_rows", printer.language)
    smallest_first = result.query.top is not None and result.query.top < 0
    figures.sort(key=lambda item: (item.value is None, (1 if smallest_first else -1) * (item.value or 0)))
    total = _additive_total(result, metric_id, figures, printer)
    return _rows_text(result, metric_id, figures, total, printer)


def _rows_text(result: KpiResult, metric_id: str, figures: list[Figure], total: float | None, printer: Printer) -> str:
    if not figures:
        return printer.wording.text("kpi/no_rows", printer.language)
    head = ["", printer.metric(metric_id), printer.comparison_name(_column(result))]
    rows = [head + ([printer.wording.text("kpi/column_share", printer.language)] if total else [])]
    for figure in figures[:MOST_ROWS]:
        rows.append(_table_row(result, figure, total, printer))
    return aligned(rows)


def _is_grouped(figure: Figure, result: KpiResult) -> bool:
    """An absent figure of a period without rows belongs to no group."""
    return all(id in figure.scope for id in result.query.by)


def _table_row(result: KpiResult, figure: Figure, total: float | None, printer: Printer) -> list[str]:
    name = "/".join(printer.value_name(id, figure.scope[id][0]) for id in result.query.by)
    change = result.change(figure, _column(result))
    view = printer.change(change) if change else None
    moved = view.moved if view else "—"
    row = [name, printer.figure(figure), moved]
    if total:
        row.append(printer.share((figure.value or 0.0) / total) if figure.value is not None else "—")
    return row


def _additive_total(result: KpiResult, metric_id: str, figures: list[Figure], printer: Printer) -> float | None:
    """The sum that shares refer to; only for sums, and only when every part is on the table."""
    metric = printer.model.metrics[metric_id]
    measure = printer.model.measures[metric.numerator]
    is_additive = metric.denominator is None and measure.aggregation in ADDITIVE
    is_whole = result.query.top is None and len(result.query.by) == 1 and result.query.by[0] not in result.query.where
    if not is_additive or not is_whole:
        return None
    return sum(figure.value or 0.0 for figure in figures) or None
