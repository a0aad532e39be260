"""Delivers due digests: each once, late ones within bounds, and never again what may have arrived."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from bot.access import Access
from bot.assistant.types import Answer, Asker
from bot.digests.plan import due_days
from bot.services import Assistant, Clock
from bot.settings import DigestSettings
from bot.store.digests import Digests, DueRow, Subscription

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0  # a worker that is silent for so long is taken for dead
MOST_ATTEMPTS = 4
STOP_SECONDS = 2.0
SIDE_BY_SIDE = 8  # one chat that Telegram makes wait must not hold up the others


@dataclass(frozen=True)
class Receipt:
    """What became of one digest."""

    outcome: Literal["sent", "refused", "not_sent", "unknown"]
    message_id: int | None = None
    reason: str = ""


class LeaseLostError(Exception):
    """Another worker has taken the row over; nothing may be sent for it here."""


Mark = Callable[[bool], Awaitable[None]]


class Outbox(Protocol):
    """How a digest gets into its chat."""

    async def send(self, subscription: Subscription, asker: Asker, answer: Answer, mark: Mark) -> Receipt:
        """Sends it once, with `mark(True)` right before an attempt and `mark(False)` after one that certainly failed.

        Raises only what `mark` raises.
        """
        ...

    async def report_unknown(self, count: int) -> None:
        """Tells the admins that so many digests may or may not have arrived."""
        ...


class DigestWorker:
    """Plans, claims and delivers; any number of workers may run on one store."""

    def __init__(
        self,
        digests: Digests,
        assistant: Assistant,
        access: Access,
        outbox: Outbox,
        clock: Clock,
        settings: DigestSettings,
    ) -> None:
        self._digests = digests
        self._assistant = assistant
        self._access = access
        self._outbox = outbox
        self._clock = clock
        self._late = timedelta(minutes=settings.late_minutes)
        self._tick_seconds = settings.tick_seconds
        self._name = secrets.token_hex(8)
        self._running: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def run(self) -> None:
        """Ticks until it is cancelled; a failed tick is logged and the next one tries again."""
        while True:
            try:
                await self.tick()
            except Exception:
                log.exception("the digests could not be looked after; next attempt in %.0f s", self._tick_seconds)
            await asyncio.sleep(self._tick_seconds)

    async def tick(self) -> None:
        """Makes the rows that came due, settles what others left behind, and starts delivering."""
        now = self._clock.now()
        await self._plan()
        if lost := await self._digests.recover(now):
            log.error("%d digests were interrupted while being sent; they are not sent again", len(lost))
            await self._outbox.report_unknown(await self._digests.count("unknown"))
        await self._digests.skip_late(now - self._late, now)
        if len(self._running) < SIDE_BY_SIDE:
            await self._start()

    async def drain(self) -> None:
        """Waits for what is being delivered."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def stop(self) -> None:
        """Lets what is being sent arrive, within bounds; what is cut off becomes unknown when its lease ends."""
        self._is_stopping = True
        for seconds in (STOP_SECONDS, 1.0):
            if self._running:
                await asyncio.wait(set(self._running), timeout=seconds)
            for task in self._running:
                task.cancel()

    async def _plan(self) -> None:
        now = self._clock.now()
        subscriptions = await self._digests.active()
        if not subscriptions:
            return
        known = await self._digests.planned(now.date() - timedelta(days=3))
        for subscription in subscriptions:
            zone = ZoneInfo(subscription.zone)
            for day, moment in due_days(subscription.local_time, zone, subscription.since, now):
                if (subscription.id, day) not in known:
                    await self._digests.plan(subscription, day, moment)

    async def _start(self) -> None:
        while len(self._running) < SIDE_BY_SIDE and (row := await self._claim()) is not None:
            task = asyncio.create_task(self._work(row), name=f"digest {row.id}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _claim(self) -> DueRow | None:
        now = self._clock.now()
        return await self._digests.claim(self._name, now, now + timedelta(seconds=LEASE_SECONDS))

    async def _work(self, first: DueRow) -> None:
        row: DueRow | None = first
        while row is not None and not self._is_stopping:
            async with self._leased(row):
                is_settled = await self._deliver(row)
            # What goes back waits for the next tick, or its attempts would be used up in one moment.
            row = await self._claim() if is_settled else None

    async def _deliver(self, row: DueRow) -> bool:
        """False when the row is due again."""
        subscription = await self._digests.by_number(row.subscription_id)
        asker = None if subscription is None else await self._access.chat_level(subscription.chat_id)
        if subscription is None or subscription.state != "on" or asker is None:
            await self._finish(row, "skipped", "not let in" if asker is None else "switched off")
            return True
        try:
            answer = await self._assistant.digest(asker, self._clock.now())
        except Exception:
            log.exception("digest row %s could not be built", row.id)
            return await self._again_or_fail(row, "could not be built")
        try:
            receipt = await self._outbox.send(subscription, asker, answer, partial(self._mark, row))
        except LeaseLostError:
            log.warning("digest row %s was taken over by another worker", row.id)
            return True
        except Exception:  # nobody can say that it did not arrive
            log.exception("digest row %s broke off while being sent", row.id)
            receipt = Receipt("unknown", reason="broke off while being sent")
        return await self._settle(row, receipt)

    async def _mark(self, row: DueRow, is_leaving: bool) -> None:
        if not await self._digests.sending(row, self._name, is_leaving):
            raise LeaseLostError

    async def _settle(self, row: DueRow, receipt: Receipt) -> bool:
        if receipt.outcome == "not_sent":
            return await self._again_or_fail(row, receipt.reason)
        if receipt.outcome == "unknown":
            await self._finish(row, "unknown", receipt.reason)
            await self._outbox.report_unknown(await self._digests.count("unknown"))
        else:
            state = "sent" if receipt.outcome == "sent" else "failed"
            await self._finish(row, state, receipt.reason, receipt.message_id)
        return True

    async def _again_or_fail(self, row: DueRow, reason: str) -> bool:
        if row.attempts < MOST_ATTEMPTS:
            await self._digests.give_back(row, self._name, reason)
            return False
        await self._finish(row, "failed", reason)
        return True

    async def _finish(self, row: DueRow, state: str, reason: str, message_id: int | None = None) -> None:
        await self._digests.finish(row, self._name, state, self._clock.now(), reason, message_id)

    @asynccontextmanager
    async def _leased(self, row: DueRow) -> AsyncIterator[None]:
        """Keeps the lease alive while the row is worked on, however long Telegram makes it wait."""
        renewing = asyncio.create_task(self._renew(row), name=f"lease {row.id}")
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _renew(self, row: DueRow) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            await self._digests.renew(row, self._name, self._clock.now() + timedelta(seconds=LEASE_SECONDS))
