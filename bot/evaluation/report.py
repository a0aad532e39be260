"""The figures of an evaluation, as text for a person and as JSON for a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.cases import FIELDS
from bot.evaluation.verdicts import Verdict

Json = dict[str, Any]
# What is counted beside the exact ones, worst first: attribute of a verdict → its line in the report.
COUNTS = {
    "is_confident": "wrong but confident",
    "asks_needlessly": "asked back without need",
    "has_crashed": "crashed",
    "is_ungrounded": "figures without a fact",
    "lacks_figures": "answered without a figure",
}


@dataclass(frozen=True)
class Report:
    """Every verdict of one file."""

    file: str
    verdicts: tuple[Verdict, ...]
    seconds: float

    @property
    def exact(self) -> int:
        return sum(verdict.is_exact for verdict in self.verdicts)

    @property
    def exact_share(self) -> float:
        """0 to 1."""
        return self.exact / len(self.verdicts)

    @property
    def misses(self) -> tuple[Verdict, ...]:
        """What went wrong in any way, the confident ones first."""
        wrong = (verdict for verdict in self.verdicts if not verdict.is_exact or _marks(verdict))
        return tuple(sorted(wrong, key=lambda verdict: not verdict.is_confident))

    def counted(self, name: str) -> int:
        """How many verdicts are so; `name` is a key of COUNTS."""
        return sum(getattr(verdict, name) for verdict in self.verdicts)

    def of_field(self, name: str) -> tuple[int, int]:
        """Right ones, and cases that say something about the field."""
        stated = [verdict for verdict in self.verdicts if name in verdict.case.expected]
        return sum(name not in verdict.different for verdict in stated), len(stated)


def as_json(report: Report) -> Json:
    """The whole report."""
    fields = {name: report.of_field(name) for name in FIELDS}
    return {
        "file": report.file,
        "questions": len(report.verdicts),
        "exact": report.exact,
        "exact_share": round(report.exact_share, 4),
        "fields": {name: {"right": right, "of": of} for name, (right, of) in fields.items() if of},
        "wrong_but_confident": report.counted("is_confident"),
        "asked_back": report.counted("asks_needlessly"),
        "crashed": report.counted("has_crashed"),
        "ungrounded": report.counted("is_ungrounded"),
        "without_figures": report.counted("lacks_figures"),
        "seconds": round(report.seconds, 3),
        "misses": [_miss(verdict) for verdict in report.misses],
    }


def as_text(report: Report) -> Iterator[str]:
    """The lines of the report: the figures, then each miss with what was expected and what came."""
    count = len(report.verdicts)
    yield f"{'questions':<26}{count:>5}   ({report.seconds:.1f} s)"
    yield f"{'exact':<26}{report.exact:>5}   {report.exact_share:.1%}"
    for name in FIELDS:
        right, of = report.of_field(name)
        if of:
            yield f"  {name:<24}{right:>5} of {of}"
    for name, words in COUNTS.items():
        yield f"{words:<26}{report.counted(name):>5}"
    for verdict in report.misses:
        yield ""
        yield from miss_lines(report.file, verdict)


def miss_lines(file: str, verdict: Verdict) -> Iterator[str]:
    """One miss as text."""
    marks = _marks(verdict)
    yield f"{file}:{verdict.case.line}: {' → '.join((*verdict.case.after, verdict.case.question))}" + (
        f"   [{', '.join(marks)}]" if marks else ""
    )
    for name in verdict.different:
        wanted = " or ".join(_brief(value) for value in verdict.case.expected[name])
        yield f"    {name}: expected {wanted}, got {_brief(verdict.got[name])}"
    if verdict.outcome.error:
        yield f"    {verdict.outcome.error}"


def _miss(verdict: Verdict) -> Json:
    case = verdict.case
    return {
        "line": case.line,
        "question": case.question,
        "after": list(case.after),
        "different": list(verdict.different),
        "expected": {name: list(case.expected[name]) for name in verdict.different},
        "got": dict(verdict.got),
        "marks": _marks(verdict),
        "error": verdict.outcome.error or None,
    }


def _marks(verdict: Verdict) -> list[str]:
    return [words for name, words in COUNTS.items() if getattr(verdict, name)]


def _brief(value: object) -> str:
    if isinstance(value, dict) and "start" in value:
        return f"{value['start']}…{value['end']}" + ("" if value["complete"] else " (runs to now)")
    if isinstance(value, dict):
        return ", ".join(f"{name} {'/'.join(held)}" for name, held in value.items()) or "everything"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "/".join(value) or "nothing"
    return "nothing" if value in (None, "") else str(value)
