"""The figures of an evaluation of the documents, for all questions and by language, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.knowledge.cases import LANGUAGES
from bot.evaluation.knowledge.verdicts import DEEPEST, Verdict

Json = dict[str, Any]
Verdicts = Sequence[Verdict]
Ratio = tuple[float, int]  # of how many


def _share(of: Callable[[Verdict], bool], is_so: Callable[[Verdict], float]) -> Callable[[Verdicts], Ratio]:
    """The mean of `is_so` over the verdicts that `of` holds for."""

    def ratio(verdicts: Verdicts) -> Ratio:
        chosen = [verdict for verdict in verdicts if of(verdict)]
        return sum(is_so(verdict) for verdict in chosen), len(chosen)

    return ratio


def _citation_precision(verdicts: Verdicts) -> Ratio:
    # a tactic's source is no quote: cards beside the expected one are proposals
    answered = [verdict for verdict in verdicts if _is_answerable(verdict) and verdict.intent == "knowledge"]
    return sum(verdict.right_citations for verdict in answered), sum(verdict.citations for verdict in answered)


def _is_answerable(verdict: Verdict) -> bool:
    return verdict.case.answerable


def _is_unanswerable(verdict: Verdict) -> bool:
    return not verdict.case.answerable


def _has_figures(verdict: Verdict) -> bool:
    return bool(verdict.case.figures)


# Name in the JSON → its line in the report, and how it is counted.
MEASURES: Mapping[str, tuple[str, Callable[[Verdicts], Ratio]]] = {
    "right": ("right", _share(lambda verdict: True, lambda verdict: verdict.is_right)),
    "hit_at_1": ("hit@1", _share(_is_answerable, lambda verdict: verdict.rank == 1)),
    "hit_at_5": ("hit@5", _share(_is_answerable, lambda verdict: 0 < verdict.rank <= 5)),
    "mrr": (f"MRR@{DEEPEST}", _share(_is_answerable, lambda verdict: 1 / verdict.rank if verdict.rank else 0)),
    "figure": ("right figure said", _share(_has_figures, lambda verdict: not verdict.missing_figures)),
    "section": ("right section cited", _share(_is_answerable, lambda verdict: verdict.right_citations > 0)),
    "citation_precision": ("citations that are right", _citation_precision),
    "refused_recall": ("unanswerable refused", _share(_is_unanswerable, lambda verdict: verdict.is_refused)),
    "refused_precision": ("refusals that are right", _share(lambda verdict: verdict.is_refused, _is_unanswerable)),
    "answerable_refused": ("answerable refused", _share(_is_answerable, lambda verdict: verdict.is_refused)),
}


@dataclass(frozen=True)
class Report:
    """Every verdict of one file."""

    file: str
    verdicts: tuple[Verdict, ...]
    seconds: float

    @property
    def misses(self) -> tuple[Verdict, ...]:
        """What went wrong, what was told in spite of the documents first."""
        wrong = (verdict for verdict in self.verdicts if not verdict.is_right)
        return tuple(sorted(wrong, key=lambda verdict: verdict.is_refused))

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that occur."""
        spoken = {verdict.case.language for verdict in self.verdicts}
        return tuple(language for language in LANGUAGES if language in spoken)

    def measured(self, name: str, language: str | None = None) -> float | None:
        """0 to 1; None where no question says anything about it. `name` is a key of MEASURES."""
        chosen = [verdict for verdict in self.verdicts if language in (None, verdict.case.language)]
        right, of = MEASURES[name][1](chosen)
        return right / of if of else None


def as_json(report: Report) -> Json:
    """The whole report."""
    return {
        "file": report.file,
        "questions": len(report.verdicts),
        **_measures(report, None),
        "languages": {language: _measures(report, language) for language in report.languages},
        "seconds": round(report.seconds, 3),
        "misses": [_miss(verdict) for verdict in report.misses],
    }


def as_text(report: Report) -> Iterator[str]:
    """The lines of the report: a table by language, then each miss with what was expected and what came."""
    columns = (None, *report.languages) if len(report.languages) > 1 else (None,)
    yield f"{'':<26}" + "".join(f"{language or 'all':>9}" for language in columns) + f"   ({report.seconds:.1f} s)"
    counts = [sum(language in (None, item.case.language) for item in report.verdicts) for language in columns]
    yield f"{'questions':<26}" + "".join(f"{count:>9}" for count in counts)
    for name, (words, _) in MEASURES.items():
        yield f"{words:<26}" + "".join(_cell(report.measured(name, language)) for language in columns)
    for verdict in report.misses:
        yield ""
        yield from miss_lines(report.file, verdict)


def miss_lines(file: str, verdict: Verdict) -> Iterator[str]:
    """One miss as text."""
    case, answer = verdict.case, verdict.outcome.answer
    yield f"{file}:{case.line}: {case.question}   [{verdict.stage}]"
    if case.answerable:
        place = f"{' or '.join(case.documents)} › {' or '.join(case.sections) or 'any section'}"
        yield f"    expected {' '.join(case.figures) or 'an answer'} from {place}"
        yield f"    found at place {verdict.rank}" if verdict.rank else f"    not among the first {DEEPEST} passages"
    else:
        yield "    expected that the documents do not hold it"
    for cited in answer.citations if answer else ():
        yield f"    got {cited.document} › {cited.section}: {cited.quote}"
    if not verdict.citations:
        yield f"    got {verdict.outcome.error or verdict.intent}"


def _measures(report: Report, language: str | None) -> Json:
    values = {name: report.measured(name, language) for name in MEASURES}
    return {name: None if value is None else round(value, 4) for name, value in values.items()}


def _cell(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:>9.3f}"


def _miss(verdict: Verdict) -> Json:
    case, answer = verdict.case, verdict.outcome.answer
    cited = answer.citations if answer else ()
    return {
        "line": case.line,
        "id": case.id,
        "question": case.question,
        "stage": verdict.stage,
        "answerable": case.answerable,
        "expected": {"documents": case.documents, "sections": case.sections, "figures": case.figures},
        "rank": verdict.rank,
        "intent": verdict.intent,
        "citations": [{"document": item.document, "section": item.section, "quote": item.quote} for item in cited],
        "error": verdict.outcome.error or None,
    }
