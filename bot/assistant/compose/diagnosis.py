"""An explanation in words: what was lost or won, where it comes from, what adds up to it, and what was looked for."""

from __future__ import annotations

from bot.assistant.compose.diagnosis_causes import cause_sentences, leading_sentence
from bot.assistant.compose.diagnosis_parts import driver_list, part_lists, part_name
from bot.assistant.compose.figures import Printer
from bot.assistant.types import Facts, Plan
from metrics.diagnosis.explanation import Event, Explanation, Part
from metrics.query import KpiResult
from metrics.rounded_parts import rounded_parts
from metrics.units import MINUS

FLAT = 0.01  # of the baseline: nobody would call it a rise or a fall
ALMOST_ALL, MOST = 0.8, 0.5  # of what moved in the change's own direction
SAID = 0.15  # of the same: a driver below is not named in the headline


def compose_diagnosis(plan: Plan, facts: Facts, explanation: Explanation, printer: Printer) -> str:
    """The whole answer to "why"."""
    result = explanation.result or facts.results[0]
    lists = part_lists(explanation, plan.query.by if plan.query else (), printer)
    return printer.wording.render(
        "diagnosis/answer",
        printer.language,
        premise=_premise(plan, explanation, printer),
        headline=headline(explanation, printer),
        source=source(explanation, printer),
        warnings=printer.warnings(result),
        label=printer.label(explanation.query.period),
        range=_dates(explanation, printer)[0],
        compared=_dates(explanation, printer)[1],
        normal=normal(explanation, printer),
        lists=lists,
        causes=cause_sentences(explanation, printer),
        reversed=_reversed(explanation, printer),
        money=_money(explanation, printer),
        beside=[_event(event, printer) for event in explanation.events if event.current is not None],
        not_found=[_absent(code, printer) for code in explanation.not_found],
        notices=[*_hidden(explanation, printer), *_notices(explanation, result, printer)],
        freshness=printer.freshness(result),
    )


def brief(explanation: Explanation, printer: Printer) -> str:
    """One or two sentences as plain text: the change, where it comes from, and the leading cause."""
    said = f"{headline(explanation, printer)}{source(explanation, printer)}".rstrip(":：")
    end = "。" if printer.language == "zh" else ". "
    return f"{said}{end}{leading_sentence(explanation, printer)}".strip()


def headline(explanation: Explanation, printer: Printer) -> str:
    """What moved and by how much: "上周母婴 GMV 少了 ¥86.2万（−14.1%）"."""
    change, metric = explanation.change, printer.model.metrics[explanation.metric]
    if change is None or change.current.value is None or change.baseline.value is None:
        return printer.wording.text("diagnosis/nothing_to_compare", printer.language)
    relative = "" if metric.unit == "fraction" or change.relative is None else printer.relative(change.relative)
    return printer.wording.text(
        "diagnosis/headline",
        printer.language,
        label=printer.label(explanation.query.period).strip() if printer.language == "zh" else "",
        scope=printer.scope(explanation.query.where),
        metric=printer.metric(metric.id),
        is_flat=_is_flat(explanation),
        is_amount=metric.denominator is None,
        fell=explanation.total < 0,
        amount=_amount(explanation, printer),
        before=printer.number(change.baseline.value, metric),
        now=printer.number(change.current.value, metric),
        relative=relative,
    )


def source(explanation: Explanation, printer: Printer) -> str:
    """Which drivers the change comes from: "，几乎全部来自转化率："; "" where they are not known."""
    parts = [part for part in explanation.drivers if part.contribution * explanation.total > 0]
    pushed = sum(abs(part.contribution) for part in parts)
    if not pushed or _is_flat(explanation) or printer.model.metrics[explanation.metric].denominator is not None:
        return ""
    parts.sort(key=lambda part: -abs(part.contribution))
    leading = abs(parts[0].contribution) / pushed
    named = parts[:1] if leading >= MOST else [part for part in parts if abs(part.contribution) >= SAID * pushed]
    against = [part for part in explanation.drivers if part.contribution * explanation.total < 0]
    against = [part for part in against if abs(part.contribution) >= SAID * pushed]
    kind = "all" if leading >= ALMOST_ALL and not against else "most" if leading >= MOST else "shared"
    return printer.wording.text(
        "diagnosis/source",
        printer.language,
        kind=kind,
        names=_joined(named, explanation, printer),
        against=_joined(against, explanation, printer),
    )


