"""The line to Telegram: connects, polls, stops polling, and closes, each within bounds."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress

from telegram.constants import UpdateType
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from bot.errors import SettingsError
from bot.settings import TelegramSettings
from bot.telegram.addressing import Self
from bot.telegram.application import build
from bot.telegram.errors import never_reached
from bot.telegram.polling import StampedRequest
from bot.telegram.processor import ChatProcessor
from bot.telegram.types import App

log = logging.getLogger(__name__)

# Always passed: Telegram remembers the last list, whoever sent it.
HEARD = (UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER, UpdateType.MESSAGE_REACTION)
CONNECT_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)  # a machine that boots may be faster than its network
CLOSE_SECONDS = 1.0


class Connection:
    """One bot, one poller."""

    def __init__(self, token: str, settings: TelegramSettings, processor: ChatProcessor) -> None:
        self._token = token
        self._settings = settings
        self._processor = processor
        self._application: App | None = None
        self.polling = StampedRequest(settings.poll_seconds)
        self.when_poll_fails: Callable[[str], None] = log.warning

    @property
    def application(self) -> App:
        """Raises RuntimeError before `open`."""
        if self._application is None:
            raise RuntimeError("the connection was not opened")
        return self._application

    async def open(self) -> Self:
        """Who the bot is, according to Telegram. Raises SettingsError."""
        # Without it the framework warns about its own 429 error type; the limiter reads both forms.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._application = build(self._token, self._settings.api_base_url, self.polling, self._processor)
        for pause in CONNECT_PAUSES:
            if await self._initialized(is_last=False):
                break
            log.warning("%s cannot be reached, next attempt in %.0f s", self._settings.api_base_url, pause)
            await asyncio.sleep(pause)
        else:
            await self._initialized(is_last=True)
        bot = self.application.bot
        return Self(bot.id, bot.username)

    async def listen(self) -> None:
        """Polls until told otherwise."""
        if self.application.updater is None:
            raise RuntimeError("the application was built without an updater")
        await self.application.updater.start_polling(
            timeout=self._settings.poll_seconds,
            allowed_updates=list(HEARD),
            bootstrap_retries=3,
            error_callback=self._poll_failed,
        )

    async def stop_listening(self, seconds: float) -> None:
        """No more updates; what was received is confirmed if Telegram answers in time."""
        updater = None if self._application is None else self._application.updater
        if updater is not None and updater.running:
            with suppress(TimeoutError, TelegramError, RuntimeError):
                await asyncio.wait_for(updater.stop(), seconds)

    async def finish(self, seconds: float) -> None:
        """Lets running answers end; what takes longer is cut off and stays in the journal."""
        if self._application is None or not self._application.running:
            return
        stopping = asyncio.create_task(self._application.stop(), name="application stop")
        await asyncio.wait({stopping}, timeout=seconds)
        if not stopping.done():
            self._processor.abandon()
            await asyncio.wait({stopping}, timeout=CLOSE_SECONDS)
        stopping.cancel()

    async def close(self) -> None:
        """Closes every connection, also after an `open` that failed half-way."""
        if self._application is None:
            return
        with suppress(TimeoutError, TelegramError):
            await asyncio.wait_for(self._application.shutdown(), CLOSE_SECONDS)
        await asyncio.gather(self.polling.shutdown(), self._application.bot.request.shutdown())

    async def _initialized(self, is_last: bool) -> bool:
        """False when the server was not reached and another attempt makes sense."""
        address = self._settings.api_base_url
        try:
            await self.application.initialize()
        except InvalidToken:
            raise SettingsError(
                f"{address} does not accept TELEGRAM_TOKEN; copy it again from @BotFather (/mybots, API Token)"
            ) from None
        except NetworkError as error:
            if is_last or not never_reached(error):
                raise SettingsError(
                    f"{address} cannot be reached ({type(error).__name__}); check the network and telegram.api_base_url"
                ) from None
            return False
        return True

    def _poll_failed(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            self.when_poll_fails("another program polls with the same token; stop it, one bot has one poller")
        else:
            self.when_poll_fails(f"getUpdates failed: {type(error).__name__}")
