"""The assistant on Telegram: puts the surface together, keeps it hearing, and stops it without losing anything."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Literal

from telegram import BotCommand, Update
from telegram.error import TelegramError

from bot.access import Access
from bot.alerts.judging import Judging
from bot.alerts.worker import AlertWorker
from bot.assistant.outlook import Outlook
from bot.assistant.verified import PinBoard
from bot.digests.deliver import DigestWorker
from bot.due import DueWorker
from bot.reviews.desk import ReviewDesk
from bot.services import Assistant, Clock, Documents
from bot.settings import Settings
from bot.store.store import Store
from bot.tactics.draft_board import DraftBoard
from bot.tactics.ledger.ledger import Ledger
from bot.tactics.ledger.room import LedgerRoom
from bot.tactics.ledger.worker import LedgerWorker
from bot.telegram.addressing import Self, is_addressed
from bot.telegram.alert_outbox import TelegramAlertOutbox
from bot.telegram.busy import Busy
from bot.telegram.connection import Connection
from bot.telegram.conversation import Conversation
from bot.telegram.delivery import Delivery
from bot.telegram.documents.room import DocumentRoom
from bot.telegram.documents.withdrawals import Withdrawals
from bot.telegram.door import Door
from bot.telegram.handlers.ledger import LedgerHandler
from bot.telegram.handlers.registry import register_all
from bot.telegram.handlers.watch import WatchHandler
from bot.telegram.health import Health, Patience, Watchdog
from bot.telegram.ledger_outbox import TelegramLedgerOutbox
from bot.telegram.outbox import DigestOutbox
from bot.telegram.processor import ChatProcessor
from bot.telegram.redaction import Redaction
from bot.telegram.services import Services
from prompts.loader import Wording

log = logging.getLogger(__name__)

KEYS_KEPT = timedelta(hours=48)  # Telegram delivers an update again for at most 24 hours
HUSH_SECONDS = 2.0  # for the last poll when the surface stops


class TelegramSurface:
    """Everything between the assistant and its chats."""

    def __init__(
        self,
        *,
        token: str,
        settings: Settings,
        assistant: Assistant,
        access: Access,
        store: Store,
        wording: Wording,
        clock: Clock,
        patience: Patience | None = None,
        documents: Documents | None = None,
        pins: PinBoard | None = None,
        drafts: DraftBoard | None = None,
        ledger: LedgerRoom | None = None,
        reviews: ReviewDesk | None = None,
        outlook: Outlook | None = None,
    ) -> None:
        self._settings = settings
        self._assistant = assistant
        self._access = access
        self._store = store
        self._wording = wording
        self._clock = clock
        self._patience = patience or Patience()
        self._redaction = Redaction(token)
        self._room: DocumentRoom | None = None
        if documents is not None and pins is not None and drafts is not None:
            self._room = DocumentRoom.furnished(settings, store, documents, pins, drafts)
        self._withdrawals: Withdrawals | None = None
        self._adopted = ledger
        self._outlook = outlook
        self._reviews = reviews
        self._me = Self(0, "")
        self._busy: Busy | None = None
        self._processor = ChatProcessor(store.journal, clock, self._is_addressed, self._say_busy)
        self._connection = Connection(token, settings.telegram, self._processor)
        self._watchdog = Watchdog(self._connection.polling, self._patience, self._listen_anew)
        self._connection.when_poll_fails = self._watchdog.note
        self._workers: tuple[DueWorker, ...] = ()
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self) -> None:
        """Connected, commands set, unfinished updates taken up, polling. Raises SettingsError."""
        self._redaction.install()  # first of all: the framework logs addresses from its first line on
        try:
            self._me = await self._connection.open()
            await self._furnish()
            await self._set_commands()
            if self._room is not None:
                await self._room.begin(self._clock.now())
            await self._connection.application.start()
            await self._take_up()
            await self._connection.listen()
        except BaseException:
            await self.stop()
            raise
        self._tasks = (
            asyncio.create_task(self._watchdog.run(), name="watchdog"),
            *(asyncio.create_task(worker.run(), name=worker.kind) for worker in self._workers),
        )

    async def stop(self) -> None:
        """Within 10 seconds: what was not answered stays in the journal for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = ()
        stopping = (worker.stop() for worker in self._workers)
        await asyncio.gather(*stopping, self._connection.stop_listening(HUSH_SECONDS))
        await self._connection.finish(self._patience.stop_seconds)
        await self._connection.close()
        self._redaction.remove()

    async def documents_changed(self) -> None:
        """To be called after the documents were read again: says what accepted cards went, and lets old files go."""
        if self._withdrawals is not None and self._room is not None:
            await self._withdrawals.tell()
            await self._room.desk.expire(self._clock.now())

    def health(self) -> Health:
        """Whether Telegram is heard, and since when not."""
        return self._watchdog.health()

    async def _furnish(self) -> None:
        """Makes the parts that need to know who the bot is."""
        application = self._connection.application
        services = Services(
            settings=self._settings,
            assistant=self._assistant,
            access=self._access,
            store=self._store,
            wording=self._wording,
            clock=self._clock,
            delivery=Delivery(application.bot, self._store),
            me=self._me,
        )
        door = Door(services)
        conversation = Conversation(services, door, application.bot)
        handler, worker = await self._open_ledger(services, door)
        watch, alerts = self._open_watches(services, door, conversation)
        register_all(application, services, door, conversation, self._room, handler, self._reviews, watch)
        if self._room is not None:
            self._withdrawals = Withdrawals(services, self._room.drafting)
        self._busy = Busy(services)
        digests = DigestWorker(
            self._store.digests,
            self._assistant,
            self._access,
            DigestOutbox(services, conversation),
            self._clock,
            self._settings.digest,
        )
        self._workers = tuple(one for one in (digests, worker, alerts) if one is not None)

    def _open_watches(
        self, services: Services, door: Door, conversation: Conversation
    ) -> tuple[WatchHandler | None, AlertWorker | None]:
        """What the chat and the clock do with watch rules; nothing where a surface is made without figures."""
        if self._outlook is None:
            return None, None
        judging, store = Judging(self._outlook, self._wording), self._store
        outbox = TelegramAlertOutbox(services, self._connection.application.bot, store.watches)
        seconds = self._settings.digest.tick_seconds
        worker = AlertWorker(store.watches, store.watches_due, judging, self._access, outbox, self._clock, seconds)
        return WatchHandler(services, door, conversation, judging), worker

    async def _open_ledger(self, services: Services, door: Door) -> tuple[LedgerHandler | None, LedgerWorker | None]:
        """What the chat and the clock do with adopted tactics; nothing where a surface is made without a ledger."""
        if self._adopted is None:
            return None, None
        ledger = Ledger(self._store.ledger, self._adopted.board, self._adopted.measuring)
        await ledger.begin()
        outbox, seconds = TelegramLedgerOutbox(services), self._settings.digest.tick_seconds
        worker = LedgerWorker(ledger, self._store.ledger_due, self._access, outbox, self._wording, self._clock, seconds)
        return LedgerHandler(services, door, ledger, self._adopted.cards), worker

    async def _set_commands(self) -> None:
        """Chinese for everyone, English where the client asks for it; a refusal must not keep the bot from working."""
        bot = self._connection.application.bot
        try:
            await bot.set_my_commands(self._commands("zh"))
            await bot.set_my_commands(self._commands("en"), language_code="en")
        except TelegramError as error:
            log.warning("the list of commands could not be set: %s", type(error).__name__)

    def _commands(self, language: Literal["zh", "en"]) -> list[BotCommand]:
        lines = self._wording.render("chat/commands", language).splitlines()
        pairs = (line.partition(" - ") for line in lines)
        return [BotCommand(name.strip(), description.strip()) for name, _, description in pairs]

    async def _take_up(self) -> None:
        """What the last run received and did not finish comes first."""
        application = self._connection.application
        await self._store.journal.forget(datetime.now(UTC) - KEYS_KEPT)
        for key, payload in await self._store.journal.unfinished():
            update = Update.de_json(json.loads(payload), application.bot)
            self._processor.replay(update, key)
            await application.update_queue.put(update)

    async def _listen_anew(self) -> None:
        await self._connection.stop_listening(self._patience.restart_seconds)
        await self._connection.listen()

    def _is_addressed(self, update: Update) -> bool:
        return is_addressed(update, self._me)

    async def _say_busy(self, update: Update) -> None:
        if self._busy is not None:
            await self._busy.say(update)
