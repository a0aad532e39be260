"""What was found and answered beside what was expected, and the stage at which a wrong answer went wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.assistant.contract import plain_text
from bot.assistant.types import Answer
from bot.evaluation.knowledge.cases import Case
from bot.evaluation.verdicts import ASKS_BACK, CRASHED, speaks
from knowledge.documents import Passage
from knowledge.folding import fold_characters

DEEPEST = 10  # passages within which a right one counts for the mean reciprocal rank
DEEP_ENOUGH = 5  # passages out of which an answer can be made
BLANKS = re.compile(r"[\s,]+")  # 5 万 is 5万, and 1,200 is 1200


@dataclass(frozen=True)
class Outcome:
    """What became of one question."""

    answer: Answer | None  # None: it crashed
    found: tuple[Passage, ...] = ()  # what the documents' search gave for it, best first
    error: str = ""  # what it crashed with


@dataclass(frozen=True)
class Verdict:
    """One case and what came of it."""

    case: Case
    outcome: Outcome

    @property
    def intent(self) -> str:
        return self.outcome.answer.plan.intent if self.outcome.answer else CRASHED

    @property
    def rank(self) -> int:
        """Place of the first right passage, 0 when it is not among the first."""
        places = enumerate(self.outcome.found[:DEEPEST], 1)
        return next((place for place, item in places if self._is_right(item.document, item.file, item.section)), 0)

    @property
    def is_refused(self) -> bool:
        """Nothing was told: not known, asked back, denied, or a figure that the shop's data does not hold."""
        answer = self.outcome.answer
        if answer is None or answer.citations:
            return False
        return self.intent in ASKS_BACK or not speaks(self.intent, answer)

    @property
    def citations(self) -> int:
        """How many places are shown."""
        return len(self.outcome.answer.citations) if self.outcome.answer else 0

    @property
    def right_citations(self) -> int:
        shown = self.outcome.answer.citations if self.outcome.answer else ()
        return sum(self._is_right(item.document, item.file, item.section) for item in shown)

    @property
    def missing_figures(self) -> tuple[str, ...]:
        """Expected ones that the answer does not hold; a refusal holds none."""
        answer = self.outcome.answer
        text = "" if answer is None or self.is_refused else _bare(plain_text(answer.html))
        return tuple(figure for figure in self.case.figures if not _stands_in(_bare(figure), text))

    @property
    def is_right(self) -> bool:
        """Answerable: the right place is cited and every figure said. Otherwise: nothing was told."""
        if not self.case.answerable:
            return self.is_refused
        return not self.is_refused and self.right_citations > 0 and not self.missing_figures

    @property
    def stage(self) -> str:
        """Where it went wrong; "" for a right one."""
        if self.is_right:
            return ""
        if self.outcome.answer is None:
            return "crashed"
        if self.intent not in ("knowledge", "abstain"):
            return "routing"
        if not self.case.answerable:
            return "verdict"
        if not 0 < self.rank <= DEEP_ENOUGH:
            return "search"
        if self.is_refused:
            return "verdict"
        return "quote" if self.right_citations else "section"

    def _is_right(self, document: str, file: str, section: str) -> bool:
        if not {document, file} & set(self.case.documents):
            return False
        path = fold_characters(section)
        return not self.case.sections or any(fold_characters(name) in path for name in self.case.sections)


def _bare(text: str) -> str:
    return BLANKS.sub("", fold_characters(text))


def _stands_in(figure: str, text: str) -> bool:
    """As a whole number: 6% is not in 16%."""
    before = r"(?<![\d.])" if figure[:1].isdigit() else ""
    after = r"(?![\d.]*\d)" if figure[-1:].isdigit() else ""
    return re.search(before + re.escape(figure) + after, text) is not None
