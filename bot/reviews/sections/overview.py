"""What the period brought: the headline figures with their changes and targets, and how the days went."""

from __future__ import annotations

from bot.assistant.compose.lines import attainment
from bot.assistant.compose.pictures import digest_picture
from bot.reviews.review import Block, Chart, Grid, Paragraph, Point, Section
from bot.reviews.scribe import NOTHING, Scribe, figures_of, kinds_in
from metrics.query import Figure, KpiResult, Period

TOPICS = {
    "result": ("gmv", "orders", "buyers", "new_buyers"),
    "traffic": ("visitors", "conversion_rate", "aov", "repurchase_rate"),
    "service": ("refund_rate", "ad_spend", "roi", "cac", "satisfaction", "same_day_rate", "stock_days"),
}


def overview(scribe: Scribe) -> Section:
    """一、概览."""
    return Section(
        scribe.text("heading", name="overview"),
        (*_points(scribe), *_months(scribe), _table(scribe), *_footnote(scribe), *_caution(scribe), *_picture(scribe)),
    )


def _points(scribe: Scribe) -> list[Block]:
    result = scribe.facts.headline
    placed = {id for ids in TOPICS.values() for id in ids}
    others = tuple(id for id in result.query.metrics if id not in placed)
    found: list[Block] = []
    for topic, metrics in (*TOPICS.items(), ("other", others)):
        phrases = scribe.phrases(result, metrics)
        if phrases:
            sentence = scribe.text("overview_sentence", period=scribe.period, scope=scribe.scope, phrases=phrases)
            found.append(Point(scribe.text("overview_point", name=topic), sentence))
    return found


def _table(scribe: Scribe) -> Grid:
    result = scribe.facts.headline
    kinds = kinds_in(result)
    has_target = any(change.kind == "target" and change.absolute is not None for change in result.changes)
    heads = ["metric", "value", *(name for kind in kinds for name in (kind, f"{kind}_change"))]
    heads += ["target", "attained"] if has_target else []
    rows = [_row(scribe, result, item, has_target=has_target) for item in result.figures if _is_connected(item)]
    return Grid(tuple(scribe.text("column", name=name) for name in heads), tuple(rows))


def _row(scribe: Scribe, result: KpiResult, figure: Figure, *, has_target: bool) -> tuple[str, ...]:
    cells = [scribe.printer.metric(figure.metric), scribe.value(result, figure)]
    for kind in kinds_in(result):
        cells += [scribe.baseline(result.change(figure, kind)), scribe.moved(result, figure, kind)]
    if has_target:
        target, _ = scribe.target(result, figure)
        cells += [target or NOTHING, _against_target(scribe, result, figure)]
    return tuple(cells)


def _against_target(scribe: Scribe, result: KpiResult, figure: Figure) -> str:
    change = result.change(figure, "target")
    if change is None or change.absolute is None:
        return NOTHING
    if share := attainment(change, scribe.printer):
        return share
    view = scribe.printer.change(change)
    return view.moved if view is not None else NOTHING


def _is_connected(figure: Figure) -> bool:
    return figure.absence != "not_available"


def _footnote(scribe: Scribe) -> list[Block]:
    """To which moment the marked figures go; each length once."""
    text = scribe.footnote(scribe.facts.headline)
    return [Paragraph(text)] if text else []


def _caution(scribe: Scribe) -> list[Block]:
    """What must be known to compare: promotions on one side, missing days, late tables."""
    result = scribe.facts.headline
    notices = scribe.cautions(result)
    if not notices:
        return []
    return [Point(scribe.text("overview_point", name="caution"), scribe.text("caution", notices=notices))]


def _months(scribe: Scribe) -> list[Block]:
    """Of a quarter or year: what its months' targets come to, and each month against its own."""
    months = scribe.facts.months
    if not months:
        return []
    rows = tuple(_month_row(scribe, result) for result in months if result.figures[0].value is not None)
    heads = ("month", "value", "target", "attained")
    grid = Grid(tuple(scribe.text("column", name=name) for name in heads), rows)
    return [*_all_months(scribe, months), grid]


def _month_row(scribe: Scribe, result: KpiResult) -> tuple[str, ...]:
    figure = result.figures[0]
    month = scribe.printer.range(figure.period)
    target, _ = scribe.target(result, figure)
    return month, scribe.printer.figure(figure), target or NOTHING, _against_target(scribe, result, figure)


def _all_months(scribe: Scribe, months: tuple[KpiResult, ...]) -> list[Block]:
    """The sum of the targets, only where every month has one and all of them are over."""
    facts, printer = scribe.facts, scribe.printer
    figure = facts.headline.figure(facts.lead)
    changes = [result.change(result.figures[0], "target") for result in months]
    goals = [change.baseline.value for change in changes if change is not None and change.baseline.value is not None]
    metric = printer.model.metrics[facts.lead]
    is_whole = len(goals) == len(months) and facts.assignment.period.complete and metric.denominator is None
    if not is_whole or figure.value is None or not sum(goals):
        return []
    goal = sum(goals)
    distance = printer.difference(figure.value - goal, metric)
    sentence = scribe.text(
        "months",
        period=scribe.period,
        scope=scribe.scope,
        metric=printer.metric(facts.lead),
        value=printer.figure(figure),
        target=printer.number(goal, metric),
        share=printer.share(figure.value / goal),
        left=distance if figure.value < goal else "",
        beyond=distance if figure.value > goal else "",
    )
    return [Point(scribe.text("overview_point", name="months"), sentence)]


def _picture(scribe: Scribe) -> list[Block]:
    course = scribe.facts.course
    picture = digest_picture(course, scribe.printer) if course is not None else None
    return [Chart(picture, f"{scribe.facts.lead}.png")] if picture is not None else []


def span_of(result: KpiResult) -> Period:
    """The longest period that any figure of the result covers."""
    return max((figure.period for figure in result.figures), key=lambda period: period.days)


def lead_value(scribe: Scribe) -> float | None:
    """The leading metric's value of the whole."""
    found = figures_of(scribe.facts.headline, scribe.facts.lead)
    return found[0].value if found else None
