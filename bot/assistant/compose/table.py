"""A grouped answer: aligned tables with ranks, changes, shares and the whole, as a phone can show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import attainment, baselines, widest
from bot.assistant.compose.tables import Column, cut, stacked, table, width
from bot.assistant.types import Facts, Plan, Threshold
from metrics.query import Comparison, Figure, KpiResult

ADDITIVE = frozenset({"sum", "count"})
MOST_ROWS = 24
MOST_CELLS = 24  # of two dimensions; more are shown by their largest and by the picture
FEWER_CELLS = 12
RANKED_FROM = 4  # fewer rows need no numbers
METRICS_ABREAST = 3
LONGER_HEAD = 2
WIDEST_HEAD = 10
NOTHING = "—"


@dataclass(frozen=True)
class Grouping:
    """One grouped result with what stands around its groups."""

    result: KpiResult
    whole: KpiResult | None  # the same cut undivided
    count: int  # groups there are, whether shown or not
    wants_share: bool
    threshold: Threshold | None = None  # only groups that pass it are in the result

    @classmethod
    def of(cls, plan: Plan, facts: Facts) -> Grouping:
        """Out of gathered facts: the groups first, the whole beside them."""
        whole = next((item for item in facts.results[1:] if not item.query.by and not item.query.grain), None)
        return cls(facts.results[0], whole, facts.groups, plan.share, plan.threshold)

    def figures(self, metric_id: str) -> list[Figure]:
        """The figures of one metric that belong to a group, largest first, or smallest where those were asked for."""
        by, top = self.result.query.by, self.result.query.top
        held = [item for item in self.result.figures if item.metric == metric_id and all(id in item.scope for id in by)]
        sign = 1 if top is not None and top < 0 else -1
        return sorted(held, key=lambda item: (item.value is None, sign * (item.value or 0)))

    def whole_figure(self, metric_id: str) -> Figure | None:
        """The undivided figure; None where it has no value."""
        held = self.whole.figures if self.whole is not None else ()
        return next((item for item in held if item.metric == metric_id and item.value is not None), None)


def compose_table(grouping: Grouping, printer: Printer, first: str = "") -> str:
    """The whole answer; `first` is the sentence that says what the table was asked for."""
    result = grouping.result
    return printer.wording.render(
        "kpi/table",
        printer.language,
        title=table_title(result, printer, grouping.count),
        first=first,
        label=printer.label(result.query.period),
        range=printer.range(widest(result) if result.figures else result.query.period),
        baselines=baselines(result, printer, (column_of(result),)),
        tables=_tables(grouping, printer) if result.figures or grouping.threshold is None else [],
        remarks=_remarks(grouping, printer),
        warnings=printer.warnings(result),
        notices=printer.notices(result),
        freshness=printer.freshness(result),
    )


def table_title(result: KpiResult, printer: Printer, count: int = 0) -> str:
    """ "母婴 · GMV · 按渠道", or "GMV 最高的 3 个渠道（共 5 个）"."""
    query = result.query
    values = {
        "scope": printer.scope(query.where),
        "metrics": printer.joined(printer.metric(id) for id in query.metrics),
        "split": " × ".join(printer.dimension(id) for id in query.by),
    }
    if query.top is None:
        return printer.wording.text("kpi/grouped_title", printer.language, **values)
    side = printer.wording.text("kpi/side_top" if query.top > 0 else "kpi/side_bottom", printer.language)
    shown = printer.say(str(min(abs(query.top), count) if count else abs(query.top)))
    of = printer.say(str(count)) if count > abs(query.top) else ""
    return printer.wording.text("kpi/top_title", printer.language, side=side, count=shown, of=of, **values)


def column_of(result: KpiResult) -> Comparison:
    """The comparison that the table has room for: the first asked for, else the period before."""
    return next(iter(result.query.compare), "previous")


def group_name(figure: Figure, result: KpiResult, printer: Printer) -> str:
    """ "直播", "母婴/直播"."""
    return "/".join(printer.value_name(id, figure.scope[id][0]) for id in result.query.by)


def moved(result: KpiResult, figure: Figure, printer: Printer) -> str:
    """The change of one figure as a narrow cell."""
    change = result.change(figure, column_of(result))
    if change is None:
        return NOTHING
    if change.kind == "target" and (share := attainment(change, printer)):
        return share
    view = printer.change(change)
    return view.moved if view else NOTHING


def rows_text(grouping: Grouping, metric_id: str, figures: Sequence[Figure], printer: Printer) -> str:
    """One metric's groups in the order given, with the whole below them."""
    if not figures:
        return printer.wording.text("kpi/no_rows", printer.language)
    whole = grouping.whole_figure(metric_id)
    has_whole = whole is not None and (len(figures) > 1 or grouping.count > 1)
    shown = [*figures[:MOST_ROWS], *([whole] if whole is not None and has_whole else [])]
    names = [_row_name(figure, grouping, printer) for figure in shown]
    changes = [_moved_in(grouping, figure, printer) for figure in shown]
    values = [printer.figure(figure, short=True) for figure in shown]
    columns = [
        *([_ranks(figures[:MOST_ROWS], shown, printer)] if len(figures) >= RANKED_FROM else []),
        Column("", tuple(names), is_left=True),
        Column(_value_head(metric_id, values, printer), tuple(values)),
    ]
    if any(text != NOTHING for text in changes):
        columns.append(Column(change_head(grouping.result, metric_id, printer), tuple(changes)))
    return table([*columns, *_share_column(grouping, metric_id, shown, printer)])


