"""A thumb that somebody sets as a reaction on an answer from documents: the same as the button under it."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update
from telegram.ext import MessageReactionHandler

from bot.access import Refusal
from bot.telegram.documents.judging import Judging
from bot.telegram.reactions import verdict_of
from bot.telegram.services import Services
from bot.telegram.types import App, Context


class ReactionHandler:
    """In a group Telegram tells of reactions only while the bot is an administrator; the buttons work without."""

    def __init__(self, services: Services, judging: Judging) -> None:
        self._services = services
        self._judging = judging

    def register(self, application: App) -> None:
        kinds = MessageReactionHandler.MESSAGE_REACTION_UPDATED
        application.add_handler(MessageReactionHandler(self.react, message_reaction_types=kinds))

    async def react(self, update: Update, context: Context) -> None:
        """Silent where a button would explain itself: nobody asked the bot anything."""
        reaction = update.message_reaction
        if reaction is None or reaction.user is None:
            return
        person, place = self._services.person(reaction.user), self._services.place(reaction.chat, None)
        row = await self._services.store.answers.of_message(place.chat_id, reaction.message_id)
        quoted = None if row is None else await self._services.store.feedback.quoted(row.id)
        if row is None or quoted is None or isinstance(await self._services.access.decide(place, person), Refusal):
            return
        place = replace(place, thread_id=row.thread_id)  # a reaction does not say in which topic
        verdict = verdict_of(reaction.new_reaction)
        is_new = await self._services.store.feedback.settle(row.id, person.id, verdict, self._services.now)
        if is_new and verdict == "down":
            await self._judging.followed_up(place, reaction.message_id, row, quoted, person)
