"""Sends what is due: each row once, and never again what may have arrived."""

from __future__ import annotations

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Literal

from bot.services import Clock
from bot.store.due import DueRow, DueRows

log = logging.getLogger(__name__)

LEASE_SECONDS = 60.0  # a worker that is silent for so long is taken for dead
MOST_ATTEMPTS = 4
STOP_SECONDS = 2.0
SIDE_BY_SIDE = 8  # one chat that Telegram makes wait must not hold up the others


@dataclass(frozen=True)
class Receipt:
    """What became of one message."""

    outcome: Literal["sent", "refused", "not_sent", "unknown"]
    message_id: int | None = None
    reason: str = ""


class LeaseLostError(Exception):
    """Another worker has taken the row over; nothing may be sent for it here."""


Mark = Callable[[bool], Awaitable[None]]


Send = Callable[[Mark], Awaitable[Receipt]]  # sends once, with the mark around every attempt


class DueWorker(ABC):
    """Plans, claims and delivers rows of one kind; any number of workers may run on one store."""

    def __init__(self, rows: DueRows, clock: Clock, tick_seconds: float) -> None:
        self._rows = rows
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._name = secrets.token_hex(8)
        self._running: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    @property
    def kind(self) -> str:
        """Of the rows that it works off."""
        return self._rows.kind

    @abstractmethod
    async def _plan(self) -> None:
        """Makes the rows that came due, and gives up those that came too late."""

    @abstractmethod
    async def _prepare(self, row: DueRow) -> Send | None:
        """What sends the row; None when there is nothing to send any more. May raise: then it is tried again."""

    @abstractmethod
    async def _report_unknown(self, count: int) -> None:
        """Tells the admins that so many messages may or may not have arrived."""

    async def run(self) -> None:
        """Ticks until it is cancelled; a failed tick is logged and the next one tries again."""
        while True:
            try:
                await self.tick()
            except Exception:
                log.exception(
                    "%s could not be looked after; next attempt in %.0f s", self._rows.kind, self._tick_seconds
                )
            await asyncio.sleep(self._tick_seconds)

    async def tick(self) -> None:
        """Makes the rows that came due, settles what others left behind, and starts delivering."""
        if lost := await self._rows.recover(self._clock.now()):
            log.error("%d rows (%s) were interrupted while being sent; not sent again", len(lost), self._rows.kind)
            await self._report_unknown(await self._rows.count("unknown"))
        await self._plan()
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

    async def _start(self) -> None:
        while len(self._running) < SIDE_BY_SIDE and (row := await self._claim()) is not None:
            task = asyncio.create_task(self._work(row), name=f"{row.kind} {row.id}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _claim(self) -> DueRow | None:
        now = self._clock.now()
        return await self._rows.claim(self._name, now, now + timedelta(seconds=LEASE_SECONDS))

    async def _work(self, first: DueRow) -> None:
        row: DueRow | None = first
        while row is not None and not self._is_stopping:
            async with self._leased(row):
                is_settled = await self._deliver(row)
            # What goes back waits for the next tick, or its attempts would be used up in one moment.
            row = await self._claim() if is_settled else None

    async def _deliver(self, row: DueRow) -> bool:
        """False when the row is due again."""
        try:
            send = await self._prepare(row)
        except Exception:
            log.exception("row %s (%s) could not be built", row.id, row.kind)
            return await self._again_or_fail(row, "could not be built")
        if send is None:
            return True
        try:
            receipt = await send(partial(self._mark, row))
        except LeaseLostError:
            log.warning("row %s was taken over by another worker", row.id)
            return True
        except Exception:  # nobody can say that it did not arrive
            log.exception("row %s (%s) broke off while being sent", row.id, row.kind)
            receipt = Receipt("unknown", reason="broke off while being sent")
        return await self._settle(row, receipt)

    async def _mark(self, row: DueRow, is_leaving: bool) -> None:
        if not await self._rows.sending(row, self._name, is_leaving):
            raise LeaseLostError

    async def _settle(self, row: DueRow, receipt: Receipt) -> bool:
        if receipt.outcome == "not_sent":
            return await self._again_or_fail(row, receipt.reason)
        if receipt.outcome == "unknown":
            await self._finish(row, "unknown", receipt.reason)
            await self._report_unknown(await self._rows.count("unknown"))
        else:
            state = "sent" if receipt.outcome == "sent" else "failed"
            await self._finish(row, state, receipt.reason, receipt.message_id)
        return True

    async def _again_or_fail(self, row: DueRow, reason: str) -> bool:
        if row.attempts < MOST_ATTEMPTS:
            await self._rows.give_back(row, self._name, reason)
            return False
        await self._finish(row, "failed", reason)
        return True

    async def _finish(self, row: DueRow, state: str, reason: str, message_id: int | None = None) -> None:
        await self._rows.finish(row, self._name, state, self._clock.now(), reason, message_id)

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
            await self._rows.renew(row, self._name, self._clock.now() + timedelta(seconds=LEASE_SECONDS))
