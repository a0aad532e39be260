"""Replies to a question of the bot: taken before they could be read as questions to it."""

from __future__ import annotations

from telegram import Update
from telegram.ext import ApplicationHandlerStop, MessageHandler, filters

from bot.access import Refusal
from bot.telegram.handlers.drafts import DraftHandler
from bot.telegram.handlers.feedback import FeedbackHandler
from bot.telegram.handlers.pins import PinHandler
from bot.telegram.services import Services, spoken
from bot.telegram.types import App, Context

BEFORE_ALL = -1


class ReplyHandler:
    """Hands a reply to whoever asked for it; every other reply goes on as a question."""

    def __init__(self, services: Services, feedback: FeedbackHandler, pins: PinHandler, drafts: DraftHandler) -> None:
        self._services = services
        self._feedback = feedback
        self._pins = pins
        self._drafts = drafts

    def register(self, application: App) -> None:
        wanted = filters.REPLY & filters.TEXT & ~filters.COMMAND
        application.add_handler(MessageHandler(wanted, self.reply), group=BEFORE_ALL)

    async def reply(self, update: Update, context: Context) -> None:
        """Ends the way of an update that was waited for."""
        said = spoken(update, self._services)
        if said is None or said.message.reply_to_message is None:
            return
        asked = said.message.reply_to_message.message_id
        prompt = await self._services.store.feedback.prompt(said.place.chat_id, asked, said.person.id)
        if prompt is None or isinstance(await self._services.access.decide(said.place, said.person), Refusal):
            return
        if prompt.kind == "missing":
            await self._feedback.hear(said, prompt.subject)
        elif prompt.kind == "draft":
            await self._drafts.hear(said, prompt.subject)
        else:
            await self._pins.hear(said, prompt.kind, prompt.subject)
        raise ApplicationHandlerStop
