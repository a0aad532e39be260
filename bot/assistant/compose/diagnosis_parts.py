"""The lists of a diagnosis whose parts add up in print: drivers, then the segments that tell most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.assistant.compose.figures import Printer
from metrics.diagnosis.explanation import Explanation, Part
from metrics.rounded_parts import rounded_parts

MOST_SEGMENTS = 6  # on one line; more are put together
TELLING = 0.67  # of the change: the fewer segments make it up, the more their dimension tells


@dataclass(frozen=True)
class PartView:
    """One part, ready to print."""

    name: str
    amount: str  # with its sign
    value: float  # as rounded, for a picture


@dataclass(frozen=True)
class PartList:
    """Parts with the total that they add up to, also in print."""

    name: str
    parts: tuple[PartView, ...]
    total: str


def part_lists(explanation: Explanation, asked: Sequence[str], printer: Printer) -> tuple[PartList, ...]:
    """The drivers, and the dimension asked for or that tells most."""
    drivers = driver_list(explanation, printer)
    chosen = [id for id in asked if id in explanation.segments] or telling_dimension(explanation)
    found = [segment_list(explanation, id, printer) for id in chosen]
    return tuple(item for item in (drivers, *found) if item is not None)


def driver_list(explanation: Explanation, printer: Printer) -> PartList | None:
    """The drivers, largest first; None without any."""
    if not explanation.drivers:
        return None
    is_ratio = printer.model.metrics[explanation.metric].denominator is not None
    name = printer.wording.text("diagnosis/drivers", printer.language, is_ratio=is_ratio)
    parts = sorted(explanation.drivers, key=lambda part: -abs(part.contribution))
    return _listed(name, [(part_name(p, explanation, printer), p.contribution) for p in parts], explanation, printer)


def segment_list(explanation: Explanation, dimension: str, printer: Printer) -> PartList:
    """The segments of one dimension, largest first; what does not fit a line is one part."""
    parts = explanation.segments[dimension]
    shown = [(part_name(part, explanation, printer), part.contribution) for part in parts]
    count = ""
    if len(parts) > MOST_SEGMENTS:
        rest = parts[MOST_SEGMENTS - 1 :]
        number = printer.say(str(len(rest)))
        name = printer.wording.text("diagnosis/others", printer.language, count=number)
        shown = [*shown[: MOST_SEGMENTS - 1], (name, math.fsum(part.contribution for part in rest))]
        count = printer.say(str(MOST_SEGMENTS - 1))
    name = printer.wording.text("diagnosis/segments", printer.language, name=printer.dimension(dimension), count=count)
    return _listed(name, shown, explanation, printer)


def telling_dimension(explanation: Explanation) -> list[str]:
    """The dimension of the leading cause, else the one whose fewest segments make up the change; [] without any."""
    for cause in explanation.causes:
        named = [id for id in cause.cut if id in explanation.segments]
        if named and cause.contribution * explanation.total > 0:
            return named[:2]
    ranked = sorted(explanation.segments, key=lambda id: _needed(explanation.segments[id], explanation.total))
    return ranked[:1]


def _needed(parts: Sequence[Part], total: float) -> float:
    """Which part of the segments makes up most of the change."""
    pushing = sorted((part.contribution for part in parts if part.contribution * total > 0), key=abs, reverse=True)
    reached = 0.0
    for number, contribution in enumerate(pushing, 1):
        reached += contribution
        if abs(reached) >= TELLING * abs(total):
            return number / len(parts)
    return 1.0


def _listed(name: str, shown: Sequence[tuple[str, float]], explanation: Explanation, printer: Printer) -> PartList:
    decimals = printer.model.metrics[explanation.metric].decimals
    values = [value for _, value in shown]
    beside = [part.contribution for part in explanation.drivers]
    printed = rounded_parts(values, explanation.total, explanation.unit, decimals, printer.language, beside=beside)
    views = tuple(
        PartView(label, printer.say(amount), value)
        for (label, _), amount, value in zip(shown, printed.parts, printed.values, strict=True)
    )
    return PartList(name, views, printer.say(printed.total))


def part_name(part: Part, explanation: Explanation, printer: Printer) -> str:
    """What a part is called: a metric, a value of a dimension, or what is counted more than once."""
    if part.kind == "driver":
        return printer.metric(part.metric)
    if part.kind in ("overlap", "rest"):
        return printer.wording.text(f"diagnosis/{part.kind}", printer.language)
    dimension = part.id.split(":", 1)[1].split("=", 1)[0]
    name = printer.value_name(dimension, part.scope[dimension][0])
    if part.kind in ("new", "vanished"):
        return printer.wording.text(f"diagnosis/{part.kind}", printer.language, name=name)
    return name
