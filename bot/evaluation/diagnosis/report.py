"""What an evaluation of the diagnosis prints: how often the planted cause is named, by lever and by cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.evaluation.diagnosis.cases import Case, draw_cases
from bot.evaluation.diagnosis.examination import LOOKED_AT, Verdict, examined
from metrics import catalog
from metrics.calendar import Calendar

Json = dict[str, Any]
NEAR = 1  # days by which the day named may miss the true one
MOST_MISSES = 20


def examine(count: int, seed: int) -> tuple[Verdict, ...]:
    """The verdicts of that many random cases; the same for the same seed."""
    return tuple(examined(draw_cases(count, seed), catalog.load(), Calendar.load()))


def found_share(verdicts: Sequence[Verdict]) -> float:
    """The part of the cases whose cause is among the first two named."""
    return sum(verdict.is_found for verdict in verdicts) / max(1, len(verdicts))


def as_text(verdicts: Sequence[Verdict]) -> list[str]:
    """The figures, then every miss."""
    first = sum(verdict.place == 1 for verdict in verdicts) / max(1, len(verdicts))
    began = [verdict.days_off for verdict in verdicts if verdict.is_found and verdict.days_off is not None]
    near = sum(abs(days) <= NEAR for days in began) / max(1, len(began))
    slowest = sorted(verdict.seconds for verdict in verdicts)
    lines = [
        f"simulated causes {len(verdicts)}",
        f"true cause among the first {LOOKED_AT} named {found_share(verdicts):.1%}",
        f"true cause named first {first:.1%}",
        f"day of its beginning within {NEAR} day, of {len(began)} named {near:.1%}",
        f"largest difference of parts and change, relative {max(verdict.residual for verdict in verdicts):.1e}",
        f"seconds for one, median {slowest[len(slowest) // 2]:.2f}",
    ]
    for title, name in (("lever", _lever), ("cut", _cut), ("size of shop", _size)):
        groups = [f"{key} {sum(v.is_found for v in held)}/{len(held)}" for key, held in _by(verdicts, name).items()]
        lines.append(f"by {title}: {', '.join(groups)}")
    missed = [verdict for verdict in verdicts if not verdict.is_found]
    lines += [_miss(verdict) for verdict in missed[:MOST_MISSES]]
    return lines


def as_json(verdicts: Sequence[Verdict]) -> Json:
    """The same as one object."""
    return {
        "cases": len(verdicts),
        "found": found_share(verdicts),
        "first": sum(verdict.place == 1 for verdict in verdicts) / max(1, len(verdicts)),
        "largest_residual": max(verdict.residual for verdict in verdicts),
        "misses": [_miss(verdict) for verdict in verdicts if not verdict.is_found],
    }


def _by(verdicts: Sequence[Verdict], name: Callable[[Case], str]) -> dict[str, list[Verdict]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(name(verdict.case), []).append(verdict)
    return groups


def _lever(case: Case) -> str:
    return case.planted.lever


def _cut(case: Case) -> str:
    return " × ".join(case.planted.cut) or "whole shop"


def _size(case: Case) -> str:
    return f"{case.scale:g}×"


def _miss(verdict: Verdict) -> str:
    case = verdict.case
    where = " × ".join(case.planted.cut.values()) or "whole shop"
    named = ", ".join(verdict.named) or "nothing"
    return (
        f"missed: {case.planted.lever} ×{case.planted.factor:.2f} at {where} ({case.money:.1%} of sales, "
        f"week of {case.planted.first}); named: {named}"
    )
