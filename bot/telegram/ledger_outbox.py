"""Brings reminders and results of the ledger into their chats, behind everything that somebody asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.access import Place
from bot.due import Mark, Receipt
from bot.tactics.ledger.entry import Entry
from bot.telegram.delivery import Envelope
from bot.telegram.errors import DeliveryError
from bot.telegram.ledger_keyboards import acts_keyboard
from bot.telegram.limiter import Sending
from bot.telegram.outbox import tell_admins_of_unknown
from bot.telegram.services import Services

log = logging.getLogger(__name__)


class TelegramLedgerOutbox:
    """The outbox of the ledger's worker."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def send(self, entry: Entry, html: str, acts: Sequence[str], mark: Mark) -> Receipt:
        """Sent, or why not."""
        place = Place(entry.chat_id, is_private=entry.chat_id > 0, title="", thread_id=entry.thread_id)
        keyboard = acts_keyboard(self._services.wording, entry.language, entry.id, [list(acts)]) if acts else None
        envelope = Envelope(place, keyboard=keyboard, sending=Sending("digest", mark))
        try:
            sent = await self._services.delivery.text(envelope, html)
        except DeliveryError as error:
            log.warning("a message of the ledger for chat %s: %s", entry.chat_id, error)
            return Receipt(error.outcome, reason=error.reason)
        return Receipt("sent", message_id=sent[-1] if sent else None)

    async def report_unknown(self, count: int) -> None:
        """One private message for each admin who can be reached."""
        await tell_admins_of_unknown(self._services, count)
