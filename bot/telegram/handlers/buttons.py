"""A pressed follow-up button: asks what it stands for in the context of its answer."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from telegram import CallbackQuery, Update
from telegram.error import BadRequest
from telegram.ext import CallbackQueryHandler

from bot.access import Grant, Person, Place, Refusal
from bot.store.answers import AnswerRow
from bot.tactics.ledger.ledger import Hand
from bot.telegram.conversation import Conversation, Utterance
from bot.telegram.delivery import Envelope
from bot.telegram.keyboards import ANSWER, read_answer_button
from bot.telegram.processor import key_of
from bot.telegram.services import Pressed, Services, pressed
from bot.telegram.types import App, Context

DOUBLE_PRESS_SECONDS = 5.0  # a second press so soon is the same wish, whoever presses
PRESSES_KEPT = 500
ADOPT, WATCH = "/adopt ", "/watch "


@dataclass(frozen=True)
class Hands:
    """Who acts, where, and what that person may."""

    person: Person
    place: Place
    grant: Grant

    def at(self, now: datetime) -> Hand:
        """For the history."""
        return Hand(self.person.id, self.person.name, now)


class Adoptions(Protocol):
    """What begins the adoption of a tactic."""

    async def propose(self, request: str, hands: Hands, envelope: Envelope) -> str:
        """The name of the template that says why not, "" when it has begun."""
        ...


class Rules(Protocol):
    """What keeps watch rules."""

    async def decide(self, request: str, hands: Hands, envelope: Envelope) -> str:
        """The name of the template that says what became of it."""
        ...


class ButtonHandler:
    """Follow-ups of answers."""

    def __init__(
        self,
        services: Services,
        conversation: Conversation,
        adoptions: Adoptions | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._services = services
        self._rules = rules
        self._adoptions = adoptions
        self._conversation = conversation
        self._pressed: OrderedDict[tuple[int, int], float] = OrderedDict()

    def register(self, application: App) -> None:
        application.add_handler(CallbackQueryHandler(self.press, pattern=ANSWER))
        application.add_handler(CallbackQueryHandler(self.unknown))

    async def press(self, update: Update, context: Context) -> None:
        """Answers the press at once, so that the button stops waiting, then the question."""
        press = pressed(update, self._services)
        found = None if press is None else read_answer_button(press.data)
        if press is None or found is None:
            return
        query, person, place = press.query, press.person, press.place
        row = await self._services.store.answers.get(found[0])
        # Clients can send any data: an answer of another chat must stay as unknown as none.
        if row is None or row.chat_id != place.chat_id or found[1] >= len(row.buttons):
            await self._alert(query, "chat/old_button", person)
        elif isinstance(grant := await self._services.access.decide(place, person), Refusal):
            await self._alert(query, "access/alert", person)
        elif self._is_repeated(found):
            await self._alert(query, "chat/already_pressed", person, loud=False)
        elif self._adoptions is not None and row.buttons[found[1]].startswith(ADOPT):
            await self._adopt(self._adoptions, press, grant, row.buttons[found[1]])
        elif self._rules is not None and row.buttons[found[1]].startswith(WATCH):
            await self._decide(self._rules, press, grant, row.buttons[found[1]])
        else:
            await answer_quietly(query)
            await self._ask(update, press, row, row.buttons[found[1]])
            self._remember(found)

    async def unknown(self, update: Update, context: Context) -> None:
        """Data that no part of this version has put into a button."""
        query = update.callback_query
        if query is not None:
            await self._alert(query, "chat/old_button", self._services.person(query.from_user))

    async def _ask(self, update: Update, press: Pressed, row: AnswerRow, request: str) -> None:
        envelope = Envelope(press.place, reply_to=None if press.place.is_private else press.message_id)
        await self._conversation.ask(Utterance(request, press.person, envelope, key_of(update), continues=row))

    async def _adopt(self, adoptions: Adoptions, press: Pressed, grant: Grant, request: str) -> None:
        """A press that begins something instead of asking something."""
        envelope = Envelope(press.place, reply_to=None if press.place.is_private else press.message_id)
        objection = await adoptions.propose(request, Hands(press.person, press.place, grant), envelope)
        if objection:
            await self._alert(press.query, f"ledger/{objection}", press.person)
        else:
            await answer_quietly(press.query)

    async def _decide(self, rules: Rules, press: Pressed, grant: Grant, request: str) -> None:
        """A watch rule is saved or let go; what became of it is said where everybody reads it."""
        envelope = Envelope(press.place, reply_to=None if press.place.is_private else press.message_id)
        said = await rules.decide(request, Hands(press.person, press.place, grant), envelope)
        if said == "saved":
            await answer_quietly(press.query)
            await self._services.say(envelope, "alerts/saved", press.person.language)
        else:
            await self._alert(press.query, f"alerts/{said}", press.person)

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
