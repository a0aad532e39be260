"""Brings reports of watch rules into their chats, behind everything that somebody asked for."""

from __future__ import annotations

import logging
import re

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.access import Place
from bot.due import Mark, Receipt
from bot.store.watches import Watches, WatchRow
from bot.telegram.delivery import NO_PREVIEW, Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.limiter import Sending
from bot.telegram.outbox import tell_admins_of_unknown
from bot.telegram.services import Services
from bot.telegram.types import Bot
from metrics.model import Language
from prompts.loader import Wording

log = logging.getLogger(__name__)

PRESS = re.compile(r"^w:(?P<act>why|seen|later|off):(?P<rule>\d{1,18})$")
ACTS = {"rule": ("why", "seen", "later"), "anomalies": ("off",)}


def report_keyboard(row: WatchRow, wording: Wording) -> InlineKeyboardMarkup:
    """The buttons of a report; each carries the number of its rule."""
    language: Language = "zh" if row.language == "zh" else "en"
    acts = [act for act in ACTS[row.kind] if act != "seen" or not row.seen_by]
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(wording.text(f"alerts/{act}", language), callback_data=f"w:{act}:{row.id}")
                for act in acts
            ]
        ]
    )


class TelegramAlertOutbox:
    """The outbox of the rules' worker."""

    def __init__(self, services: Services, bot: Bot, watches: Watches) -> None:
        self._services = services
        self._bot = bot
        self._watches = watches

    async def send(self, row: WatchRow, html: str, mark: Mark) -> Receipt:
        """Sent, or why not."""
        place = Place(row.chat_id, is_private=row.chat_id > 0, title="", thread_id=row.thread_id)
        keyboard = report_keyboard(row, self._services.wording)
        try:
            sent = await self._services.delivery.text(
                Envelope(place, keyboard=keyboard, sending=Sending("digest", mark)), html
            )
        except DeliveryError as error:
            log.warning("a report for chat %s: %s", row.chat_id, error)
            return Receipt(error.outcome, reason=error.reason)
        await self._watches.change(row.id, message_id=sent[-1] if sent else None)
        return Receipt("sent", message_id=sent[-1] if sent else None)

    async def edit(self, row: WatchRow, html: str) -> None:
        """The open report with what is known now."""
        try:
            await self._bot.edit_message_text(
                html,
                chat_id=row.chat_id,
                message_id=row.message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=report_keyboard(row, self._services.wording),
                link_preview_options=NO_PREVIEW,
                rate_limit_args=Sending("digest"),
            )
        except TelegramError as error:
            log.info("report of rule %d could not be changed: %s", row.id, error.message)

    async def report_unknown(self, count: int) -> None:
        """One private message for each admin who can be reached."""
        await tell_admins_of_unknown(self._services, count)
