"""An admin's press on a request to be let in."""

from __future__ import annotations

import logging

from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler

from bot.access import Person, Place
from bot.store.people import RequestRow
from bot.telegram.delivery import Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.handlers.buttons import answer_quietly
from bot.telegram.keyboards import DECISION, Decision, granted_role, read_decision, withdraw_keyboard
from bot.telegram.services import Services
from bot.telegram.types import App, Context

log = logging.getLogger(__name__)


class ApprovalHandler:
    """Lets in, declines, takes back; for admins only, wherever the button was pressed."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def register(self, application: App) -> None:
        application.add_handler(CallbackQueryHandler(self.decide, pattern=DECISION))

    async def decide(self, update: Update, context: Context) -> None:
        """Carries out the decision once, marks the admin's message and tells who asked."""
        query = update.callback_query
        found = None if query is None else read_decision(query.data or "")
        if query is None or found is None:
            return
        admin = self._services.person(query.from_user)
        if not self._services.access.is_admin(admin.id):
            await self._answer(query, "access/only_admins", admin)
            return
        request = await self._carry_out(found, admin)
        if request is None:
            await self._answer(query, "access/already_decided", admin)
            return
        await answer_quietly(query)
        await self._mark(query, request, found[1], admin)
        await self._tell(request, found[1])

    async def _carry_out(self, found: tuple[int, Decision], admin: Person) -> RequestRow | None:
        number, decision = found
        role = granted_role(decision)
        if role is not None:
            return await self._services.access.approve(number, role, admin.id)
        if decision == "decline":
            return await self._services.access.decline(number, admin.id)
        return await self._services.access.withdraw(number, admin.id)

    async def _answer(self, query: CallbackQuery, template: str, admin: Person) -> None:
        await answer_quietly(query, self._services.wording.render(template, admin.language), loud=True)

    async def _mark(self, query: CallbackQuery, request: RequestRow, decision: Decision, admin: Person) -> None:
        """The message now says what was decided; an approval can be taken back from it."""
        wording = self._services.wording
        text = wording.render(
            "access/decided", admin.language, name=request.name, kind=request.kind, decision=decision, by=admin.name
        )
        keyboard: InlineKeyboardMarkup | None = None
        if granted_role(decision) is not None:
            keyboard = withdraw_keyboard(wording, admin.language, request.id)
        try:
            await query.edit_message_text(text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
        except TelegramError as error:  # the decision stands, whatever its message looks like
            log.warning("the message of request %s could not be marked: %s", request.id, type(error).__name__)

    async def _tell(self, request: RequestRow, decision: Decision) -> None:
        place = Place(chat_id=request.chat_id, is_private=request.kind == "person", title=request.name)
        try:
            await self._services.say(
                Envelope(place),
                f"access/told_{request.kind}",
                request.language,
                decision=decision,
                username=self._services.me.username,
            )
        except DeliveryError as error:
            log.warning("chat %s could not be told of the decision: %s", request.chat_id, error)
