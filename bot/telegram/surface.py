"""The assistant on Telegram: builds the application, keeps it hearing, and stops it without losing anything."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

from telegram import BotCommand, Update
from telegram.constants import UpdateType
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from bot.access import Access
from bot.digests.deliver import DigestWorker
from bot.errors import SettingsError
from bot.services import Assistant, Clock
from bot.settings import Settings
from bot.store.store import Store
from bot.telegram.addressing import Self, is_addressed
from bot.telegram.application import build
from bot.telegram.busy import Busy
from bot.telegram.conversation import Conversation
from bot.telegram.delivery import Delivery
from bot.telegram.door import Door
from bot.telegram.errors import never_reached
from bot.telegram.handlers.registry import register_all
from bot.telegram.health import Health, Patience, Watchdog
from bot.telegram.outbox import DigestOutbox
from bot.telegram.polling import StampedRequest
from bot.telegram.processor import ChatProcessor
from bot.telegram.redaction import Redaction
from bot.telegram.services import Services
from bot.telegram.types import App
from prompts.loader import Wording

log = logging.getLogger(__name__)

# Always passed: Telegram remembers the last list, whoever sent it.
HEARD = (UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER)
CONNECT_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # a machine that boots may be faster than its network
KEYS_KEPT = timedelta(hours=48)  # Telegram delivers an update again for at most 24 hours


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
    ) -> None:
        self._settings = settings
        self._store = store
        self._wording = wording
        self._clock = clock
        self._patience = patience or Patience()
        self._redaction = Redaction(token)
        self._polling = StampedRequest(settings.telegram.poll_seconds)
        self._me = Self(0, "")
        self._busy: Busy | None = None
        self._processor = ChatProcessor(store.journal, clock, self._is_addressed, self._say_busy)
        self._token = token
        self._built: App | None = None
        self._parts = (assistant, access)
        self._watchdog = Watchdog(self._polling, self._patience, self._restart_polling)
        self._digests: DigestWorker | None = None
        self._tasks: tuple[asyncio.Task[None], ...] = ()

    async def start(self) -> None:
        """Connected, commands set, unfinished updates taken up, polling. Raises SettingsError."""
        # Without it the framework warns about its own 429 error type; seconds_of reads both forms.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._redaction.install()  # before the framework is built: it logs addresses from its first line on
        self._built = build(self._token, self._settings.telegram.api_base_url, self._polling, self._processor)
        try:
            await self._connect()
            self._furnish()
            await self._set_commands()
            await self._application.start()
            await self._take_up()
            await self._start_polling()
        except BaseException:
            await self.stop()
            raise
        self._tasks = (
            asyncio.create_task(self._watchdog.run(), name="watchdog"),
            asyncio.create_task(self._worker.run(), name="digests"),
        )

    async def stop(self) -> None:
        """Within 10 seconds: what was not answered stays in the journal for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = ()
        worker = asyncio.sleep(0) if self._digests is None else self._digests.stop()
        await asyncio.gather(worker, self._stop_polling(2.0))
        if self._built is not None:
            await self._stop_answering()
            await self._disconnect()
        self._redaction.remove()

    def health(self) -> Health:
        """Whether Telegram is heard, and since when not."""
        return self._watchdog.health()

    @property
    def _worker(self) -> DigestWorker:
        if self._digests is None:
            raise RuntimeError("the surface was not started")
        return self._digests

    @property
    def _application(self) -> App:
        if self._built is None:
            raise RuntimeError("the surface was not started")
        return self._built

    async def _disconnect(self) -> None:
        with suppress(TimeoutError, TelegramError):
            await asyncio.wait_for(self._application.shutdown(), 1.0)
        # After a start that failed half-way the framework leaves its connections open.
        await asyncio.gather(self._polling.shutdown(), self._application.bot.request.shutdown())

    async def _connect(self) -> None:
        address = self._settings.telegram.api_base_url
        for pause in (*CONNECT_PAUSES, None):
            try:
                await self._application.initialize()
                break
            except InvalidToken:
                raise SettingsError(
                    f"{address} does not accept TELEGRAM_TOKEN; copy it again from @BotFather (/mybots, API Token)"
                ) from None
            except NetworkError as error:
                if pause is None or not never_reached(error):
                    raise SettingsError(
                        f"{address} cannot be reached ({type(error).__name__}); check the network and "
                        "telegram.api_base_url"
                    ) from None
                log.warning("%s cannot be reached, next attempt in %.0f s", address, pause)
                await asyncio.sleep(pause)
        bot = self._application.bot
        self._me = Self(bot.id, bot.username)

    def _furnish(self) -> None:
        """Makes the parts that need to know who the bot is."""
        assistant, access = self._parts
        bot = self._application.bot
        services = Services(
            settings=self._settings,
            assistant=assistant,
            access=access,
            store=self._store,
            wording=self._wording,
            clock=self._clock,
            delivery=Delivery(bot, self._store),
            me=self._me,
        )
        door = Door(services)
        conversation = Conversation(services, door, bot)
        register_all(self._application, services, door, conversation)
        self._busy = Busy(services)
        outbox = DigestOutbox(services, conversation)
        self._digests = DigestWorker(self._store.digests, assistant, access, outbox, self._clock, self._settings.digest)

    async def _set_commands(self) -> None:
        """Chinese for everyone, English where the client asks for it; a refusal must not keep the bot from working."""
        bot = self._application.bot
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
        await self._store.journal.forget(datetime.now(UTC) - KEYS_KEPT)
        for key, payload in await self._store.journal.unfinished():
            update = Update.de_json(json.loads(payload), self._application.bot)
            self._processor.replay(update, key)
            await self._application.update_queue.put(update)

    async def _start_polling(self) -> None:
        if self._application.updater is None:
            raise RuntimeError("the application was built without an updater")
        await self._application.updater.start_polling(
            timeout=self._settings.telegram.poll_seconds,
            allowed_updates=list(HEARD),
            bootstrap_retries=3,
            error_callback=self._poll_failed,
        )

    async def _stop_polling(self, seconds: float) -> None:
        updater = self._built.updater if self._built is not None else None
        if updater is not None and updater.running:
            with suppress(TimeoutError, TelegramError, RuntimeError):
                await asyncio.wait_for(updater.stop(), seconds)

    async def _restart_polling(self) -> None:
        await self._stop_polling(self._patience.restart_seconds)
        await self._start_polling()

    async def _stop_answering(self) -> None:
        if not self._application.running:
            return
        stopping = asyncio.create_task(self._application.stop(), name="application stop")
        await asyncio.wait({stopping}, timeout=self._patience.stop_seconds)
        if not stopping.done():
            self._processor.abandon()
            await asyncio.wait({stopping}, timeout=1.0)
        stopping.cancel()

    def _poll_failed(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            self._watchdog.problem = "another program polls with the same token; stop it, one bot has one poller"
        else:
            self._watchdog.problem = f"getUpdates failed: {type(error).__name__}"
        log.warning("%s", self._watchdog.problem)

    def _is_addressed(self, update: Update) -> bool:
        return is_addressed(update, self._me)

    async def _say_busy(self, update: Update) -> None:
        if self._busy is not None:
            await self._busy.say(update)
