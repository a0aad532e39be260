"""The manager's summary: yesterday, the week and the month so far beside each other, on one screen."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import SHOWN, baselines, target_verdict, widest
from bot.assistant.compose.tables import cut, stacked
from metrics.query import Figure, KpiResult

COLUMNS = ("yesterday", "week_to_date", "month_to_date")
NOTHING = "—"
WIDEST_NAME = 20  # on two lines


def compose_summary(results: tuple[KpiResult, ...], printer: Printer) -> str:
    """Three periods side by side with their changes, then the targets of the month."""
    shown = results[: len(COLUMNS)]
    return printer.wording.render(
        "kpi/summary",
        printer.language,
        scope=printer.scope(results[0].query.where),
        periods=[_period(name, result, printer) for name, result in zip(COLUMNS, shown, strict=True)],
        table=_table(shown, printer),
        targets=_targets(shown[-1], printer),
        warnings=list(dict.fromkeys(text for result in shown for text in printer.warnings(result))),
        notices=_notices(shown, printer),
        freshness=printer.freshness(shown[-1]),
    )


def _period(name: str, result: KpiResult, printer: Printer) -> dict[str, str]:
    """The dates of one column and of what it is compared with."""
    compared = baselines(result, printer, SHOWN[:1])
    label = printer.wording.text(f"kpi/{name}", printer.language)
    return {"label": label, "range": printer.range(widest(result)), "baseline": compared[0] if compared else ""}


def _table(shown: tuple[KpiResult, ...], printer: Printer) -> str:
    metrics = shown[0].query.metrics
    names = [cut(printer.metric(id), WIDEST_NAME) for id in metrics]
    cells = [[_cell(result, id, printer) for result in shown] for id in metrics]
    heads = [printer.wording.text(f"kpi/column_{name}", printer.language) for name in COLUMNS]
    return stacked(names, cells, heads)


def _cell(result: KpiResult, metric_id: str, printer: Printer) -> tuple[str, str]:
    figure = _figure(result, metric_id)
    if figure is None:
        return NOTHING, ""
    change = result.change(figure, "previous")
    view = printer.change(change) if change else None
    return printer.figure(figure, short=True), view.moved if view else ""


def _figure(result: KpiResult, metric_id: str) -> Figure | None:
    return next((figure for figure in result.figures if figure.metric == metric_id), None)


def _targets(month: KpiResult, printer: Printer) -> list[dict[str, str]]:
    """Every target of this month with how far it is reached."""
    rows = []
    for figure in month.figures:
        change = month.change(figure, "target")
        if change is not None and change.absolute is not None and change.baseline.value is not None:
            value = printer.number(change.baseline.value, printer.model.metrics[figure.metric])
            verdict = target_verdict(change, month, printer)
            rows.append({"metric": printer.metric(figure.metric), "value": value, "verdict": verdict})
    return rows


def _notices(shown: tuple[KpiResult, ...], printer: Printer) -> list[str]:
    """Each sentence once, with the columns that it is about."""
    columns: dict[str, list[str]] = {}
    for name, result in zip(COLUMNS, shown, strict=True):
        for text in printer.notices(result):
            columns.setdefault(text, []).append(printer.wording.text(f"kpi/column_{name}", printer.language))
    return [
        printer.wording.text("kpi/about_columns", printer.language, columns=names, text=text)
        for text, names in columns.items()
    ]
