"""Days that pass a bound, and the mean of a span's days."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import present
from bot.assistant.compose.series import series_title
from bot.assistant.compose.table import column_of, is_additive, moved
from bot.assistant.compose.tables import Column, table
from bot.assistant.gather import is_running
from bot.assistant.types import Threshold
from metrics.query import Figure, KpiResult

MOST_DAYS = 20


def compose_days(result: KpiResult, threshold: Threshold, count: int, printer: Printer) -> str:
    """The steps of time that pass the bound; `count` is how many could have."""
    days = [figure for figure in present(result) if figure.metric == threshold.metric]
    step = printer.wording.text(f"kpi/unit_{result.query.grain}", printer.language)
    counts = {"kept": printer.say(str(len(days))), "count": printer.say(str(count))}
    bound = printer.bound(threshold)
    remarks = [_largest(len(days), printer)] if len(days) > MOST_DAYS else []
    if not result.query.period.complete:
        remarks.append(printer.wording.text("kpi/running_left_out", printer.language, step=step))
    return printer.wording.render(
        "kpi/table",
        printer.language,
        title=series_title(result, printer),
        first=printer.wording.text("kpi/passing", printer.language, split=step, bound=bound, **counts),
        label=printer.label(result.query.period),
        range=printer.range(result.query.period),
        baselines=(),
        tables=[{"head": "", "text": _days_table(days[:MOST_DAYS], result, printer)}] if days else [],
        remarks=remarks,
        warnings=printer.warnings(result),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def compose_mean(result: KpiResult, printer: Printer) -> str:
    """The sum of the whole days divided by their number, which is said with it."""
    metric = printer.model.metrics[result.query.metrics[0]]
    days = [figure for figure in present(result) if not is_running(figure, result)]
    total = sum(figure.value or 0.0 for figure in days)
    change = _mean_change(days, result, printer)
    return printer.wording.render(
        "kpi/per_day",
        printer.language,
        scope=printer.scope(result.query.where),
        metric=printer.metric(metric.id),
        mean=printer.number(total / len(days), metric) if days else "",
        total=printer.number(total, metric),
        count=printer.say(str(len(days))),
        change=change,
        is_distinct=not is_additive(metric.id, printer),
        is_running=not result.query.period.complete,
        label=printer.label(result.query.period),
        range=printer.range(result.query.period),
        warnings=printer.warnings(result),
        notices=printer.notices(result, compares=bool(change)),
        freshness=printer.freshness(result),
    )


def _mean_change(days: list[Figure], result: KpiResult, printer: Printer) -> str:
    """Against the mean of the same days of the period before; "" unless every day has its twin."""
    kind = column_of(result)
    changes = [result.change(figure, kind) for figure in days]
    twins = [change.baseline.value for change in changes if change is not None and change.baseline.value is not None]
    before = sum(twins)
    if kind == "target" or not days or len(twins) < len(days) or before <= 0:
        return ""
    now = sum(figure.value or 0.0 for figure in days)
    relative = printer.relative(now / before - 1)
    return printer.wording.text(
        "kpi/change_short", printer.language, name=printer.comparison_name(kind), moved=relative, verdict=""
    )


def _days_table(days: list[Figure], result: KpiResult, printer: Printer) -> str:
    columns = [
        Column("", tuple(printer.bucket(figure, result.query.grain) for figure in days), is_left=True),
        Column("", tuple(printer.figure(figure, short=True) for figure in days)),
    ]
    changes = tuple(moved(result, figure, printer) for figure in days)
    return table([*columns, Column(printer.column_name(column_of(result)), changes, 1)]).lstrip("\n")


def _largest(count: int, printer: Printer) -> str:
    counts = {"shown": printer.say(str(MOST_DAYS)), "count": printer.say(str(count))}
    return printer.wording.text("kpi/first_rows", printer.language, **counts)
