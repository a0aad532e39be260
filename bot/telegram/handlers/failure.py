"""When something breaks: one sentence with a short number in the chat, the rest in the log under that number."""

from __future__ import annotations

import logging
import secrets

from telegram import Update

from bot.telegram.delivery import Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.services import Services
from bot.telegram.types import App, Context

log = logging.getLogger(__name__)


class FailureHandler:
    """The only place that turns exceptions into words."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, application: App) -> None:
        application.add_error_handler(self.failed)

    async def failed(self, update: object, context: Context) -> None:
        """A message that could not be delivered is only logged: another one would not arrive either."""
        error = context.error
        if isinstance(error, DeliveryError):
            log.warning("a message was not delivered: %s", error)
            return
        number = secrets.token_hex(3)
        log.error("incident %s", number, exc_info=error)
        if isinstance(update, Update) and update.effective_chat is not None and update.effective_user is not None:
            await self._say(update, number)

    async def _say(self, update: Update, number: str) -> None:
        if update.effective_chat is None or update.effective_user is None:
            return
        place = self._services.place(update.effective_chat, update.effective_message)
        message = update.message
        reply_to = None if place.is_private or message is None else message.message_id
        person = self._services.person(update.effective_user)
        try:
            await self._services.say(Envelope(place, reply_to), "errors/incident", person.language, number=number)
        except DeliveryError as error:
            log.warning("incident %s could not be told to the chat: %s", number, error)
