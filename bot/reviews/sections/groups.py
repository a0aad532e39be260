"""Every category and channel: its share of the money, its change, its target, and what it is made of."""

from __future__ import annotations

from bot.assistant.compose.lines import attainment
from bot.assistant.compose.pictures import kpi_picture
from bot.assistant.types import Facts, Plan
from bot.reviews.review import Block, Chart, Grid, Paragraph, Point, Section
from bot.reviews.scribe import NOTHING, Scribe, figures_of, kinds_in
from bot.reviews.sections.overview import lead_value
from metrics.query import UNKNOWN, Change, Figure, KpiResult

MOST_HEADED, MOST_ROWS = 12, 30  # values with a heading of their own; lines of a table
HEADED = ("category", "channel")  # the others are a table
PARTS = ("visitors", "conversion_rate", "aov", "refund_rate", "ad_spend", "roi")
COLUMNS = ("conversion_rate", "aov", "refund_rate", "roi")
LEAST_PICTURED = 3  # bars: fewer are seen in the table as fast


def groups(scribe: Scribe) -> Section:
    """三、各类目与各渠道."""
    parts = tuple(_dimension_part(scribe, dimension, result) for dimension, result in scribe.facts.groups.items())
    return Section(scribe.text("heading", name="groups"), parts=parts)


def movers(scribe: Scribe, dimension: str, template: str = "group_movers") -> str:
    """Which value gained and which lost most of the leading metric; "" without a comparison."""
    result, facts = scribe.facts.groups[dimension], scribe.facts
    kinds = kinds_in(result)
    if not kinds or scribe.printer.model.metrics[facts.lead].denominator is not None:
        return ""
    held = [change for figure in ranked(result, facts.lead) if (change := result.change(figure, kinds[0])) is not None]
    known = [change for change in held if change.absolute]
    up = max(known, key=lambda change: change.absolute or 0.0, default=None)
    down = min(known, key=lambda change: change.absolute or 0.0, default=None)
    names = [
        _amount(scribe, dimension, change) if change is not None and change.direction == sign else ""
        for change, sign in ((up, 1), (down, -1))
    ]
    if not any(names):
        return ""
    return scribe.text(
        template,
        period=scribe.period,
        dimension=scribe.printer.dimension(dimension),
        metric=scribe.printer.metric(facts.lead),
        kind=scribe.printer.comparison_name(kinds[0]),
        up=names[0],
        down=names[1],
    )


def ranked(result: KpiResult, metric: str) -> list[Figure]:
    """The groups that have a value, largest first."""
    return sorted(figures_of(result, metric), key=lambda figure: -(figure.value or 0.0))


def _amount(scribe: Scribe, dimension: str, change: Change) -> str:
    view = scribe.printer.change(change)
    name = scribe.printer.value_name(dimension, change.current.scope[dimension][0])
    return scribe.text("group_amount", name=name, amount=view.signed) if view is not None else ""


def _dimension_part(scribe: Scribe, dimension: str, result: KpiResult) -> Section:
    blocks: list[Block] = []
    if sentence := movers(scribe, dimension):
        blocks.append(Paragraph(sentence))
    blocks.append(_table(scribe, dimension, result))
    plan = Plan("kpi", scribe.printer.language, "", query=result.query, chart=True)
    is_pictured = len(ranked(result, scribe.facts.lead)) >= LEAST_PICTURED and dimension in HEADED
    picture = kpi_picture(plan, Facts(results=(result,)), scribe.printer) if is_pictured else None
    if picture is not None:
        blocks.append(Chart(picture, f"{dimension}.png"))
    name = scribe.printer.dimension(dimension)
    values = _headed(scribe, dimension, result) if dimension in HEADED else []
    return Section(scribe.text("group_title", dimension=name), tuple(blocks), tuple(values))


