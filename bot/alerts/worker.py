"""Checks rules once each whole day: one message opens a crossing and is changed in place until it is over."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

from bot.access import Access
from bot.alerts.judging import Judging, Standing, rule_of
from bot.due import DueWorker, Mark, Receipt, Send
from bot.services import Clock
from bot.store.due import DueRow, DueRows
from bot.store.watches import Watches, WatchRow
from metrics.errors import MetricsError

log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(minutes=10)  # where a day is not wholly in yet
LATE = timedelta(hours=30)  # a report is news for so long


class AlertOutbox(Protocol):
    """How a report gets into its chat."""

    async def send(self, row: WatchRow, html: str, mark: Mark) -> Receipt:
        """Sends it once, with the mark around every attempt. Raises only what `mark` raises."""
        ...

    async def edit(self, row: WatchRow, html: str) -> None:
        """Changes the open report; one that cannot be changed any more is no failure."""
        ...

    async def report_unknown(self, count: int) -> None:
        """Tells the admins that so many messages may or may not have arrived."""
        ...


class AlertWorker(DueWorker):
    """Any number of them may run on one store."""

    def __init__(
        self,
        watches: Watches,
        rows: DueRows,
        judging: Judging,
        access: Access,
        outbox: AlertOutbox,
        clock: Clock,
        tick_seconds: float,
    ) -> None:
        super().__init__(rows, clock, tick_seconds)
        self._watches = watches
        self._judging = judging
        self._access = access
        self._outbox = outbox
        self._next: dict[int, datetime] = {}  # rule -> when it is worth looking again

    async def _plan(self) -> None:
        now = self._clock.now()
        yesterday = now.date() - timedelta(days=1)
        for row in await self._watches.active():
            is_new = row.checked is None or row.checked < yesterday
            if is_new and self._next.get(row.id, now) <= now:
                self._next[row.id] = now + TRY_AGAIN
                try:
                    await self._check(row, yesterday, now)
                except MetricsError as error:
                    log.warning("rule %d could not be checked: %s", row.id, error)
        await self._rows.skip_late(now - LATE, now)

    async def _check(self, row: WatchRow, day: date, now: datetime) -> None:
        """The due row comes before the rule is marked: after a crash between them it is found made already."""
        asker = await self._access.chat_level(row.chat_id)
        if asker is None:
            return
        if row.kind == "anomalies":
            if await asyncio.to_thread(self._judging.unusual, day, asker, now):
                await self._rows.plan_row(row.id, day, 0, now)
            await self._watches.change(row.id, checked=day)
            return
        watch = rule_of(row)
        standing = await asyncio.to_thread(self._judging.standing, watch, day, now)
        if standing is None:
            return
        is_snoozed = row.snoozed_until is not None and row.snoozed_until > now
        if row.opened is None and watch.is_crossed(standing.measured) and not is_snoozed:
            await self._rows.plan_row(row.id, day, 0, now)
            await self._watches.change(row.id, checked=day, opened=day, message_id=None, seen_by="")
        elif row.opened is not None and watch.is_back(standing.measured):
            await self._say(row, standing, now, is_over=True)
            await self._watches.change(row.id, checked=day, opened=None)
        else:
            if row.opened is not None and not is_snoozed:
                await self._say(row, standing, now)
            await self._watches.change(row.id, checked=day)

    async def _say(self, row: WatchRow, standing: Standing, now: datetime, *, is_over: bool = False) -> None:
        if row.message_id is not None:
            await self._outbox.edit(row, self._judging.report(row, standing, now, is_over=is_over))

    async def _prepare(self, row: DueRow) -> Send | None:
        now = self._clock.now()
        held = await self._watches.get(row.subscription_id)
        asker = None if held is None else await self._access.chat_level(held.chat_id)
        if held is None or asker is None or held.state != "on":
            await self._finish(row, "skipped", "not let in" if asker is None else "switched off")
            return None
        if held.kind == "anomalies":
            found = await asyncio.to_thread(self._judging.unusual, row.local_date, asker, now)
            html = self._judging.unusual_report(found, held, row.local_date, now) if found else ""
        elif not self._judging.may_read(rule_of(held), asker):
            html = ""
        else:
            standing = await asyncio.to_thread(self._judging.standing, rule_of(held), row.local_date, now)
            html = self._judging.report(held, standing, now) if standing is not None else ""
        if not html:
            await self._finish(row, "skipped", "nothing that may be shown")
            return None
        return partial(self._outbox.send, held, html)

    async def _report_unknown(self, count: int) -> None:
        await self._outbox.report_unknown(count)