def change_head(result: KpiResult, metric_id: str, printer: Printer) -> str:
    """The head of the column of changes."""
    kind = column_of(result)
    if kind == "target" and printer.model.metrics[metric_id].denominator is None:
        return printer.wording.text("kpi/column_attained", printer.language)
    return printer.column_name(kind)


def is_additive(metric_id: str, printer: Printer) -> bool:
    """Whether parts of this metric add up to the whole."""
    metric = printer.model.metrics[metric_id]
    return metric.denominator is None and printer.model.measures[metric.numerator].aggregation in ADDITIVE


def _tables(grouping: Grouping, printer: Printer) -> list[dict[str, str]]:
    metrics = grouping.result.query.metrics
    is_split = any(id in figure.scope for figure in grouping.result.figures for id in grouping.result.query.by)
    if not is_split and any(notice.code == "not_split" for notice in grouping.result.notices):
        return []  # the notice says why; that there are no rows would be another reason
    if len(metrics) > 1:
        return [
            {"head": "", "text": _abreast(grouping, metrics[start : start + METRICS_ABREAST], printer)}
            for start in range(0, len(metrics), METRICS_ABREAST)
        ]
    figures = grouping.figures(metrics[0])
    if len(grouping.result.query.by) == 1 or grouping.result.query.top is not None:
        return [{"head": "", "text": rows_text(grouping, metrics[0], figures, printer)}]
    if len(figures) > MOST_CELLS:
        return [{"head": "", "text": rows_text(grouping, metrics[0], figures[:FEWER_CELLS], printer)}]
    return _sections(grouping, figures, printer)


def _sections(grouping: Grouping, figures: Sequence[Figure], printer: Printer) -> list[dict[str, str]]:
    """Two dimensions as one small table for each value of the first."""
    result = grouping.result
    first, *rest = result.query.by
    tables = []
    for value in dict.fromkeys(figure.scope[first][0] for figure in figures):
        held = [figure for figure in figures if figure.scope[first][0] == value]
        names = ["/".join(printer.value_name(id, figure.scope[id][0]) for id in rest) for figure in held]
        columns = [
            Column("", tuple(names), is_left=True),
            Column("", tuple(printer.figure(figure, short=True) for figure in held)),
            Column("", tuple(moved(result, figure, printer) for figure in held)),
        ]
        tables.append({"head": printer.value_name(first, value), "text": table(columns).lstrip("\n")})
    return tables


