"""Updates in order within a chat and side by side between chats; each is journaled before it is handled."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

from bot.services import Clock
from bot.store.journal import Journal
from bot.telegram.addressing import place_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 256  # a waiting update holds a slot, so this is chats × waiting, not work
MOST_WAITING = 10  # per chat or topic, behind the one that is being answered
LaneKey = tuple[int, int]


class ChatProcessor(BaseUpdateProcessor):
    """First in, first out per chat and topic; a slow chat holds up itself only."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        is_wanted: Callable[[Update], bool],
        when_full: Callable[[Update], Awaitable[None]],
    ) -> None:
        super().__init__(MOST_AT_ONCE)
        self._journal = journal
        self._clock = clock
        self._is_wanted = is_wanted
        self._when_full = when_full
        self._lanes: dict[LaneKey, deque[asyncio.Event]] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._replayed: dict[int, tuple[Update, str]] = {}

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    def replay(self, update: Update, key: str) -> None:
        """Lets an unfinished update of the last run through, though its key is known."""
        self._replayed[id(update)] = (update, key)  # the update is held, so that its id stays its own

    def abandon(self) -> None:
        """Cancels what still runs; it stays unfinished in the journal and goes on after the next start."""
        for task in self._tasks:
            task.cancel()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Handles one update in its turn; what is not meant for the bot passes without a trace."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            if isinstance(update, Update) and self._is_wanted(update):
                await self._in_turn(update, coroutine)
        finally:
            with suppress(RuntimeError):  # a coroutine that never ran must be closed; a finished one ignores it
                coroutine.close()  # type: ignore[attr-defined]  # the framework promises only Awaitable

    async def _in_turn(self, update: Update, coroutine: Awaitable[Any]) -> None:
        lane = self._lanes.setdefault(lane_of(update), deque())
        if len(lane) > MOST_WAITING and (update.message is not None or update.callback_query is not None):
            await self._when_full(update)
            return
        turn = asyncio.Event()
        lane.append(turn)  # before anything is awaited, so that the order of arrival is the order of answers
        if lane[0] is turn:
            turn.set()
        try:
            await self._once(update, coroutine, turn)
        finally:
            self._leave(lane_of(update), lane, turn)

    async def _once(self, update: Update, coroutine: Awaitable[Any], turn: asyncio.Event) -> None:
        replayed = self._replayed.pop(id(update), None)
        key = replayed[1] if replayed is not None else key_of(update)
        if replayed is None and not await self._journal.accept(key, update.to_json(), self._clock.now()):
            log.info("update %s came again and is ignored", update.update_id)
            return
        await turn.wait()
        await coroutine
        await self._journal.finish(key)

    def _leave(self, key: LaneKey, lane: deque[asyncio.Event], turn: asyncio.Event) -> None:
        lane.remove(turn)
        if lane:
            lane[0].set()
        elif self._lanes.get(key) is lane:
            del self._lanes[key]


def lane_of(update: Update) -> LaneKey:
    """Chat and topic; updates without a chat share one lane."""
    chat = update.effective_chat
    if chat is None:
        return (0, 0)
    message = update.effective_message
    return (chat.id, place_of(chat, message).thread_id)


def key_of(update: Update) -> str:
    """The same whenever this update is delivered.

    The number alone would not do: Telegram starts a new random row of numbers after a quiet week, and a local
    server after each start.
    """
    content = json.dumps(update.to_dict(), sort_keys=True, ensure_ascii=False, default=str)
    return f"{update.update_id}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"
