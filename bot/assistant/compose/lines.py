"""The lines that several forms of a KPI answer share: a figure's head, its changes, its target, its parts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.assistant.compose.figures import ChangeView, Printer, month_passed
from metrics.query import Change, Comparison, Figure, KpiResult, Period
from metrics.units import format_change

ON_PACE = 0.005  # of the target: neither ahead nor behind
SHOWN: tuple[Comparison, ...] = ("previous", "year_ago")


@dataclass(frozen=True)
class Row:
    """One line: a name, a value and its changes."""

    name: str = ""
    metric: str = ""
    value: str = ""
    change: str = ""
    changes: tuple[str, ...] = ()


def head(result: KpiResult, figure: Figure, printer: Printer) -> dict[str, object]:
    """What the first lines of a single figure's answer say."""
    return {
        "scope": printer.scope(result.query.where),
        "metric": printer.metric(figure.metric),
        "value": printer.figure(figure),
        "label": printer.label(result.query.period),
        "range": printer.range(figure.period),
        "warnings": printer.warnings(result),
        "notices": printer.notices(result),
        "freshness": printer.freshness(result),
    }


def leading_change(result: KpiResult, figure: Figure, printer: Printer) -> tuple[ChangeView | None, list[ChangeView]]:
    """The change that leads and the others; targets are shown on their own line."""
    views = [
        view
        for change in result.changes
        if change.current is figure and change.kind != "target" and (view := printer.change(change)) is not None
    ]
    is_asked_missing = bool(printer.asked) and not _has(result, figure, printer.asked[0])
    if not views or is_asked_missing:  # another comparison must not stand where the one asked for would
        return None, views
    return views[0], views[1:]


def _has(result: KpiResult, figure: Figure, kind: Comparison) -> bool:
    change = result.change(figure, kind)
    return change is not None and change.absolute is not None


def attainment(change: Change, printer: Printer) -> str:
    """Which part of the target is reached ("71.8%"); "" for a ratio, which is held against it by distance."""
    metric = printer.model.metrics[change.current.metric]
    if metric.denominator is not None or not change.baseline.value or change.current.value is None:
        return ""
    return printer.share(change.current.value / change.baseline.value)


def target_verdict(change: Change, result: KpiResult, printer: Printer) -> str:
    """Attainment for amounts ("达成 71.8%"), distance for ratios ("低 0.8pp")."""
    if share := attainment(change, printer):
        elapsed = printer.elapsed(result.query.period)
        pace = _pace(change, result, printer)
        values = {"share": share, "elapsed": elapsed, "pace": pace, **_distance(change, printer)}
        return printer.wording.text("kpi/attainment", printer.language, **values)
    view = printer.change(change)
    if view is None or not view.arrow:
        return printer.wording.text("kpi/target_met", printer.language)
    side = "above" if change.direction > 0 else "below"
    return printer.wording.text(f"kpi/target_{side}", printer.language, amount=view.amount, verdict=view.verdict)


def _distance(change: Change, printer: Printer) -> dict[str, str]:
    """How much is left to the target, or lies beyond it, in the metric's unit."""
    amount = printer.difference(change.absolute or 0.0, printer.model.metrics[change.current.metric])
    is_short = (change.absolute or 0.0) < 0
    return {"left": amount if is_short else "", "beyond": "" if is_short else amount}


def _pace(change: Change, result: KpiResult, printer: Printer) -> str:
    """Whether more or less is reached than the time that has passed would have; "" for a whole month."""
    period = result.query.period
    if period.complete or period.until is None or not change.baseline.value:
        return ""
    ahead = (change.current.value or 0.0) / change.baseline.value - month_passed(period.until)
    place = "even" if abs(ahead) < ON_PACE else "ahead" if ahead > 0 else "behind"
    amount = printer.say(format_change(abs(ahead), "fraction", 1, printer.language).lstrip("+"))
    return printer.wording.text(f"kpi/pace_{place}", printer.language, amount=amount)


def part_rows(result: KpiResult, printer: Printer) -> tuple[Row, ...]:
    """One row for each group of a split figure, largest first."""
    dimension = result.query.by[0]
    rows = []
    for figure in sorted(present(result), key=lambda item: -(item.value or 0)):
        change = result.change(figure, result.query.compare[0])
        view = printer.change(change) if change else None
        name = printer.value_name(dimension, figure.scope[dimension][0])
        short = view.moved if view else ""
        rows.append(Row(name=name, value=printer.figure(figure), change=short))
    return tuple(rows)


def present(result: KpiResult) -> list[Figure]:
    """The figures that have a value."""
    return [figure for figure in result.figures if figure.value is not None]


def metric_rows(result: KpiResult, printer: Printer) -> tuple[Row, ...]:
    """One row for each metric with its changes and target."""
    rows = []
    for figure in result.figures:
        lead, others = leading_change(result, figure, printer)
        texts = [view.short for view in ([lead] if lead else []) + others]
        target = result.change(figure, "target")
        if target is not None and target.absolute is not None:
            texts.append(
                printer.wording.text("kpi/change_target", printer.language)
                + " "
                + target_verdict(target, result, printer)
            )
        rows.append(Row(metric=printer.metric(figure.metric), value=printer.figure(figure), changes=tuple(texts)))
    return tuple(rows)


def baselines(result: KpiResult, printer: Printer, kinds: Collection[Comparison] = SHOWN) -> tuple[str, ...]:
    """The compared dates of each of these kinds, once: 环比对比 11/02–11/08."""
    lines: dict[str, str] = {}
    for change in result.changes:
        if change.kind in kinds and change.kind != "target" and change.absolute is not None:
            name = printer.comparison_name(change.kind)
            dates = printer.range(change.baseline.period)
            lines.setdefault(name, printer.wording.text("kpi/baseline", printer.language, name=name, range=dates))
    return tuple(lines.values())


def widest(result: KpiResult) -> Period:
    """The longest period that any figure covers."""
    return max((figure.period for figure in result.figures), key=lambda period: period.days)