def _abreast(grouping: Grouping, metrics: Sequence[str], printer: Printer) -> str:
    """Several metrics of the same groups beside each other, each value above its change."""
    result = grouping.result
    by_group: dict[str, dict[str, Figure]] = {}
    for metric_id in result.query.metrics:
        for figure in grouping.figures(metric_id):
            by_group.setdefault(group_name(figure, result, printer), {})[metric_id] = figure
    if not by_group:
        return printer.wording.text("kpi/no_rows", printer.language)
    names = list(by_group)[:MOST_ROWS]
    cells = [[_cell(result, by_group[name].get(id), printer) for id in metrics] for name in names]
    if grouping.whole is not None and len(names) > 1:
        names.append(printer.wording.text("kpi/overall", printer.language))
        cells.append([_cell(grouping.whole, grouping.whole_figure(id), printer) for id in metrics])
    return stacked(names, cells, [cut(printer.metric(id), WIDEST_HEAD) for id in metrics])


def _cell(result: KpiResult, figure: Figure | None, printer: Printer) -> tuple[str, str]:
    if figure is None:
        return NOTHING, ""
    return printer.figure(figure, short=True), moved(result, figure, printer)


def _remarks(grouping: Grouping, printer: Printer) -> list[str]:
    """What the table leaves out, and how to read its arrows."""
    result, wording, language = grouping.result, printer.wording, printer.language
    said = []
    figures = grouping.figures(result.query.metrics[0])
    shown = len(figures) if len(figures) <= MOST_ROWS else MOST_ROWS
    if len(result.query.by) > 1 and result.query.top is None and len(figures) > MOST_CELLS:
        shown = FEWER_CELLS
    if shown < len(figures):
        counts = {"shown": printer.say(str(shown)), "count": printer.say(str(len(figures)))}
        said.append(wording.text("kpi/largest_only", language, **counts))
    inverse = [printer.metric(id) for id in result.query.metrics if not printer.model.metrics[id].higher_is_better]
    if inverse and result.changes:
        said.append(wording.text("kpi/lower_is_better", language, metrics=printer.joined(inverse)))
    if column_of(result) == "target" and (elapsed := printer.elapsed(result.query.period)):
        said.append(wording.text("kpi/time_passed", language, elapsed=elapsed))
    return said


def _row_name(figure: Figure, grouping: Grouping, printer: Printer) -> str:
    if any(id not in figure.scope for id in grouping.result.query.by) or figure is grouping.whole_figure(figure.metric):
        return _whole_name(figure.metric, grouping, printer)
    return group_name(figure, grouping.result, printer)


def _whole_name(metric_id: str, grouping: Grouping, printer: Printer) -> str:
    """A sum of all rows, or all of what only a part is shown of, or a figure of its own that is no sum."""
    if not is_additive(metric_id, printer):
        return printer.wording.text("kpi/overall", printer.language)
    is_part = grouping.result.query.top is not None or grouping.threshold is not None
    return printer.wording.text("kpi/all_groups" if is_part else "kpi/total", printer.language)


def _ranks(ranked: Sequence[Figure], shown: Sequence[Figure], printer: Printer) -> Column:
    numbers = [printer.say(str(place)) if figure.value is not None else "" for place, figure in enumerate(ranked, 1)]
    return Column("", (*numbers, *([""] * (len(shown) - len(ranked)))), can_go=3)


def _moved_in(grouping: Grouping, figure: Figure, printer: Printer) -> str:
    is_whole = grouping.whole is not None and figure is grouping.whole_figure(figure.metric)
    return moved(grouping.whole if is_whole and grouping.whole else grouping.result, figure, printer)


def _value_head(metric_id: str, values: Sequence[str], printer: Printer) -> str:
    """The metric's name; where it would widen the table, the title has to do."""
    name = printer.metric(metric_id)
    if width(name) <= max(map(width, values)) + LONGER_HEAD:
        return name
    return printer.wording.text("kpi/column_value", printer.language)


def _share_column(grouping: Grouping, metric_id: str, shown: Sequence[Figure], printer: Printer) -> list[Column]:
    """Which part of the whole each group is; only of sums, and only where the whole is known."""
    whole = grouping.whole_figure(metric_id)
    if whole is None or not whole.value or whole.value < 0 or not is_additive(metric_id, printer):
        return []
    cells = tuple(
        printer.share(figure.value / whole.value) if figure.value is not None else NOTHING for figure in shown
    )
    head = printer.wording.text("kpi/column_share", printer.language)
    return [Column(head, cells, can_go=0 if grouping.wants_share else 2)]
