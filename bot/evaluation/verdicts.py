"""What a question was understood as, beside what was expected: right, asked back, or wrong and said with confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.assistant.contract import query_json
from bot.assistant.types import Answer, Plan
from bot.evaluation.cases import FIELDS, RUNS_A_QUERY, Case, Value

ASKS_BACK = ("clarify", "abstain", "denied")
CRASHED = "crashed"  # in the place of an intent


@dataclass(frozen=True)
class Outcome:
    """What became of one question."""

    plan: Plan | None  # None: it crashed
    answer: Answer | None = None  # only where it was answered, not just understood
    error: str = ""  # what it crashed with


@dataclass(frozen=True)
class Verdict:
    """One case, what came of it, and the fields in which that differs from what was expected."""

    case: Case
    got: Mapping[str, Value]
    outcome: Outcome
    different: tuple[str, ...]

    @property
    def is_exact(self) -> bool:
        return not self.different

    @property
    def is_confident(self) -> bool:
        """Wrong, and said as if it were right: the worst that can happen."""
        return bool(set(self.different) - {"unclear"}) and speaks(self.got["intent"], self.outcome.answer)

    @property
    def asks_needlessly(self) -> bool:
        """What was clear was asked back, refused or not known."""
        return "intent" in self.different and self.got["intent"] in ASKS_BACK and self._wants_an_answer

    @property
    def has_crashed(self) -> bool:
        return self.outcome.plan is None

    @property
    def is_ungrounded(self) -> bool:
        return self.outcome.answer is not None and not self.outcome.answer.grounded

    @property
    def lacks_figures(self) -> bool:
        """Understood as expected, answered, and without a single figure."""
        answered = self.outcome.answer is not None and self.got["intent"] == "kpi"
        return answered and self.is_exact and not _holds_figures(self.outcome.answer)

    @property
    def _wants_an_answer(self) -> bool:
        return self.case.expected["intent"][0] not in ASKS_BACK


def judge(case: Case, outcome: Outcome) -> Verdict:
    """The outcome beside the expectation."""
    got = fields_of(outcome.plan)
    return Verdict(case, got, outcome, _differences(case.expected, got))


def fields_of(plan: Plan | None) -> dict[str, Value]:
    """A plan in the fields of a case; lists in order, so that two ways to write the same are equal."""
    if plan is None:
        return {**dict.fromkeys(FIELDS), "intent": CRASHED}
    query = query_json(plan) or {}
    where = {name: sorted(values) for name, values in (query.get("where") or {}).items()}
    lists = {name: sorted(query.get(name) or ()) for name in ("metrics", "by")}
    rest = {name: query.get(name) for name in ("grain", "period", "compare", "top")}
    return {"intent": plan.intent, **lists, "where": where, **rest, "unclear": plan.unclear or None}


def _differences(expected: Mapping[str, tuple[Value, ...]], got: Mapping[str, Value]) -> tuple[str, ...]:
    intents = expected["intent"]
    if got["intent"] in intents[1:] and got["intent"] not in RUNS_A_QUERY:
        return ()  # another way to end, in which there is no query to look at
    return tuple(name for name in FIELDS if name in expected and got[name] not in expected[name])


def speaks(intent: str, answer: Answer | None) -> bool:
    """Whether the asker is told something: figures of the shop, or what the documents say."""
    if answer is not None and intent in RUNS_A_QUERY:
        return _holds_figures(answer)
    return intent in (*RUNS_A_QUERY, "knowledge")


def _holds_figures(answer: Answer | None) -> bool:
    results = answer.facts.results if answer else ()
    return any(figure.value is not None for result in results for figure in result.figures)
