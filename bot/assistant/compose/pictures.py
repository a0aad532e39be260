"""Which picture belongs to an answer, drawn from its figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.assistant.compose.diagnosis_picture import diagnosis_picture
from bot.assistant.compose.figures import Printer, is_small_change, month_passed
from bot.assistant.compose.lines import attainment, baselines
from bot.assistant.compose.series import series_title
from bot.assistant.compose.steps import cut_note, is_cut, step_name
from bot.assistant.compose.table import NOTHING, change_head, column_of, group_name, moved, table_title
from bot.assistant.types import Facts, Picture, Plan
from metrics.query import Change, Figure, KpiResult, Period
from metrics.units import format_compact

NEWS = 0.03  # of the baseline: smaller changes get no colour
MANY_GROUPS = 6  # from here on a ranking is seen faster than read
LEAST_POINTS = 2
TWO_WAYS = 2  # dimensions of a matrix
MOST_LINES, MOST_COLUMNS = 20, 8  # of a matrix
MOST_BARS = 22
MOST_CELLS = 8
EMPTY_DECIMALS = re.compile(r"\.0+(?=[^\d%]*$)")  # an axis reads ¥500万, not ¥500.0万


def kpi_picture(plan: Plan, facts: Facts, printer: Printer) -> Picture | None:
    """The picture that was asked for, or that says at a glance what the text cannot; None for all else."""
    if not facts.results or plan.intent == "diagnose":
        return diagnosis_picture(plan, facts.explanation, printer)
    result = facts.results[0]
    if plan.threshold is not None and result.query.grain:
        return None  # single days are no course
    if result.query.grain:
        return _series(_first_metric(result), printer)
    if len(result.query.by) == TWO_WAYS:
        return _matrix_of_groups(_first_metric(result), printer)
    if result.query.by:
        groups = sum(figure.value is not None for figure in result.figures) // max(1, len(result.query.metrics))
        return _bars(_first_metric(result), printer) if plan.chart or groups >= MANY_GROUPS else None
    if plan.summary:
        return _panel(facts.results, printer)
    if "target" in printer.asked and len(result.figures) == 1:
        return _gauge(result, printer)
    return _panel(facts.results, printer) if plan.chart and len(result.figures) > 1 else None


def _first_metric(result: KpiResult) -> KpiResult:
    """The same result for its first metric only: the one that is drawn, so that no title names another."""
    return replace(result, query=replace(result.query, metrics=result.query.metrics[:1]))


def _series(result: KpiResult, printer: Printer) -> Picture | None:
    """One course as a line, several groups as a matrix of days and groups."""
    title = series_title(result, printer)
    if not result.query.by:
        return _line(result, title, printer)
    cells = {
        (_label(figure, result, printer), group_name(figure, result, printer)): figure.value
        for figure in result.figures
        if figure.metric == result.query.metrics[0] and figure.value is not None
    }
    return _matrix(cells, result, title, printer)


def _matrix_of_groups(result: KpiResult, printer: Printer) -> Picture | None:
    """Two dimensions across each other, the one with more values down the side."""
    first, second = result.query.by
    held = [item for item in result.figures if item.metric == result.query.metrics[0] and item.value is not None]
    down, across = sorted((first, second), key=lambda id: -len({item.scope.get(id) for item in held}))
    cells = {
        (printer.value_name(down, item.scope[down][0]), printer.value_name(across, item.scope[across][0])): item.value
        for item in held
        if down in item.scope and across in item.scope
    }
    return _matrix(cells, result, table_title(result, printer), printer)


def _matrix(
    cells: Mapping[tuple[str, str], float | None], result: KpiResult, title: str, printer: Printer
) -> Picture | None:
    """The picture of all pairs; None where a phone could not show them."""
    rows, columns = (list(dict.fromkeys(pair[place] for pair in cells)) for place in (0, 1))
    if not (1 < len(rows) <= MOST_LINES and 1 < len(columns) <= MOST_COLUMNS):
        return None
    text, format_value = _text(result, title, printer), _compact(result.query.metrics[0], printer)
    values = {pair: value for pair, value in cells.items() if value is not None}

    def draw() -> bytes:
        from metrics import charts

        return charts.matrix(charts.ChartText(*text), rows, columns, values, format_value=format_value)

    return Picture(draw, _alt(title, result, printer))


def digest_picture(result: KpiResult, printer: Printer) -> Picture | None:
    """The daily line under the digest."""
    return _line(result, series_title(result, printer), printer)


def _line(result: KpiResult, title: str, printer: Printer) -> Picture | None:
    metric_id = result.query.metrics[0]
    points = [figure for figure in result.figures if figure.metric == metric_id]
    if sum(figure.value is not None for figure in points) < LEAST_POINTS:
        return None
    text, dates = _text(result, title, printer), printer.range(result.query.period)
    current = tuple((_label(point, result, printer), point.value) for point in points)
    comparison = _comparison(result, points, printer)
    format_value = _formatter(metric_id, printer)
    marks = _promotions(points, result, printer)

    def draw() -> bytes:
        from metrics import charts  # matplotlib: a second that only pictures pay

        return charts.line(
            charts.ChartText(*text),
            charts.Series(dates, current),
            charts.Series(*comparison) if comparison else None,
            format_value=format_value,
            partial_last=not result.query.period.complete or is_cut(points[-1], result),
            spans=marks,
        )

    return Picture(draw, _alt(title, result, printer))


def _promotions(points: Sequence[Figure], result: KpiResult, printer: Printer) -> tuple[tuple[int, int, str], ...]:
    """Promotions and holidays under a daily line: first place, last place, name."""
    if result.query.grain != "day":
        return ()
    found: list[tuple[int, int, str]] = []
    for event in (one for one in printer.calendar.events if one.weighs):
        places = []
        for year in {point.period.start.year for point in points}:
            span = printer.calendar.spans(event.id, year)
            places += [n for n, p in enumerate(points) if span and span.start <= p.period.start <= span.end]
        if places:
            found.append((min(places), max(places), event.name.text(printer.language)))
    return tuple(sorted(found))


def _gauge(result: KpiResult, printer: Printer) -> Picture | None:
    """Attainment against the time that has passed; only of amounts, whose target grows with the month."""
    figure = result.figures[0]
    change = result.change(figure, "target")
    metric = printer.model.metrics[figure.metric]
    if change is None or metric.denominator is not None or figure.value is None or not (change.baseline.value or 0) > 0:
        return None
    title = f"{printer.scope(result.query.where)} · {printer.metric(figure.metric)}"
    text, format_value = _text(result, title, printer), _compact(figure.metric, printer)
    until, actual, target = result.query.period.until, figure.value, change.baseline.value or 0.0
    elapsed = month_passed(until) if until is not None else None
    words = {name: printer.wording.text(f"kpi/gauge_{name}", printer.language) for name in ("target", "due")}

    def draw() -> bytes:
        from metrics import charts

        return charts.gauge(
            charts.ChartText(*text),
            actual=actual,
            target=target,
            elapsed=elapsed,
            format_value=format_value,
            words=charts.GaugeWords(words["target"], words["due"]),
        )

    return Picture(draw, _alt(title, result, printer))


def _comparison(
    result: KpiResult, points: Sequence[Figure], printer: Printer
) -> tuple[str, tuple[tuple[str, float | None], ...]] | None:
    """Name and values of the dashed line; None without any value."""
    kind = column_of(result)
    changes = [result.change(point, kind) for point in points] if kind != "target" else []
    shown = [change.baseline.period for change in changes if change is not None]
    if all(change is None or change.baseline.value is None for change in changes):
        return None
    values = tuple(
        (_label(point, result, printer), change.baseline.value if change else None)
        for point, change in zip(points, changes, strict=True)
    )
    dates = printer.range(Period(shown[0].start, shown[-1].end))
    return f"{printer.comparison_name(kind)} {dates}", values


def _bars(result: KpiResult, printer: Printer) -> Picture | None:
    """Ranked bars of the first metric with the change of each."""
    metric_id = result.query.metrics[0]
    figures = [figure for figure in result.figures if figure.metric == metric_id and figure.value is not None]
    if not figures:
        return None
    figures.sort(key=lambda figure: -(figure.value or 0.0))
    title = table_title(result, printer)
    bars = tuple((group_name(figure, result, printer), figure.value) for figure in figures[:MOST_BARS])
    notes = {group_name(figure, result, printer): _note(result, figure, printer) for figure in figures[:MOST_BARS]}
    title_text, dates, footer = _text(result, title, printer)
    text = (title_text, _bars_subtitle(dates, result, printer), footer)
    label, format_value = printer.metric(metric_id), _formatter(metric_id, printer)

    def draw() -> bytes:
        from metrics import charts

        series = charts.Series(label, bars)
        marks = {name: charts.Note(*note) for name, note in notes.items() if note}
        return charts.ranked_bars(charts.ChartText(*text), series, notes=marks, format_value=format_value)

    return Picture(draw, _alt(title, result, printer))


def _bars_subtitle(dates: str, result: KpiResult, printer: Printer) -> str:
    """The dates, and what stands at the right edge."""
    compared = baselines(result, printer, (column_of(result),))
    if column_of(result) == "target":
        compared = (change_head(result, result.query.metrics[0], printer),)
    return " · ".join((dates, *compared[:1]))


def _note(result: KpiResult, figure: Figure, printer: Printer) -> tuple[str, bool | None] | None:
    """The change of one bar and whether it is welcome; None where there is nothing to say."""
    words = moved(result, figure, printer)
    change = result.change(figure, column_of(result))
    return None if words == NOTHING or change is None else (words, _is_welcome(change, printer))


def _is_welcome(change: Change, printer: Printer) -> bool | None:
    """Whether a change is good news; None for one that is too small to be news, and for a target not yet due."""
    if change.kind == "target" or not change.direction or is_small_change(change, NEWS):
        return None
    return (change.direction > 0) == printer.model.metrics[change.current.metric].higher_is_better


def _trend(metric_id: str, series: KpiResult | None) -> tuple[float | None, ...]:
    """The last days of one metric as a spark line, () without a series."""
    points = series.figures if series is not None else ()
    return tuple(point.value for point in points if point.metric == metric_id)


def _panel(results: Sequence[KpiResult], printer: Printer) -> Picture | None:
    """A cell for each metric with its change and last days."""
    result, series = results[0], next((item for item in results[1:] if item.query.grain), None)
    cells = []
    for figure in result.figures[:MOST_CELLS]:
        change = result.change(figure, "previous")
        view = printer.change(change) if change else None
        good = _is_welcome(change, printer) if view is not None and change is not None else None
        trend = _trend(figure.metric, series)
        name = f"{printer.comparison_name('previous')} {view.moved}" if view else ""
        cells.append((printer.metric(figure.metric), printer.figure(figure, short=True), name, good, trend))
    title = printer.wording.text("kpi/panel_title", printer.language, scope=printer.scope(result.query.where))
    text = _text(result, title, printer)
    pace = _pace(results, printer)

    def draw() -> bytes:
        from metrics import charts

        progress = charts.Progress(*pace) if pace else None
        return charts.panel(charts.ChartText(*text), tuple(charts.Cell(*cell) for cell in cells), progress)

    return Picture(draw, _alt(title, result, printer)) if cells else None


def _pace(results: Sequence[KpiResult], printer: Printer) -> tuple[str, str, float, float] | None:
    """The first target of the month so far: its words, what is reached and what has passed; None without one."""
    for result in results:
        until = result.query.period.until
        for change in result.changes:
            share = attainment(change, printer) if change.kind == "target" and until is not None else ""
            if share and until is not None and change.current.value is not None and change.baseline.value:
                name = printer.metric(change.current.metric)
                passed = month_passed(until)
                words = printer.wording.text("kpi/progress", printer.language, metric=name, share=share)
                due = printer.wording.text("kpi/progress_due", printer.language, elapsed=printer.share(passed))
                return words, due, change.current.value / change.baseline.value, passed
    return None


def _text(result: KpiResult, title: str, printer: Printer) -> tuple[str, str, str]:
    """Title, dates, freshness and source."""
    footer = (printer.freshness(result), cut_note(result, printer))
    return title, printer.range(result.query.period), " · ".join(part for part in footer if part)


def _alt(title: str, result: KpiResult, printer: Printer) -> str:
    dates = printer.range(result.query.period)
    return printer.wording.text("kpi/chart_alt", printer.language, title=title, range=dates)


def _label(figure: Figure, result: KpiResult, printer: Printer) -> str:
    label = step_name(figure, result, printer)
    is_one_day = result.query.grain == "hour" and result.query.period.days == 1
    return label.split(" ")[-1] if is_one_day else label


def _compact(metric_id: str, printer: Printer) -> Callable[[float], str]:
    metric = printer.model.metrics[metric_id]
    return lambda value: format_compact(value, metric.unit, metric.decimals, printer.language)


def _formatter(metric_id: str, printer: Printer) -> Callable[[float], str]:
    metric = printer.model.metrics[metric_id]
    return lambda value: EMPTY_DECIMALS.sub("", printer.number(value, metric))
