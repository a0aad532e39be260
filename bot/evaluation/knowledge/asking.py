"""Puts each question to the real assistant, and to the search behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.assistant.gather import audience_of
from bot.assistant.pipeline import OperationsAssistant
from bot.assistant.types import Asker, Question, Role
from bot.evaluation.knowledge.cases import Case
from bot.evaluation.knowledge.verdicts import DEEPEST, Outcome, Verdict
from bot.evaluation.outcomes import outcomes
from knowledge.library import Library


@dataclass(frozen=True)
class Examination:
    """Asks the questions of a file as of one moment."""

    assistant: OperationsAssistant
    library: Library
    now: datetime  # aware, in the shop's zone
    role: Role

    def verdicts(self, cases: Iterable[Case]) -> Iterator[Verdict]:
        """One for each case, in order."""
        for case, outcome in outcomes(cases, self._outcome, lambda error: Outcome(None, error=error)):
            yield Verdict(case, outcome)

    def _outcome(self, case: Case) -> Outcome:
        asker = Asker(role=case.role or self.role)
        answer = self.assistant.answer_now(Question(case.question, asker, self.now))
        searched = answer.plan.search or case.question
        found = self.library.search(searched, limit=DEEPEST, audience=audience_of(asker))
        return Outcome(answer, found.passages)
