"""What a grouped question wants to hear first: who leads, who moved most, how far two values are apart."""

from __future__ import annotations

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import baselines, widest
from bot.assistant.compose.table import Grouping, column_of, group_name, rows_text
from bot.assistant.types import Plan, Threshold
from metrics.query import Change, Figure

RUNNERS_UP = 3


def first_sentence(plan: Plan, grouping: Grouping, printer: Printer) -> str:
    """The sentence above the table: the leader that was asked for, or how compared values stand; "" for neither."""
    top = plan.query.top if plan.query is not None else None
    metrics = grouping.result.query.metrics
    figures = [figure for figure in grouping.figures(metrics[0]) if figure.value is not None]
    if grouping.threshold is not None:
        return _passing(len(figures), grouping.threshold, grouping, printer)
    if not figures:
        return ""
    if abs(top or 0) == 1:
        return _leader(figures[0], grouping, printer)
    if len(metrics) == 1 and _is_comparison(grouping) and len(figures) > 1:
        return _distance(figures[0], figures[-1], grouping, printer)
    return ""


def compose_by_change(grouping: Grouping, top: int, printer: Printer) -> str:
    """The groups that moved most; `top` is +n for the largest rises, −n for the largest falls."""
    result = grouping.result
    metric_id = result.query.metrics[0]
    sign = 1 if top > 0 else -1
    found = [change for change in result.changes if change.current.metric == metric_id and change.direction == sign]
    found = sorted((c for c in found if c.kind == column_of(result)), key=lambda change: -abs(change.absolute or 0.0))
    shown = [change.current for change in found[: max(abs(top), RUNNERS_UP)]]
    side = printer.wording.text("kpi/side_rise" if top > 0 else "kpi/side_fall", printer.language)
    names = {"side": side, "metrics": printer.metric(metric_id), "kind": printer.comparison_name(column_of(result))}
    split = " × ".join(printer.dimension(id) for id in result.query.by)
    title = {"scope": printer.scope(result.query.where), "split": split, **names}
    return printer.wording.render(
        "kpi/table",
        printer.language,
        title=printer.wording.text("kpi/ranked_title", printer.language, **title),
        first=_most_moved(found[0], grouping, side, printer) if found else _none_moved(top, grouping, printer),
        label=printer.label(result.query.period),
        range=printer.range(widest(result) if result.figures else result.query.period),
        baselines=baselines(result, printer, (column_of(result),)),
        tables=[{"head": "", "text": rows_text(grouping, metric_id, shown, printer)}] if shown else [],
        remarks=[],
        warnings=printer.warnings(result),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def _is_comparison(grouping: Grouping) -> bool:
    """Whether the groups are values that were named side by side."""
    query = grouping.result.query
    return len(query.by) == 1 and len(query.where.get(query.by[0], ())) > 1 and query.top is None


def _passing(kept: int, threshold: Threshold, grouping: Grouping, printer: Printer) -> str:
    """How many groups pass the bound, of how many."""
    split = " × ".join(printer.dimension(id) for id in grouping.result.query.by)
    counts = {"kept": printer.say(str(kept)), "count": printer.say(str(grouping.count))}
    bound = printer.bound(threshold)
    return printer.wording.text("kpi/passing", printer.language, split=split, bound=bound, **counts)


def _leader(figure: Figure, grouping: Grouping, printer: Printer) -> str:
    top = grouping.result.query.top
    side = printer.wording.text(f"kpi/side_{'bottom' if top is not None and top < 0 else 'top'}", printer.language)
    name = group_name(figure, grouping.result, printer)
    return printer.wording.text("kpi/first", printer.language, side=side, name=name, value=printer.figure(figure))


def _distance(high: Figure, low: Figure, grouping: Grouping, printer: Printer) -> str:
    """Who is ahead and by how much, in the unit and, of amounts, relative to the other."""
    one, other = (group_name(figure, grouping.result, printer) for figure in (high, low))
    apart = (high.value or 0.0) - (low.value or 0.0)
    amount = printer.difference(apart, printer.model.metrics[high.metric])
    is_relative = high.unit != "fraction" and low.value is not None and low.value > 0
    relative = printer.share(apart / low.value) if is_relative and low.value else ""
    names = {"high": one, "low": other, "metric": printer.metric(high.metric)}
    form = "distance" if apart and amount else "no_distance"
    values = {"amount": amount, "relative": relative, "count": len(grouping.figures(high.metric))}
    return printer.wording.text(f"kpi/{form}", printer.language, **names, **values)


def _most_moved(change: Change, grouping: Grouping, side: str, printer: Printer) -> str:
    name = group_name(change.current, grouping.result, printer)
    view = printer.change(change)
    text = f"{view.signed}" if view else ""
    return printer.wording.text("kpi/first_change", printer.language, side=side, name=name, change=text)


def _none_moved(top: int, grouping: Grouping, printer: Printer) -> str:
    """Nothing rose or nothing fell: an answer, not a lack of data; unless nothing could be compared."""
    result = grouping.result
    is_compared = any(change.absolute is not None for change in result.changes)
    side = "none_rose" if top > 0 else "none_fell"
    split = " × ".join(printer.dimension(id) for id in result.query.by)
    name = f"kpi/{side}" if is_compared else "kpi/not_compared"
    return printer.wording.text(name, printer.language, split=split, metric=printer.metric(result.query.metrics[0]))
