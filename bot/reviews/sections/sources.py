"""Where every figure comes from: what it means, which tables it was read from, how far they reach, what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from bot.assistant.compose.lines import baselines
from bot.reviews.review import Block, Grid, Point, Section
from bot.reviews.scribe import NOTHING, Scribe
from metrics.query import Figure

Missing = tuple[str, str]  # code and the names that it is about


def sources(scribe: Scribe, missing: Sequence[Missing]) -> Section:
    """附：口径与数据来源."""
    printer, at, headline = scribe.printer, scribe.facts.assignment, scribe.facts.headline
    ranges = [printer.range(at.period), *baselines(headline, printer)]
    points: list[Block] = [
        Point(scribe.text("sources_point", name="period"), scribe.text("caution", notices=ranges)),
        Point(scribe.text("sources_point", name="scope"), scribe.text("caution", notices=[scribe.scope])),
        Point(
            scribe.text("sources_point", name="written"),
            scribe.text("sources_written", moment=printer.say(f"{at.now:%Y-%m-%d %H:%M}")),
        ),
    ]
    lines = [scribe.text("sources_missing", code=code, names=names) for code, names in missing]
    points += [Point(scribe.text("sources_point", name="missing"), line) for line in lines]
    return Section(scribe.text("heading", name="sources"), (*points, _table(scribe)))


def _table(scribe: Scribe) -> Grid:
    heads = ("metric", "definition", "tables", "data_to")
    held: dict[str, Figure] = {}
    for result in scribe.facts.results:
        for figure in result.figures:
            if figure.value is not None:
                held.setdefault(figure.metric, figure)
    rows = tuple(_row(scribe, figure) for figure in held.values())
    return Grid(tuple(scribe.text("column", name=name) for name in heads), rows, texts=len(heads))


def _row(scribe: Scribe, figure: Figure) -> tuple[str, ...]:
    printer = scribe.printer
    metric = printer.model.metrics[figure.metric]
    tables = [printer.wording.text("kpi/table_name", printer.language, id=id) for id in figure.sources]
    reached = printer.moment(figure.data_to) if figure.data_to is not None else NOTHING
    return (
        printer.metric(metric.id),
        printer.say(metric.definition.text(printer.language)),
        printer.joined(tables),
        reached,
    )
