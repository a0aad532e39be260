"""Where a running period is heading: what is in, what to expect by its end, and what each day left must bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import target_verdict
from bot.assistant.types import Facts, Picture, Plan
from metrics.forecast.expected import Forecast, NotForecast
from metrics.query import Figure, KpiResult
from metrics.units import format_compact


def compose_heading(plan: Plan, facts: Facts, printer: Printer) -> str:
    """The pace of a month, quarter or year, or of the promotion that is on."""
    result = facts.results[0]
    is_campaign = result.query.period.kind == "campaign"
    return printer.wording.render(
        "outlook/campaign" if is_campaign else "outlook/pace",
        printer.language,
        **_shared(plan, facts, printer),
        **(_campaign(facts, printer) if is_campaign else _month(result, printer)),
    )


def heading_picture(facts: Facts, printer: Printer) -> Picture | None:
    """The course added up with its expected end beside the target; of a promotion day by day of the year before."""
    result, held = facts.results[0], facts.forecast
    if not isinstance(held, Forecast) or len(held.course) < 2:  # a point is no course
        return None
    metric = printer.model.metrics[held.metric]
    title = f"{printer.scope(held.scope)} · {printer.metric(held.metric)}"
    subtitle = printer.range(held.period)
    footer = printer.freshness(result)
    words = {
        name: printer.wording.text(f"outlook/chart_{name}", printer.language)
        for name in ("so_far", "expected", "target")
    }
    unit, decimals, language = metric.unit, 0 if metric.unit != "multiple" else metric.decimals, printer.language

    def draw() -> bytes:
        from metrics import charts  # matplotlib: only pictures pay for it
        from metrics.chart_course import Course, course

        days = tuple(f"{day.day:%m/%d}" for day in held.course)
        known = sum(day.is_past for day in held.course)
        drawn = Course(
            days=days,
            known=known,
            totals=tuple(day.total for day in held.course),
            low=tuple(day.low for day in held.course),
            high=tuple(day.high for day in held.course),
            target=held.target,
            names=(words["so_far"], words["expected"], words["target"]),
        )
        text = charts.ChartText(title, subtitle, footer)
        return course(text, drawn, format_value=lambda value: format_compact(value, unit, decimals, language))

    alt = printer.wording.text("outlook/chart_alt", printer.language, title=title, range=subtitle)
    return Picture(draw, alt)


def _shared(plan: Plan, facts: Facts, printer: Printer) -> dict[str, object]:
    result = facts.results[0]
    figure = result.figures[0]
    return {
        "scope": printer.scope(result.query.where),
        "metric": printer.metric(figure.metric),
        "value": printer.figure(figure),
        "range": printer.range(figure.period),
        "no_campaign": plan.unclear == "no_campaign",
        "kind": result.query.period.kind,
        "forecast": _forecast(facts.forecast, figure, printer),
        "reason": facts.forecast.reason if isinstance(facts.forecast, NotForecast) else "",
        "warnings": printer.warnings(result),
        "notices": printer.notices(_without_target_notice(result, facts), compares=False),
        "freshness": printer.freshness(result),
    }


def _without_target_notice(result: KpiResult, facts: Facts) -> KpiResult:
    """Months added up are a target after all."""
    if not isinstance(facts.forecast, Forecast) or facts.forecast.target is None:
        return result
    return replace(result, notices=tuple(one for one in result.notices if one.code != "target_not_defined"))


def _month(result: KpiResult, printer: Printer) -> dict[str, object]:
    target = result.change(result.figures[0], "target")
    verdict = ""
    if target is not None and target.baseline.value is not None:
        verdict = target_verdict(target, result, printer)
    return {"verdict": verdict}


def _forecast(held: Forecast | NotForecast | None, figure: Figure, printer: Printer) -> dict[str, object] | None:
    if not isinstance(held, Forecast):
        return None
    metric = printer.model.metrics[held.metric]
    needed, recent = held.needed_a_day, held.recent_a_day
    return {
        "interval": printer.say("90%"),
        "days_before": printer.say("7"),
        "expected": printer.compact(held.expected, metric),
        "low": printer.compact(held.low, metric),
        "high": printer.compact(held.high, metric),
        "end": printer.say(f"{held.period.end:%m/%d}"),
        "target": printer.compact(held.target, metric) if held.target else "",
        "reached": printer.share((figure.value or 0.0) / held.target) if held.target else "",
        "share": printer.share(held.expected / held.target) if held.target else "",
        "share_low": printer.share(held.low / held.target) if held.target else "",
        "share_high": printer.share(held.high / held.target) if held.target else "",
        "outcome": _outcome(held),
        "gap": printer.compact(abs(held.expected - held.target), metric) if held.target else "",
        "days_left": printer.say(f"{held.days_left:.1f}"),
        "needed": printer.compact(needed, metric) if needed else "",
        "recent": printer.compact(recent, metric) if recent is not None else "",
        "against_recent": printer.relative(needed / recent - 1) if needed and recent else "",
        "unknown": [printer.calendar.event(id).name.text(printer.language) for id in held.unknown_events],
    }


def _outcome(held: Forecast) -> str:
    if held.target is None:
        return ""
    if (held.so_far.value or 0.0) >= held.target:
        return "reached"
    if held.low >= held.target:
        return "sure"
    if held.high < held.target:
        return "missed"
    return "open_above" if held.expected >= held.target else "open_below"


def _campaign(facts: Facts, printer: Printer) -> dict[str, object]:
    result = facts.results[0]
    event = result.query.period.event or ""
    compared = result.query.against
    like = printer.calendar.event(compared.event).name.text(printer.language) if compared and compared.event else ""
    day = facts.results[1] if len(facts.results) > 1 else None
    return {
        "event": printer.say(printer.calendar.event(event).name.text(printer.language)) if event else "",
        "like": printer.say(
            f"{compared.start.year} {like}" if printer.language == "en" else f"{compared.start.year}年{like}"
        )
        if compared
        else "",
        "rows": _rows(result, printer),
        "compared": _compared(result, printer),
        "day_rows": _rows(day, printer) if day else [],
        "day_compared": _compared(day, printer) if day else "",
        "day_range": printer.range(day.figures[0].period) if day else "",
    }


def _rows(result: KpiResult, printer: Printer) -> Sequence[dict[str, str]]:
    found = []
    for figure in result.figures:
        change = result.change(figure, "previous")
        view = printer.change(change) if change is not None else None
        found.append(
            {
                "metric": printer.metric(figure.metric),
                "value": printer.figure(figure),
                "moved": view.moved if view else "",
                "baseline": printer.figure(change.baseline) if change is not None else "",
            }
        )
    return found


def _compared(result: KpiResult, printer: Printer) -> str:
    change = next((one for one in result.changes if one.kind == "previous"), None)
    return printer.range(change.baseline.period) if change is not None else ""
