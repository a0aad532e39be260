"""The assistant: understand → permit → gather → compose → ground, as one row of steps."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.assistant import packing
from bot.assistant.compose.compose import Composer, Draft
from bot.assistant.gather import Gatherer, audience_of
from bot.assistant.grounding import ungrounded_numbers
from bot.assistant.permission import permitted
from bot.assistant.types import Answer, Asker, Facts, Plan, Question
from bot.assistant.understand import Understander
from knowledge.documents import Audience, DocumentInfo, Passage
from metrics.errors import SourceError
from metrics.model import SemanticModel

THREADS = 4  # answers worked on at once; the database itself uses two cores
SOURCE_COMMAND = "/source "
OTHERS_COMMAND = "/others "  # with the ids of the cards that were shown

logger = logging.getLogger(__name__)


class Shelf(Protocol):
    """The part of the library that shows single passages."""

    def passage(self, id: str, *, audience: Audience = "everyone") -> Passage | None:
        """The passage with that id, None when it is gone or not for that audience."""
        ...

    def documents(self) -> Sequence[DocumentInfo]:
        """Every indexed document."""
        ...


class Verified(Protocol):
    """What holds answers that an admin verified."""

    def find(self, question: Question) -> Answer | None:
        """The verified answer to exactly this question; None when there is none that may be shown."""
        ...


class Reviews(Protocol):
    """What writes reviews."""

    def find(self, question: Question) -> Answer | None:
        """The answer to a request for a review; None for every other question."""
        ...


class DigestBuilder(Protocol):
    """What writes the digest."""

    def build(self, asker: Asker, now: datetime) -> Answer:
        """The digest of the last whole day."""
        ...


@dataclass
class OperationsAssistant:
    """Answers questions over the shop's data and the team's documents; implements `bot.services.Assistant`."""

    understander: Understander
    gatherer: Gatherer
    composer: Composer
    model: SemanticModel
    shelf: Shelf
    digests: DigestBuilder
    verified: Verified | None = None
    reviews: Reviews | None = None

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="answer")

    async def answer(self, question: Question) -> Answer:
        """See `answer_now`; the work runs in a thread, so that the event loop stays free."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._drawn, self.answer_now, question)

    async def digest(self, asker: Asker, now: datetime) -> Answer:
        """The digest of the last whole day, as that asker's chat may see it."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._drawn, self.digests.build, asker, now)

    def answer_now(self, question: Question) -> Answer:
        """One question to one answer; what cannot be known or shown is said in words."""
        started = time.perf_counter()
        verified = self.verified.find(question) if self.verified is not None else None
        if verified is not None:
            return replace(verified, seconds=time.perf_counter() - started)
        review = self.reviews.find(question) if self.reviews is not None else None
        if review is not None:
            return replace(review, seconds=time.perf_counter() - started)
        if question.text.startswith(SOURCE_COMMAND):
            plan, facts, draft = self._source(question)
        else:
            understood = self._others(question) or self.understander.understand(question)
            plan = permitted(understood, question.asker, self.model)
            plan, facts, draft = self._answer_plan(plan, question)
        grounded = self._is_grounded(draft, facts, question)
        seconds = time.perf_counter() - started
        html = str(draft.html)
        return Answer(plan, html, facts, draft.citations, draft.buttons, draft.picture, grounded, seconds)

    def pack(self, plan: Plan) -> str:
        """A plan as JSON text."""
        return packing.pack(plan)

    def unpack(self, packed: str) -> Plan | None:
        """The plan back, None when it no longer fits."""
        return packing.unpack(packed)

    def close(self) -> None:
        """Waits for answers that are being worked on."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _drawn(self, make: Callable[..., Answer], *arguments: object) -> Answer:
        """The answer with its picture drawn, off the event loop; a text stands also without its picture."""
        answer = make(*arguments)
        try:
            if answer.picture is not None:
                len(answer.picture.png)
        except Exception:
            logger.exception("the picture of an answer could not be drawn")
            return replace(answer, picture=None)
        return answer

    def _answer_plan(self, plan: Plan, question: Question) -> tuple[Plan, Facts, Draft]:
        try:
            facts = self.gatherer.gather(plan, question.asker, question.now)
            plan, facts = self._settle(plan, facts, question)
        except SourceError as error:
            logger.warning("source trouble: %s", error)
            trouble = replace(plan, intent="abstain", unclear="trouble", unclear_data={"table": error.table})
            return trouble, Facts(), self.composer.compose(trouble, Facts(), question)
        return plan, facts, self.composer.compose(plan, facts, question)

    def _settle(self, plan: Plan, facts: Facts, question: Question) -> tuple[Plan, Facts]:
        """What the documents don't hold is tried as a number, else it is said not to be known."""
        if plan.intent != "knowledge" or facts.verdict == "answer":
            return plan, facts
        if plan.otherwise is None:
            return replace(plan, intent="abstain"), facts
        other = plan.otherwise
        if other.unclear == "unknown_word" and facts.verdict == "weak":
            return replace(plan, intent="abstain"), facts  # a near passage helps more than a word that is not known
        return other, self.gatherer.gather(other, question.asker, question.now)

    def _others(self, question: Question) -> Plan | None:
        """The tactics asked for before without the cards that were shown; None for every other question."""
        before = question.context[0] if question.context else None
        if not question.text.startswith(OTHERS_COMMAND) or before is None or before.query is None:
            return None
        shown = question.text.removeprefix(OTHERS_COMMAND).split()
        skipped = tuple(dict.fromkeys((*before.skipped, *shown)))
        return replace(before, intent="tactics", advice=False, skipped=skipped)

    def _source(self, question: Question) -> tuple[Plan, Facts, Draft]:
        id = question.text.removeprefix(SOURCE_COMMAND).strip()
        passage = self.shelf.passage(id, audience=audience_of(question.asker))
        language = question.context[0].language if question.context else question.language
        if passage is None:
            plan = Plan("abstain", language, question.text, unclear="passage_gone")
            return plan, Facts(), self.composer.compose(plan, Facts(), question)
        plan = Plan("knowledge", language, question.text, unclear="passage")
        facts = Facts(passages=(passage,), verdict="answer")
        return plan, facts, self.composer.compose(plan, facts, question)

    def _is_grounded(self, draft: Draft, facts: Facts, question: Question) -> bool:
        stray = ungrounded_numbers(draft.html, facts, (*draft.stated, question.text))
        if stray:
            logger.error("answer holds numbers that its facts do not: %s", ", ".join(stray))
        return not stray
