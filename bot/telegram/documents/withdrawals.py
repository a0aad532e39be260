"""Tells the admins when an accepted card is withdrawn: a suggestion that they counted on must not vanish in silence."""

from __future__ import annotations

import logging

from bot.telegram.delivery import Envelope
from bot.telegram.documents.drafting import Drafting
from bot.telegram.door import private
from bot.telegram.errors import DeliveryError
from bot.telegram.limiter import Sending
from bot.telegram.services import Services

log = logging.getLogger(__name__)


class Withdrawals:
    """Looked for whenever the documents may have changed."""

    def __init__(self, services: Services, drafting: Drafting) -> None:
        self._services = services
        self._drafting = drafting

    async def tell(self) -> None:
        """Each withdrawn card once, to every admin."""
        rows = await self._drafting.withdraw(self._services.now)
        if not rows:
            return
        for admin in self._services.access.admins:
            envelope = Envelope(private(admin), sending=Sending("digest"))
            try:
                await self._services.say(envelope, "drafts/withdrawn", self._services.settings.language, rows=rows)
            except DeliveryError as error:
                log.warning("admin %s could not be told of withdrawn cards: %s", admin, error)
