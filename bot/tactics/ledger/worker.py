"""Reminds of reviews and measures on their morning; each message goes out once, through restarts as well."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Protocol

from bot.access import Access
from bot.assistant.compose.effects import effect_line, effect_lines
from bot.assistant.compose.figures import Printer
from bot.due import DueWorker, Mark, Receipt, Send
from bot.services import Clock
from bot.store.due import DueRow, DueRows
from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.board import may_show
from bot.tactics.ledger.entry import Entry
from bot.tactics.ledger.ledger import Ledger
from prompts.loader import Wording

MORNING = time(10, 0)  # yesterday's settled tables have come by then
REMINDER, RESULT = 0, 1  # parts of the due rows
PATIENCE = timedelta(days=2)  # for data of the last days; then it is measured without them
ACTS = ("keep", "drop", "longer")  # what a result can be answered with


class LedgerOutbox(Protocol):
    """How a message gets into its chat."""

    async def send(self, entry: Entry, html: str, acts: Sequence[str], mark: Mark) -> Receipt:
        """Sends it once, with the mark around every attempt. Raises only what `mark` raises."""
        ...

    async def report_unknown(self, count: int) -> None:
        """Tells the admins that so many messages may or may not have arrived."""
        ...


class LedgerWorker(DueWorker):
    """Any number of them may run on one store."""

    def __init__(
        self,
        ledger: Ledger,
        rows: DueRows,
        access: Access,
        outbox: LedgerOutbox,
        wording: Wording,
        clock: Clock,
        tick_seconds: float,
    ) -> None:
        super().__init__(rows, clock, tick_seconds)
        self._ledger = ledger
        self._access = access
        self._outbox = outbox
        self._wording = wording

    async def _plan(self) -> None:
        await self._ledger.begin()  # another process may have changed it
        now = self._clock.now()
        for entry in self._ledger.board.entries():
            if entry.state == "adopted" and now.time() >= MORNING:
                await self._plan_entry(entry, now)

    async def _plan_entry(self, entry: Entry, now: datetime) -> None:
        today = now.date()
        if entry.review - timedelta(days=1) == today:
            await self._rows.plan_row(entry.id, today, REMINDER, now)
        elif entry.review <= today and await self._is_ready(entry, now):
            await self._rows.plan_row(entry.id, today, RESULT, now)

    async def _is_ready(self, entry: Entry, now: datetime) -> bool:
        """Whether the data reach to the review, or have been waited for long enough."""
        if now.date() - entry.review >= PATIENCE:
            return True
        return await asyncio.to_thread(self._ledger.measuring.reaches, entry, now)

    async def _prepare(self, row: DueRow) -> Send | None:
        stored = await self._ledger.get(row.subscription_id)
        entry = None if stored is None else Entry.of(stored)
        asker = None if entry is None else await self._access.chat_level(entry.chat_id)
        if stored is None or entry is None or asker is None or not may_show(entry, asker):
            await self._finish(row, "skipped", "not let in")
            return None
        if row.part == REMINDER:
            return await self._prepare_reminder(row, entry)
        return await self._prepare_result(row, stored, entry)

    async def _prepare_reminder(self, row: DueRow, entry: Entry) -> Send | None:
        now = self._clock.now()
        if entry.state != "adopted" or entry.review != now.date() + timedelta(days=1):
            await self._finish(row, "skipped", "late or changed")
            return None
        said = self._wording.render("ledger/reminder", entry.language, **_values(entry, self._printer(entry, now)))
        return partial(self._outbox.send, entry, said, ())

    async def _prepare_result(self, row: DueRow, stored: LedgerRow, entry: Entry) -> Send | None:
        now = self._clock.now()
        if entry.state not in ("adopted", "measured") or entry.review > now.date():
            await self._finish(row, "skipped", "decided or moved")
            return None
        # After a night in between there may be a row of each day; the one of the day it was measured on is sent.
        at = entry.measured_at if entry.state == "measured" and entry.measured_at is not None else now
        if row.local_date != at.astimezone(now.tzinfo).date():
            await self._finish(row, "skipped", "another day's row says it")
            return None
        changed = await self._ledger.measure(stored, now)
        measured = None if changed is None else Entry.of(changed)
        if measured is None or measured.effect is None:
            await self._finish(row, "skipped", "changed meanwhile")
            return None
        return partial(self._outbox.send, measured, result_text(measured, self._printer(measured, now)), ACTS)

    def _printer(self, entry: Entry, now: datetime) -> Printer:
        measuring = self._ledger.measuring
        return Printer(measuring.model, self._wording, entry.language, now, measuring.calendar)

    async def _report_unknown(self, count: int) -> None:
        await self._outbox.report_unknown(count)


def result_text(entry: Entry, printer: Printer) -> str:
    """What was measured, as the message of the review; HTML. ValueError for an entry without a measurement."""
    if entry.effect is None:
        raise ValueError(f"entry {entry.id} was never measured")
    values = _values(entry, printer)
    del values["metric"]
    return printer.wording.render(
        "ledger/result",
        printer.language,
        **values,
        line=effect_line(entry.effect, printer),
        lines=effect_lines(entry.effect, printer),
    )


def _values(entry: Entry, printer: Printer) -> dict[str, str]:
    return {
        "scope": printer.scope(entry.scope),
        "title": entry.card.title,
        "owner": entry.owner,
        "start": printer.day_name(entry.start),
        "metric": printer.metric(entry.metric),
    }
