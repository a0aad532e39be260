"""Parts of a sum in print: rounded so that what is read adds up to the total that is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from metrics.currency import is_money
from metrics.model import Language
from metrics.query import Unit
from metrics.units import format_change

# The step that large amounts are printed in: (from, step), largest first; see units.py.
_STEPS: dict[Language, tuple[tuple[float, float], ...]] = {
    "zh": ((1e8, 1e6), (1e4, 1e3), (1e3, 1.0)),
    "en": ((1e9, 1e7), (1e6, 1e4), (1e3, 1.0)),
}


@dataclass(frozen=True)
class RoundedParts:
    """The parts and their total as strings with signs: "+¥7.2万", "−0.41pp"."""

    parts: tuple[str, ...]
    total: str
    values: tuple[float, ...]  # the parts as rounded


def rounded_parts(
    parts: Sequence[float], total: float, unit: Unit, decimals: int, language: Language, *, beside: Sequence[float] = ()
) -> RoundedParts:
    """Each part to the step that the largest of them is printed in; the rest of rounding goes where it hurts least.

    `beside` are the numbers of other lists with the same total, so that all of them take the same step.
    """
    step = _step(max(abs(value) for value in (*parts, total, *beside)), unit, decimals, language)
    counts = [round(value / step) for value in parts]
    goal = round(total / step)
    missing = goal - sum(counts)
    side = 1 if missing > 0 else -1
    by_need = sorted(range(len(parts)), key=lambda place: side * (counts[place] - parts[place] / step))
    for place in by_need[: abs(missing)]:
        counts[place] += side
    digits = 0 if step >= 1 else decimals
    values = tuple(_exact(count, step) for count in counts)
    shown = tuple(format_change(value, unit, digits, language) for value in values)
    return RoundedParts(shown, format_change(_exact(goal, step), unit, digits, language), values)


def _step(largest: float, unit: Unit, decimals: int, language: Language) -> float:
    if unit == "fraction":
        return float(10.0 ** -(decimals + 2))
    if is_money(unit) or unit == "count":
        found = next((step for least, step in _STEPS[language] if largest >= least), None)
        return found if found is not None else float(10.0**-decimals)
    return float(10.0**-decimals)


def _exact(count: int, step: float) -> float:
    return count * step if step >= 1 else count / round(1 / step)
