"""Puts each case to the real assistant: what it understands, and on request what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.assistant.permission import permitted
from bot.assistant.pipeline import OperationsAssistant
from bot.assistant.types import Asker, Plan, Question, Role
from bot.evaluation.cases import Case
from bot.evaluation.outcomes import outcomes
from bot.evaluation.verdicts import Outcome, Verdict, judge


@dataclass(frozen=True)
class Examination:
    """Asks the questions of a file as of one moment."""

    assistant: OperationsAssistant
    now: datetime  # aware, in the shop's zone
    role: Role
    answers: bool  # answer each one as well; without it, only what needs the documents to be understood

    def verdicts(self, cases: Iterable[Case]) -> Iterator[Verdict]:
        """One for each case, in order."""
        for case, outcome in outcomes(cases, self._outcome, lambda error: Outcome(None, error=error)):
            yield judge(case, outcome)

    def _outcome(self, case: Case) -> Outcome:
        asker = Asker(role=case.role or self.role)
        now = case.now.replace(tzinfo=self.now.tzinfo) if case.now else self.now
        context: tuple[Plan, ...] = ()
        for earlier in case.after:
            context = (self._plan(Question(earlier, asker, now, context)), *context)
        question = Question(case.question, asker, now, context)
        if not self.answers:
            return Outcome(self._plan(question))
        answer = self.assistant.answer_now(question)
        return Outcome(answer.plan, answer)

    def _plan(self, question: Question) -> Plan:
        plan = permitted(self.assistant.understander.understand(question), question.asker, self.assistant.model)
        # whether the documents hold it decides what such a question is
        return self.assistant.answer_now(question).plan if plan.intent == "knowledge" else plan
