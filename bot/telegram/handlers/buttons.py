"""A pressed follow-up button: asks what it stands for in the context of its answer."""

from __future__ import annotations

import time
from collections import OrderedDict

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot.access import Person, Place, Refusal
from bot.store.answers import AnswerRow
from bot.telegram.conversation import Conversation, Utterance
from bot.telegram.delivery import Envelope
from bot.telegram.keyboards import ANSWER, read_answer_button
from bot.telegram.processor import key_of
from bot.telegram.services import Services
from bot.telegram.types import App, Context

DOUBLE_PRESS_SECONDS = 5.0  # a second press so soon is the same wish, whoever presses
PRESSES_KEPT = 500


class ButtonHandler:
    """Follow-ups of answers."""

    def __init__(self, services: Services, conversation: Conversation) -> None:
        self._services = services
        self._conversation = conversation
        self._pressed: OrderedDict[tuple[int, int], float] = OrderedDict()

    def register(self, application: App) -> None:
        application.add_handler(CallbackQueryHandler(self.press, pattern=ANSWER))
        application.add_handler(CallbackQueryHandler(self.unknown))

    async def press(self, update: Update, context: Context) -> None:
        """Answers the press at once, so that the button stops waiting, then the question."""
        query = update.callback_query
        found = None if query is None else read_answer_button(query.data or "")
        if query is None or query.message is None or found is None:
            return
        person, place = self._who_and_where(query)
        row = await self._services.store.answers.get(found[0])
        # Clients can send any data: an answer of another chat must stay as unknown as none.
        if row is None or row.chat_id != place.chat_id or found[1] >= len(row.buttons):
            await self._alert(query, "chat/old_button", person)
        elif isinstance(await self._services.access.decide(place, person), Refusal):
            await self._alert(query, "access/alert", person)
        elif self._is_repeated(found):
            await self._alert(query, "chat/already_pressed", person, loud=False)
        else:
            await answer_quietly(query)
            await self._ask(update, query, row, row.buttons[found[1]])
            self._remember(found)

    async def unknown(self, update: Update, context: Context) -> None:
        """Data that no part of this version has put into a button."""
        query = update.callback_query
        if query is not None:
            await self._alert(query, "chat/old_button", self._services.person(query.from_user))

    async def _ask(self, update: Update, query: CallbackQuery, row: AnswerRow, request: str) -> None:
        person, place = self._who_and_where(query)
        reply_to = None if place.is_private or query.message is None else query.message.message_id
        await self._conversation.ask(
            Utterance(request, person, Envelope(place, reply_to=reply_to), key_of(update), continues=row)
        )

    def _who_and_where(self, query: CallbackQuery) -> tuple[Person, Place]:
        message = query.message
        if message is None:
            raise ValueError("a press without a message cannot be placed")
        full = message if isinstance(message, Message) else None  # of old messages only the number is known
        return self._services.person(query.from_user), self._services.place(message.chat, full)

    async def _alert(self, query: CallbackQuery, template: str, person: Person, loud: bool = True) -> None:
        await answer_quietly(query, self._services.wording.render(template, person.language), loud)

    def _is_repeated(self, press: tuple[int, int]) -> bool:
        last = self._pressed.get(press)
        self._remember(press)
        return last is not None and time.monotonic() - last < DOUBLE_PRESS_SECONDS

    def _remember(self, press: tuple[int, int]) -> None:
        self._pressed[press] = time.monotonic()
        self._pressed.move_to_end(press)
        if len(self._pressed) > PRESSES_KEPT:
            self._pressed.popitem(last=False)


async def answer_quietly(query: CallbackQuery, text: str | None = None, loud: bool = False) -> None:
    """Ends the waiting of a button; a press that is too old for Telegram to answer is no error."""
    try:
        await query.answer(text, show_alert=loud)
    except BadRequest as error:
        if "query is too old" not in error.message.lower():
            raise
