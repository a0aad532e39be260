"""What the chat does with documents, as one thing to hand on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.assistant.verified import PinBoard
from bot.services import Documents
from bot.settings import Settings
from bot.store.store import Store
from bot.tactics.draft_board import DraftBoard
from bot.telegram.documents.desk import Desk
from bot.telegram.documents.drafting import Drafting
from bot.telegram.documents.reading import Reading


@dataclass(frozen=True)
class DocumentRoom:
    """Files on their way, pinned answers, and draft cards."""

    documents: Documents
    desk: Desk
    pins: PinBoard
    drafting: Drafting
    store: Store

    @classmethod
    def furnished(
        cls, settings: Settings, store: Store, documents: Documents, pins: PinBoard, drafts: DraftBoard
    ) -> DocumentRoom:
        """The room over opened documents."""
        desk = Desk(settings, documents, store.uploads, Reading(drafts.vocabulary))
        return cls(documents, desk, pins, Drafting(drafts, store.drafts), store)

    async def begin(self, now: datetime) -> None:
        """Takes up what the last run left of files on their way, the answers that are pinned, and what was decided."""
        await self.desk.tidy(now)
        self.pins.hold(await self.store.pins.served())
        await self.drafting.begin()
