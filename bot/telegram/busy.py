"""One sentence for a chat that asks faster than it can be answered."""

from __future__ import annotations

import time

from telegram import Update

from bot.access import Refusal
from bot.telegram.delivery import Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.services import Services, spoken

PAUSE_SECONDS = 60.0  # the sentence itself must not become a flood


class Busy:
    """Says "one at a time", seldom."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._said: dict[int, float] = {}

    async def say(self, update: Update) -> None:
        """An alert for a press, at most one message a minute for anything else."""
        query = update.callback_query
        if query is not None:
            person = self._services.person(query.from_user)
            await answer_quietly(query, self._services.wording.render("chat/busy", person.language), loud=True)
            return
        said = spoken(update, self._services)
        if said is None or not self._is_time(said.place.chat_id):
            return
        if isinstance(await self._services.access.decide(said.place, said.person), Refusal):
            return
        try:
            await self._services.say(Envelope(said.place), "chat/busy", said.person.language)
        except DeliveryError:
            return  # nothing was promised

    def _is_time(self, chat_id: int) -> bool:
        now = time.monotonic()
        self._said = {chat: moment for chat, moment in self._said.items() if now - moment < PAUSE_SECONDS}
        return self._said.setdefault(chat_id, now) == now
