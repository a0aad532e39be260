"""What a handler may use; made once by the surface and handed to every handler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from telegram import CallbackQuery, Chat, Message, Update, User

from bot.access import Access, Person, Place
from bot.services import Assistant, Clock
from bot.settings import Settings
from bot.store.store import Store
from bot.telegram.addressing import Self, person_of, place_of
from bot.telegram.delivery import Delivery, Envelope
from prompts.loader import Wording


@dataclass(frozen=True)
class Services:
    """The parts that handlers work with."""

    settings: Settings
    assistant: Assistant
    access: Access
    store: Store
    wording: Wording
    clock: Clock
    delivery: Delivery
    me: Self

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def person(self, user: User) -> Person:
        """Who wrote, with the language of what answers no question."""
        return person_of(user, self.settings.language)

    def place(self, chat: Chat, message: Message | None) -> Place:
        """Where it was written."""
        return place_of(chat, message)

    async def say(self, envelope: Envelope, name: str, language: Literal["zh", "en"], /, **values: object) -> None:
        """Sends one template. Raises DeliveryError."""
        await self.delivery.text(envelope, self.wording.render(name, language, **values))


@dataclass(frozen=True)
class Spoken:
    """A message that some person sent somewhere."""

    message: Message
    person: Person
    place: Place

    @property
    def envelope(self) -> Envelope:
        """For the reply: under the message in a group, plainly in a private chat."""
        return Envelope(self.place, reply_to=None if self.place.is_private else self.message.message_id)


def spoken(update: Update, services: Services) -> Spoken | None:
    """The update as a new message of a person; None for anything else, such as an edit."""
    message = update.message
    if message is None or message.from_user is None:
        return None
    return Spoken(message, services.person(message.from_user), services.place(message.chat, message))


@dataclass(frozen=True)
class Pressed:
    """A button that some person pressed under a message of the bot."""

    query: CallbackQuery
    message_id: int
    person: Person
    place: Place

    @property
    def data(self) -> str:
        """What the button carried; clients can send anything."""
        return self.query.data or ""


def pressed(update: Update, services: Services) -> Pressed | None:
    """The update as a press; None for anything else, and for a press whose message is not named."""
    query = update.callback_query
    if query is None or query.message is None:
        return None
    full = query.message if isinstance(query.message, Message) else None  # of old messages only the number is known
    place = services.place(query.message.chat, full)
    return Pressed(query, query.message.message_id, services.person(query.from_user), place)
