"""Keeps data, documents and the chat surface going together until told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.access import Access
from bot.app import Core
from bot.assistant.outlook import Outlook
from bot.services import Clock
from bot.settings import Settings
from bot.store.store import Store
from bot.telegram.surface import TelegramSurface

logger = logging.getLogger(__name__)


@dataclass
class Serving:
    """A running bot over an opened core."""

    core: Core
    store: Store
    access: Access
    surface: TelegramSurface

    @classmethod
    async def start(cls, core: Core, settings: Settings, token: str, clock: Clock) -> Serving:
        """State migrated, Telegram connected, polling. Raises SettingsError, StoreError."""
        store = await Store.open(state_url(settings))
        access = Access(store, settings.telegram.admins, clock)
        surface = TelegramSurface(
            token=token,
            settings=settings,
            assistant=core.assistant,
            access=access,
            store=store,
            wording=core.wording,
            clock=clock,
            documents=core.library,
            pins=core.pins,
            drafts=core.drafts,
            ledger=core.ledger,
            outlook=Outlook(core.analyst),
            reviews=core.reviews,
        )
        try:
            await surface.start()
        except BaseException:
            await store.close()
            raise
        return cls(core, store, access, surface)

    async def stop(self) -> None:
        """Chat surface first, so that nothing new comes in while the rest closes."""
        await self.surface.stop()
        await self.store.close()

    async def keep(self, stopped: asyncio.Event, *more: Awaitable[None]) -> None:
        """Looks for new data and documents until `stopped` is set."""
        settings = self.core.settings
        told = self.surface.documents_changed
        chores = [
            asyncio.ensure_future(repeat(settings.metrics.poll_seconds, self.core.analyst.refresh)),
            asyncio.ensure_future(repeat(settings.knowledge.sync_seconds, self.core.sync, told)),
            *(asyncio.ensure_future(chore) for chore in more),
        ]
        await stopped.wait()
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)


def state_url(settings: Settings) -> str:
    """The state's database: the configured one, else SQLite in the home."""
    configured = settings.database_url.get_secret_value()
    settings.state_file.parent.mkdir(parents=True, exist_ok=True)
    return configured or f"sqlite+aiosqlite:///{settings.state_file}"


def stop_on_signals(stopped: asyncio.Event) -> None:
    """Ctrl-C and a service manager's stop end the loop instead of breaking it."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # a platform without loop signals keeps its default
            loop.add_signal_handler(number, stopped.set)


async def repeat(seconds: float, work: Callable[[], object], then: Callable[[], Awaitable[None]] | None = None) -> None:
    """Runs blocking work in a thread again and again, `then` after it; a failure is logged and tried again."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await asyncio.to_thread(work)
            if then is not None:
                await then()
        except Exception:
            logger.exception("a background chore failed and is tried again in %.0f s", seconds)
