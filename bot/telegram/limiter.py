"""Keeps every call within Telegram's limits, chat by chat, so that one flooded chat holds up no other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.telegram.windows import Window

log = logging.getLogger(__name__)

Result = bool | dict[str, Any] | list[dict[str, Any]]
# Telegram: "avoid sending more than one message per second" to a chat, 20 messages a minute to a group,
# about 30 a second in all (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
PRIVATE = (1, 1.0)
GROUP = (20, 60.0)
OVERALL = (30, 1.0)
MARGIN_SECONDS = 0.5  # added to what a 429 asks for: its seconds are whole and rounded
MOST_RETRIES = 3
LONGEST_PAUSE_SECONDS = 120.0  # a longer one is handed to the caller, who knows whether it is worth the wait
COUNTED_PREFIXES = ("send", "edit", "copy", "forward", "stopPoll")
UNCOUNTED = ("sendChatAction",)  # shows nothing that stays; held back only while the chat is paused


@dataclass(frozen=True)
class Sending:
    """What a caller may say about a call."""

    priority: Literal["interactive", "digest"] = "interactive"
    # Awaited with True right before each attempt, and with False when a 429 says that it certainly did not arrive;
    # what it raises keeps the call from being made.
    mark: Callable[[bool], Awaitable[None]] | None = field(default=None, compare=False)


class ChatLimiter(BaseRateLimiter[Sending]):
    """One sliding window per chat and one for all; only the chat that got a 429 pauses."""

    def __init__(self, private: tuple[int, float] = PRIVATE, group: tuple[int, float] = GROUP) -> None:
        self._private = private
        self._group = group
        self._overall = Window(*OVERALL)
        self._chats: dict[str, Window] = {}
        self._newest_edit: dict[tuple[str, ...], object] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close; who waits is cancelled with its task."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Result]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Sending | None,
    ) -> Result:
        """The call's result once it was its turn; True for an edit that a newer one made needless."""

        async def call() -> Result:
            return await callback(*args, **kwargs)

        chat = data.get("chat_id")
        if chat is None or not endpoint.startswith(COUNTED_PREFIXES):
            return await call()  # e.g. answerCallbackQuery, getMe: not under the sending limits
        window = self._window(str(chat))
        if endpoint in UNCOUNTED:
            return True if window.is_paused else await call()
        return await self._in_turn(call, window, endpoint, data, rate_limit_args or Sending())

    async def _in_turn(
        self,
        call: Callable[[], Coroutine[Any, Any, Result]],
        window: Window,
        endpoint: str,
        data: dict[str, Any],
        sending: Sending,
    ) -> Result:
        priority = 0 if sending.priority == "interactive" else 1
        weight = len(data["media"]) if endpoint == "sendMediaGroup" else 1
        edit, mark = _edited(endpoint, data), object()
        if edit is not None:
            self._newest_edit[edit] = mark
        try:
            # The turn is held through a pause: what waits behind must not overtake, or the order would break.
            async with window.turn(weight, priority):
                for attempt in range(MOST_RETRIES + 1):
                    if edit is not None and self._newest_edit.get(edit) is not mark:
                        return True
                    await self._overall.pass_through(weight, priority)
                    try:
                        return await _marked(call, sending)
                    except RetryAfter as error:
                        await self._rest_or_raise(window, error, attempt)
        finally:
            if edit is not None and self._newest_edit.get(edit) is mark:
                del self._newest_edit[edit]
        raise AssertionError("the last attempt returns or raises")

    async def _rest_or_raise(self, window: Window, error: RetryAfter, attempt: int) -> None:
        wait = seconds_of(error)
        window.pause(wait + MARGIN_SECONDS)
        if attempt == MOST_RETRIES or wait > LONGEST_PAUSE_SECONDS:
            raise error
        log.info("a chat is asked to wait %.0f s", wait)
        await asyncio.sleep(wait + MARGIN_SECONDS)

    def _window(self, chat: str) -> Window:
        if chat not in self._chats:
            if len(self._chats) >= 1000:  # forget chats in which nothing counts any more
                self._chats = {key: window for key, window in self._chats.items() if not window.is_idle}
            is_group = chat.startswith(("-", "@"))
            self._chats[chat] = Window(*(self._group if is_group else self._private))
        return self._chats[chat]


async def _marked(call: Callable[[], Coroutine[Any, Any, Result]], sending: Sending) -> Result:
    if sending.mark is None:
        return await call()
    await sending.mark(True)
    try:
        return await call()
    except RetryAfter:
        await sending.mark(False)
        raise


def seconds_of(error: RetryAfter) -> float:
    """How long a 429 asks to wait."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _edited(endpoint: str, data: dict[str, Any]) -> tuple[str, ...] | None:
    if not endpoint.startswith("edit") or "message_id" not in data:
        return None
    return (endpoint, str(data["chat_id"]), str(data["message_id"]))