def _table(scribe: Scribe, dimension: str, result: KpiResult) -> Grid:
    printer, lead = scribe.printer, scribe.facts.lead
    kinds = kinds_in(result)
    has_target = any(item.kind == "target" and item.absolute is not None for item in result.changes)
    metrics = [id for id in COLUMNS if id != lead and figures_of(result, id)]
    share = scribe.text("column", name="share") if _whole(scribe) else ""
    head = [printer.dimension(dimension), printer.metric(lead), *([share] if share else [])]
    head += [scribe.text("column", name=f"{kind}_change") for kind in kinds]
    head += [scribe.text("column", name="attained")] if has_target else []
    head += [printer.metric(id) for id in metrics]
    rows = []
    for figure in ranked(result, lead)[:MOST_ROWS]:
        row = [name_of(scribe, dimension, figure), scribe.value(result, figure)]
        row += [_share(scribe, figure)] if share else []
        row += [scribe.moved(result, figure, kind) for kind in kinds]
        row += [_attained(scribe, result, figure)] if has_target else []
        row += [_cell(scribe, result, figure, id) for id in metrics]
        rows.append(tuple(row))
    return Grid(tuple(head), tuple(rows))


def _headed(scribe: Scribe, dimension: str, result: KpiResult) -> list[Section]:
    """One part for each value, most money first; unlabelled rows are in the table only."""
    held = ranked(result, scribe.facts.lead)
    named = [(place, item) for place, item in enumerate(held, 1) if item.scope[dimension][0] != UNKNOWN]
    return [_value_part(scribe, dimension, result, item, place) for place, item in named[:MOST_HEADED]]


def _value_part(scribe: Scribe, dimension: str, result: KpiResult, figure: Figure, place: int) -> Section:
    name = name_of(scribe, dimension, figure)
    target, verdict = scribe.target(result, figure)
    sentence = scribe.text(
        "group_result",
        period=scribe.period,
        metric=scribe.of(name, figure.metric),
        value=scribe.value(result, figure),
        share=_share(scribe, figure),
        scope=scribe.scope,
        place=scribe.printer.say(str(place)),
        count=scribe.printer.say(str(len(ranked(result, scribe.facts.lead)))),
        dimension=scribe.printer.dimension(dimension),
        changes=scribe.changes(result, figure),
        target=target,
        verdict=verdict,
    )
    points = [Point(scribe.text("group_point", name="result"), sentence)]
    beside = [item for item in result.figures if item.scope == figure.scope and item.metric in PARTS]
    kind = next(iter(kinds_in(result)), None)
    others = [item for item in beside if item.value is not None and item.metric != figure.metric]
    phrases = [scribe.short_phrase(result, item, kind) for item in others]
    if phrases:
        compared = scribe.printer.comparison_name(kind) if kind is not None else ""
        parts = scribe.text("group_parts", period=scribe.period, name=name, phrases=phrases, compared=compared)
        points.append(Point(scribe.text("group_point", name="parts"), parts))
    return Section(name, tuple(points))


def name_of(scribe: Scribe, dimension: str, figure: Figure) -> str:
    """The group's name."""
    return scribe.printer.value_name(dimension, figure.scope[dimension][0])


def _whole(scribe: Scribe) -> float | None:
    """What shares are of; None for a metric whose parts do not add up."""
    model, lead = scribe.printer.model, scribe.facts.lead
    metric = model.metrics[lead]
    adds_up = metric.denominator is None and model.measures[metric.numerator].aggregation in ("sum", "count")
    return lead_value(scribe) if adds_up else None


def _share(scribe: Scribe, figure: Figure) -> str:
    whole = _whole(scribe)
    return scribe.printer.share((figure.value or 0.0) / whole) if whole else ""


def _attained(scribe: Scribe, result: KpiResult, figure: Figure) -> str:
    change = result.change(figure, "target")
    if change is None or change.absolute is None:
        return NOTHING
    return attainment(change, scribe.printer) or scribe.moved(result, figure, "target")


def _cell(scribe: Scribe, result: KpiResult, figure: Figure, metric: str) -> str:
    found = next((item for item in result.figures if item.metric == metric and item.scope == figure.scope), None)
    if found is None:
        return NOTHING
    return scribe.value(result, found) if found.value is not None else scribe.printer.figure(found, short=True)
