"""One turn of a conversation: who asks and in which context, the answer, its delivery and its record."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import InlineKeyboardMarkup
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.access import Grant, Person, Place, Refusal
from bot.assistant.types import Answer, Asker, Plan, Question
from bot.store.answers import AnswerRow, AuditRow
from bot.telegram.delivery import Envelope
from bot.telegram.door import Door
from bot.telegram.keyboards import requests_of
from bot.telegram.limiter import Sending
from bot.telegram.marks import marked_keyboard, quoted_of
from bot.telegram.services import Services
from bot.telegram.types import Bot

log = logging.getLogger(__name__)

TURNS_KEPT = 5  # plans that a follow-up may refer to
# A follow-up after a longer break would silently take over a period or category that nobody has in mind.
CONTEXT_HOURS = 6
ANSWER_SECONDS = 90  # no chat waits longer for an answer, whatever the assistant does
TYPING_SECONDS = 4.5  # Telegram shows "typing" for five seconds


@dataclass(frozen=True)
class Utterance:
    """What was said, or what a pressed button stands for."""

    text: str
    person: Person
    envelope: Envelope
    update_key: str
    continues: AnswerRow | None = None  # the answer that was replied to or whose button was pressed


class Conversation:
    """Asks the assistant and gives its answers."""

    def __init__(self, services: Services, door: Door, bot: Bot) -> None:
        self._services = services
        self._door = door
        self.bot = bot

    async def ask(self, utterance: Utterance) -> None:
        """Answers, refuses, or says that it took too long. Raises DeliveryError."""
        services, place = self._services, utterance.envelope.place
        decision = await services.access.decide(place, utterance.person)
        if isinstance(decision, Refusal):
            await self._door.refuse(utterance.envelope, utterance.person, decision, utterance.text)
            return
        if await self._was_begun(utterance.update_key):
            return
        question = Question(utterance.text, decision.asker, services.now, await self._context(utterance))
        async with self.typing(place):
            answer = await self._answer(question, utterance)
        if answer is not None:
            await self.give(
                utterance.envelope, answer, decision.asker, utterance.text, "answered", utterance.update_key
            )

    async def digest_now(self, envelope: Envelope, grant: Grant, request: str, update_key: str) -> None:
        """The digest as an answer to who asked for it. Raises DeliveryError."""
        if await self._was_begun(update_key):
            return
        async with self.typing(envelope.place):
            answer = await self._services.assistant.digest(grant.asker, self._services.now)
        await self.give(envelope, answer, grant.asker, request, "digest", update_key)

    async def give(
        self, envelope: Envelope, answer: Answer, asker: Asker, request: str, kind: str, update_key: str | None = None
    ) -> tuple[int, ...]:
        """Keeps the answer, sends it and remembers which messages hold it. Raises DeliveryError."""
        store = self._services.store
        row = self._row(envelope.place, answer, asker, request)
        await store.answers.log(self._audit(row, answer, asker, kind))
        answer_id = await store.answers.keep(row)
        if update_key is not None:

            async def mark(is_leaving: bool) -> None:
                await store.answers.mark(answer_id, update_key if is_leaving else None)

            envelope = replace(envelope, sending=Sending(mark=mark))
        envelope = replace(envelope, keyboard=await self._keyboard(answer, answer_id, asker))
        if answer.picture is None:
            sent = await self._services.delivery.text(envelope, answer.html)
        else:
            sent = await self._services.delivery.picture(envelope, answer.picture, answer.html)
        await store.answers.sent_as(answer_id, envelope.place.chat_id, sent)
        return sent

    async def _keyboard(self, answer: Answer, answer_id: int, asker: Asker) -> InlineKeyboardMarkup | None:
        """The follow-ups, and the marks of what can be judged and pinned."""
        quoted = quoted_of(answer, answer_id)
        if quoted is not None:
            await self._services.store.feedback.keep_quoted(quoted)
        is_admin = asker.user_id is not None and self._services.access.is_admin(asker.user_id)
        may_pin = is_admin and bool(answer.facts.passages)  # what is pinned already quotes nothing anew
        return marked_keyboard(answer, answer_id, is_quoted=quoted is not None, may_pin=may_pin)

    @asynccontextmanager
    async def typing(self, place: Place) -> AsyncIterator[None]:
        """Shows "typing" until the block ends; the work does not wait for it."""
        shown = asyncio.create_task(self._show_typing(place), name="typing")
        try:
            yield
        finally:
            shown.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await shown

    async def _show_typing(self, place: Place) -> None:
        while True:
            with contextlib.suppress(TelegramError):  # an ornament: its failure is not worth a line
                await self.bot.send_chat_action(
                    place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id or None
                )
            await asyncio.sleep(TYPING_SECONDS)

    async def _was_begun(self, update_key: str) -> bool:
        """It was being sent when the bot stopped; a second answer would be worse than a lost one."""
        return await self._services.store.answers.of_update(update_key) is not None

    async def _answer(self, question: Question, utterance: Utterance) -> Answer | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await self._services.assistant.answer(question)
        except TimeoutError:
            log.error("no answer within %s s", ANSWER_SECONDS)
            await self._services.say(utterance.envelope, "errors/too_slow", utterance.person.language)
            return None

    async def _context(self, utterance: Utterance) -> tuple[Plan, ...]:
        """Plans of earlier turns, newest first; what is replied to or pressed counts as the newest."""
        place, now = utterance.envelope.place, self._services.now
        since = now - timedelta(hours=CONTEXT_HOURS)
        rows = await self._services.store.answers.recent(
            place.chat_id, place.thread_id, utterance.person.id, since, TURNS_KEPT
        )
        first = utterance.continues
        if first is not None:
            rows = (first, *(row for row in rows if row.id != first.id))
        plans = (self._services.assistant.unpack(row.plan) for row in rows[:TURNS_KEPT])
        return tuple(plan for plan in plans if plan is not None)

    def _row(self, place: Place, answer: Answer, asker: Asker, request: str) -> AnswerRow:
        return AnswerRow(
            chat_id=place.chat_id,
            thread_id=place.thread_id,
            asker_id=asker.user_id,
            question=request,
            plan=self._services.assistant.pack(answer.plan),
            at=self._services.now,
            buttons=requests_of(answer),
            citations=tuple((citation.document, citation.section) for citation in answer.citations),
        )

    def _audit(self, row: AnswerRow, answer: Answer, asker: Asker, kind: str) -> AuditRow:
        return AuditRow(
            at=row.at,
            kind=kind,
            user_id=asker.user_id,
            chat_id=row.chat_id,
            role=asker.role,
            question=row.question,
            plan=row.plan,
            documents=tuple(dict.fromkeys(citation.document for citation in answer.citations)),
            sql=tuple(statement for result in answer.facts.results for statement in result.sql),
        )
