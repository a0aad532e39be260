"""A series over time: highest, lowest and latest in words, short ones as a table; the picture shows the course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.steps import MARK, cut_note, is_whole, step_name
from bot.assistant.compose.table import column_of, group_name, moved
from bot.assistant.compose.tables import Column, cut, table
from bot.assistant.gather import is_running
from metrics.query import Figure, KpiResult, Period

MOST_STEPS = 14  # a longer table is not read on a phone
MOST_ABREAST = 3  # metrics or groups
WIDEST_HEAD = 9
SOLE_HEAD = 16  # of the only course, which has the width to itself
NOTHING = "—"


def compose_series(result: KpiResult, printer: Printer) -> str:
    """Highest, lowest and latest of each course, then its points."""
    courses = courses_of(result, printer)
    rows = [row for name, points in courses if (row := _extremes(name, points, result, printer)) is not None]
    text = _table(courses, result, printer)
    compared = _baseline(result, printer) if len(courses) == 1 else ()
    return printer.wording.render(
        "kpi/series",
        printer.language,
        title=series_title(result, printer),
        label=printer.label(result.query.period),
        range=printer.range(result.query.period),
        baselines=compared,
        rows=rows[:MOST_STEPS],
        table=text,
        note=_notes(courses, text, rows, result, printer),
        warnings=printer.warnings(result),
        notices=printer.notices(result, compares=bool(compared)),
        freshness=printer.freshness(result),
    )


def series_title(result: KpiResult, printer: Printer) -> str:
    """ "全店 · GMV走势（按天）"."""
    split = " × ".join(printer.dimension(id) for id in result.query.by)
    return printer.wording.text(
        "kpi/series_title",
        printer.language,
        scope=printer.scope(result.query.where),
        metrics=printer.joined(printer.metric(id) for id in result.query.metrics),
        step=printer.wording.text(f"kpi/step_{result.query.grain}", printer.language),
        split=split,
    )


def courses_of(result: KpiResult, printer: Printer) -> list[tuple[str, list[Figure]]]:
    """Each metric's, or each group's, points in the order of time, with its name."""
    by, many = result.query.by, len(result.query.metrics) > 1
    courses: dict[str, list[Figure]] = {}
    for figure in result.figures:
        if all(id in figure.scope for id in by) and figure.bucket is not None:
            group = group_name(figure, result, printer)
            name = " ".join(part for part in (group, printer.metric(figure.metric) if many or not by else "") if part)
            courses.setdefault(name, []).append(figure)
    return list(courses.items())


def _table(courses: Sequence[tuple[str, list[Figure]]], result: KpiResult, printer: Printer) -> str:
    """The points as a table; "" for none or for too many to read."""
    steps = [figure.bucket for _, points in courses[:1] for figure in points]
    if not 1 < len(steps) <= MOST_STEPS:
        return ""
    shown = courses[:MOST_ABREAST]
    room = SOLE_HEAD if len(shown) == 1 else WIDEST_HEAD
    columns = [Column("", tuple(step_name(figure, result, printer) for figure in shown[0][1]), is_left=True)]
    for name, points in shown:
        held = {figure.bucket: printer.figure(figure, short=True) for figure in points}
        columns.append(Column(cut(name, room), tuple(held.get(step, NOTHING) for step in steps)))
    if len(shown) == 1:
        changes = tuple(moved(result, figure, printer) for figure in shown[0][1])
        if any(text != NOTHING for text in changes):
            columns.append(Column(printer.column_name(column_of(result)), changes, 1))
    return table(columns)


def _baseline(result: KpiResult, printer: Printer) -> tuple[str, ...]:
    """The dates that the points are held against, from the first to the last."""
    kind = column_of(result)
    held = [change.baseline.period for change in result.changes if change.kind == kind and change.absolute is not None]
    if not held or kind == "target":
        return ()
    dates = printer.range(Period(min(one.start for one in held), max(one.end for one in held)))
    name = printer.comparison_name(kind)
    return (printer.wording.text("kpi/baseline", printer.language, name=name, range=dates),)


def _notes(
    courses: Sequence[tuple[str, list[Figure]]],
    text: str,
    rows: Sequence[Mapping[str, object]],
    result: KpiResult,
    printer: Printer,
) -> str:
    """What a mark means where one is seen, what the table leaves out, and what distinct counts mean."""
    few = printer.wording.text("kpi/first_columns", printer.language, shown=MOST_ABREAST, count=len(courses))
    left_out = printer.say(few) if text and len(courses) > MOST_ABREAST else ""
    is_marked = bool(text) or any(MARK in str(place) for row in rows for place in row.values())
    mark = cut_note(result, printer) if is_marked else ""
    return "\n".join(part for part in (mark, left_out, _distinct_note(result, printer)) if part)


def _distinct_note(result: KpiResult, printer: Printer) -> str:
    """Why the steps of a metric over distinct buyers do not make up the whole; "" for sums."""
    model = printer.model
    measures = [measure for id in result.query.metrics for measure in model.measures_of(model.metrics[id])]
    is_distinct = any(measure.aggregation not in ("sum", "count") for measure in measures)
    return printer.wording.text("kpi/distinct_days", printer.language) if is_distinct else ""


def _extremes(name: str, figures: Sequence[Figure], result: KpiResult, printer: Printer) -> dict[str, object] | None:
    points = [figure for figure in figures if figure.value is not None]
    if not points:
        return None
    still = is_running(points[-1], result)
    whole = [figure for figure in points if is_whole(figure, result)] or points
    marked = {
        "highest": max(whole, key=lambda figure: figure.value or 0.0),
        "lowest": min(whole, key=lambda figure: figure.value or 0.0),
        "latest": points[-1],
    }
    values = {key: printer.figure(figure) for key, figure in marked.items()}
    places = {f"{key}_at": step_name(figure, result, printer) for key, figure in marked.items()}
    return {"metric": name, **values, **places, "is_running": still, "has_extremes": len(whole) > 1}
