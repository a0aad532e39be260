"""What follows a thumb down, however it was given: the asker says what was missing, and who can mend it is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from telegram import ForceReply

from bot.access import Person, Place, at_least
from bot.services import Documents
from bot.store.answers import AnswerRow
from bot.store.feedback import Prompt, QuotedAnswer
from bot.telegram.delivery import Envelope
from bot.telegram.door import private
from bot.telegram.errors import DeliveryError
from bot.telegram.limiter import Sending
from bot.telegram.services import Services
from knowledge.documents import DocumentInfo

log = logging.getLogger(__name__)

TOLD_PAUSE, TOLD_MOST = timedelta(hours=1), 5  # answers that somebody is told of: a bad day must not become a flood
LONGEST_SHOWN = 160


class Judging:
    """The owner of the cited document is told, once an answer; the admins where no owner can be."""

    def __init__(self, services: Services, documents: Documents) -> None:
        self._services = services
        self._documents = documents

    async def followed_up(
        self, place: Place, message_id: int, row: AnswerRow, quoted: QuotedAnswer, person: Person
    ) -> None:
        """After a thumb down of that person under that message."""
        await self._ask(place, message_id, row, person)
        feedback, now = self._services.store.feedback, self._services.now
        if await feedback.may_tell(row.id, person.id, now, TOLD_PAUSE, TOLD_MOST):
            await feedback.told(row.id, person.id, await self._tell(row, quoted, person))

    async def _ask(self, place: Place, message_id: int, row: AnswerRow, person: Person) -> None:
        """Once a person and answer."""
        feedback = self._services.store.feedback
        if await feedback.is_asked("missing", row.id, person.id):
            return
        force = ForceReply() if place.is_private else None  # in a group it would open for everyone
        envelope = Envelope(place, reply_to=message_id, keyboard=force)
        text = self._services.wording.render(
            "feedback/ask", person.language, name=person.name, is_private=place.is_private
        )
        sent = await self._services.delivery.text(envelope, text)
        await feedback.wait_for(place.chat_id, sent[-1], Prompt(person.id, "missing", row.id), self._services.now)

    async def _tell(self, row: AnswerRow, quoted: QuotedAnswer, person: Person) -> tuple[int, ...]:
        """Whom the word reached."""
        infos = await asyncio.to_thread(self._documents.documents)
        owned = await self._owned(quoted, infos)
        reached = [
            owner
            for owner, titles in owned.items()
            if owner != person.id and await self._reaches(owner, "feedback/owner", row, titles)
        ]
        if reached:
            return tuple(reached)
        titles = tuple(dict.fromkeys(passage.document for passage in quoted.passages))
        others = [admin for admin in self._services.access.admins if admin != person.id]
        return tuple([admin for admin in others if await self._reaches(admin, "feedback/alert", row, titles)])

    async def _owned(self, quoted: QuotedAnswer, infos: Sequence[DocumentInfo]) -> dict[int, list[str]]:
        """Owners who may know of the question, with their documents among those cited."""
        cited = {(passage.file, passage.document) for passage in quoted.passages}
        needs_manager = any(passage.audience == "manager" for passage in quoted.passages)
        found: dict[int, list[str]] = {}
        for info in infos:
            if info.owner and (info.file, info.title) in cited:
                owner = await self._person(info.owner)
                if owner is not None and await self._may_know(owner, needs_manager):
                    found.setdefault(owner, []).append(info.title)
        return found

    async def _person(self, owner: str) -> int | None:
        """Who that is; None for a name under which nobody has written yet."""
        return int(owner) if owner.isdecimal() else await self._services.store.people.named(owner)

    async def _may_know(self, owner: int, needs_manager: bool) -> bool:
        """A document may name anyone: what others asked is told to who was let in at the level of what was cited."""
        asker = await self._services.access.chat_level(owner)
        return asker is not None and (not needs_manager or at_least(asker.role, "manager"))

    async def _reaches(self, whom: int, template: str, row: AnswerRow, titles: Sequence[str]) -> bool:
        envelope, language = Envelope(private(whom), sending=Sending("digest")), self._services.settings.language
        question = row.question[:LONGEST_SHOWN]
        try:
            await self._services.say(envelope, template, language, question=question, documents=tuple(titles))
        except DeliveryError as error:
            log.warning("person %s could not be told of a thumb down: %s", whom, error)
            return False
        return True
