"""What happens to who is not let in: one sentence for them, one message with buttons for the admins."""

from __future__ import annotations

import logging
from typing import Literal

from bot.access import Grant, Person, Place, Refusal
from bot.store.answers import AuditRow
from bot.store.people import RequestRow
from bot.telegram.addressing import text_of
from bot.telegram.delivery import Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.keyboards import decision_keyboard
from bot.telegram.services import Services, Spoken

log = logging.getLogger(__name__)


class Door:
    """Turns away politely, seldom, and with a way in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._names: dict[int, str] = {}  # by which people were last seen; written down only when they change

    async def admit(self, said: Spoken) -> Grant | None:
        """What who wrote may see there; None when they were turned away."""
        decision = await self._services.access.decide(said.place, said.person)
        if isinstance(decision, Refusal):
            await self.refuse(said.envelope, said.person, decision, text_of(said.message))
            return None
        await self._remember_name(said)
        return decision

    async def refuse(self, envelope: Envelope, person: Person, refusal: Refusal, question: str) -> None:
        """Logs the refusal; at most once an hour says how to be let in and asks the admins."""
        await self._log(envelope.place, person, question)
        if refusal.reason == "barred" and not envelope.place.is_private:
            return  # the group knows the bot; a sentence about one member would only expose them
        if not await self._services.access.may_tell(envelope.place):
            return
        await self.ask_admins(envelope.place, person)
        name = "access/unknown_person" if envelope.place.is_private else "access/unknown_chat"
        await self._services.say(
            envelope,
            name,
            person.language,
            user_id=person.id,
            chat_id=envelope.place.chat_id,
            has_admins=bool(self._services.access.admins),
        )

    async def ask_admins(self, place: Place, person: Person) -> None:
        """Puts the request before every admin, unless it already waits."""
        request = await self._services.access.request(place, person)
        if request is not None:
            for admin in self._services.access.admins:
                await self.show_request(admin, request, self._services.settings.language)

    async def show_request(self, admin: int, request: RequestRow, language: Literal["zh", "en"]) -> None:
        """One admin's private message with the buttons; an admin who never wrote to the bot cannot get it."""
        services = self._services
        envelope = Envelope(private(admin), keyboard=decision_keyboard(services.wording, language, request.id))
        try:
            await services.say(
                envelope,
                f"access/request_{request.kind}",
                language,
                name=request.name,
                subject_id=request.subject_id,
                asked_by=request.asked_by,
            )
        except DeliveryError as error:
            log.warning("admin %s could not be asked about request %s: %s", admin, request.id, error)

    async def _remember_name(self, said: Spoken) -> None:
        """Documents name their owners by it, and Telegram tells no bot whose name it is."""
        username = said.message.from_user.username if said.message.from_user is not None else None
        if username and self._names.get(said.person.id) != username:
            await self._services.store.people.goes_by(said.person.id, username)
            self._names[said.person.id] = username

    async def _log(self, place: Place, person: Person, question: str) -> None:
        await self._services.store.answers.log(
            AuditRow(
                at=self._services.now,
                kind="refused",
                user_id=person.id,
                chat_id=place.chat_id,
                role=None,
                question=question,
            )
        )


def private(user_id: int) -> Place:
    """The private chat with a person, which has the person's id."""
    return Place(chat_id=user_id, is_private=True, title="")
