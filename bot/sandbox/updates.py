"""The queue of updates for the bot: numbered, confirmed by offset, awaited by at most one poller."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from itertools import islice

from bot.sandbox.errors import ApiError
from bot.sandbox.wire import Json

# 'all update types except chat_member, message_reaction, and message_reaction_count (default)'
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
)
_MOST_PENDING = 10_000

OTHER_POLLER = ApiError(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)
WEBHOOK_SET = ApiError(409, "Conflict: terminated by setWebhook request")
WEBHOOK_ACTIVE = ApiError(
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
)


class UpdateQueue:
    """Updates that the bot has not confirmed yet, oldest first."""

    def __init__(self, first_id: int = 100_000_001) -> None:
        self._next_id = first_id
        self._pending: deque[Json] = deque(maxlen=_MOST_PENDING)
        self._waiter: asyncio.Future[None] | None = None
        self.allowed: tuple[str, ...] = ()  # empty: the default set

    def __len__(self) -> int:
        return len(self._pending)

    def push(self, kind: str, content: Json) -> None:
        """Queue an update of a kind that the bot asked for; others are not even numbered."""
        if not self.wants(kind):
            return
        self._pending.append({"update_id": self._next_id, kind: content})
        self._next_id += 1
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def allow(self, kinds: Iterable[str]) -> None:
        """'Specify an empty list to receive all update types except …'; kept until the next list. Unknown kinds are
        ignored, as Telegram does."""
        self.allowed = tuple(kind for kind in kinds if kind in KINDS)

    def confirm(self, offset: int) -> None:
        """'An update is considered confirmed as soon as getUpdates is called with an offset higher than its
        update_id'; a negative offset keeps that many from the end, 'all previous updates will be forgotten'."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while offset > 0 and self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()

    def clear(self) -> None:
        self._pending.clear()

    async def poll(self, limit: int, timeout: float) -> list[Json]:  # noqa: ASYNC109 - the Bot API's own parameter
        """Up to `limit` updates, waiting up to `timeout` seconds for the first; whoever waited before is refused."""
        self.interrupt(OTHER_POLLER)
        if not self._pending and timeout > 0:
            await self._wait(timeout)
        return list(islice(self._pending, limit))

    async def _wait(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiter = waiter
        try:
            await asyncio.wait_for(waiter, seconds)
        except TimeoutError:
            pass
        finally:
            if self._waiter is waiter:
                self._waiter = None

    def interrupt(self, reason: ApiError | None) -> None:
        """End the running wait, with a refusal or (None) with what there is."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            if reason is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(ApiError(reason.code, reason.description))
