"""Brings digests into their chats, behind everything that somebody asked for."""

from __future__ import annotations

import logging

from bot.access import Place
from bot.assistant.types import Answer, Asker
from bot.due import Mark, Receipt
from bot.store.digests import Subscription
from bot.telegram.conversation import Conversation
from bot.telegram.delivery import Envelope
from bot.telegram.door import private
from bot.telegram.errors import DeliveryError
from bot.telegram.limiter import Sending
from bot.telegram.services import Services

log = logging.getLogger(__name__)


class DigestOutbox:
    """The Outbox of the digest worker."""

    def __init__(self, services: Services, conversation: Conversation) -> None:
        self._services = services
        self._conversation = conversation

    async def send(self, subscription: Subscription, asker: Asker, answer: Answer, mark: Mark) -> Receipt:
        """Sent, or why not."""
        place = Place(
            chat_id=subscription.chat_id,
            is_private=subscription.chat_id > 0,
            title="",
            thread_id=subscription.thread_id,
        )
        envelope = Envelope(place, sending=Sending("digest", mark))
        try:
            sent = await self._conversation.give(envelope, answer, asker, "/digest", "digest")
        except DeliveryError as error:
            log.warning("the digest for chat %s: %s", subscription.chat_id, error)
            return Receipt(error.outcome, reason=error.reason)
        return Receipt("sent", message_id=sent[-1] if sent else None)

    async def report_unknown(self, count: int) -> None:
        """One private message for each admin who can be reached."""
        await tell_admins_of_unknown(self._services, count)


async def tell_admins_of_unknown(services: Services, count: int) -> None:
    """That so many messages may or may not have arrived."""
    for admin in services.access.admins:
        envelope = Envelope(private(admin), sending=Sending(priority="digest"))
        try:
            await services.say(envelope, "digest_settings/unknown", services.settings.language, count=count)
        except DeliveryError as error:
            log.warning("admin %s could not be told of unknown messages: %s", admin, error)