def normal(explanation: Explanation, printer: Printer) -> str:
    """Whether such moves are usual; "" where nothing can be said that the notices do not say."""
    held, metric = explanation.normal, printer.model.metrics[explanation.metric]
    if held.within is None:
        is_short = held.reason == "little_history"
        return printer.wording.text("diagnosis/normal_little_history", printer.language) if is_short else ""
    return printer.wording.text(
        f"diagnosis/normal_{'within' if held.within else 'outside'}",
        printer.language,
        count=printer.say(str(held.periods)),
        low=printer.number(held.low or 0.0, metric),
        high=printer.number(held.high or 0.0, metric),
    )


def _premise(plan: Plan, explanation: Explanation, printer: Printer) -> str:
    """That the figure went the other way than the question takes for granted; "" where it did not."""
    change = explanation.change
    if not plan.premise or change is None or change.current.value is None or change.baseline.value is None:
        return ""
    asked = 1 if plan.premise == "rise" else -1
    if explanation.total * asked > 0 and not _is_flat(explanation):
        return ""
    metric = printer.model.metrics[explanation.metric]
    return printer.wording.text(
        "diagnosis/premise",
        printer.language,
        metric=printer.metric(metric.id),
        is_flat=_is_flat(explanation),
        rose=explanation.total > 0,
        before=printer.number(change.baseline.value, metric),
        now=printer.number(change.current.value, metric),
    )


def _is_flat(explanation: Explanation) -> bool:
    change = explanation.change
    return change is None or not change.absolute or (change.relative is not None and abs(change.relative) < FLAT)


def _amount(explanation: Explanation, printer: Printer) -> str:
    """The change without its sign, rounded like the parts that add up to it."""
    drivers = driver_list(explanation, printer)
    metric = printer.model.metrics[explanation.metric]
    alone = rounded_parts((), explanation.total, explanation.unit, metric.decimals, printer.language).total
    return printer.say((drivers.total if drivers else alone).lstrip("+" + MINUS))


def _dates(explanation: Explanation, printer: Printer) -> tuple[str, str]:
    change = explanation.change
    if change is None:
        return printer.range(explanation.query.period), ""
    return printer.range(change.current.period), printer.range(change.baseline.period)


def _joined(parts: list[Part], explanation: Explanation, printer: Printer) -> str:
    return printer.joined(part_name(part, explanation, printer) for part in parts)


def _reversed(explanation: Explanation, printer: Printer) -> str:
    if not explanation.reversed_by:
        return ""
    name = printer.joined(printer.dimension(id) for id in explanation.reversed_by)
    return printer.wording.text(
        "diagnosis/reversed",
        printer.language,
        name=name,
        metric=printer.metric(explanation.metric),
        whole_fell=explanation.total < 0,
    )


def _money(explanation: Explanation, printer: Printer) -> str:
    part = explanation.money
    if part is None or not part.contribution:
        return ""
    metric = printer.model.metrics[part.metric]
    amount = printer.difference(part.contribution, metric)
    return printer.wording.text(
        "diagnosis/money",
        printer.language,
        rate=printer.metric(explanation.metric),
        metric=printer.metric(part.metric),
        amount=amount,
        more=part.contribution > 0,
    )


def _event(event: Event, printer: Printer) -> str:
    current, baseline = event.current, event.baseline
    return printer.wording.text(
        f"diagnosis/event_{event.code}",
        printer.language,
        where=printer.scope(event.scope) if event.scope else "",
        metric=printer.metric(event.metric),
        before=printer.figure(baseline) if baseline is not None else "",
        now=printer.figure(current) if current is not None else "",
    )


def _absent(code: str, printer: Printer) -> str:
    if code in printer.model.metrics:
        return printer.wording.text("diagnosis/absent_metric", printer.language, metric=printer.metric(code))
    return printer.wording.text(f"diagnosis/absent_{code}", printer.language)


def _hidden(explanation: Explanation, printer: Printer) -> list[str]:
    return [printer.wording.text("diagnosis/hidden", printer.language)] if explanation.hidden else []


def _notices(explanation: Explanation, result: KpiResult, printer: Printer) -> list[str]:
    return printer.notices(result, compares=explanation.is_explained)
