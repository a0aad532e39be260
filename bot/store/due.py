"""Rows of what is to be sent once, each claimed by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import due_rows


@dataclass(frozen=True)
class DueRow:
    """One message that is to be sent once."""

    id: int
    subscription_id: int  # what it is about: of the ledger's rows the entry
    kind: str
    local_date: date
    part: int  # of several messages of one day
    due_at: datetime
    state: str  # due, claimed, sending, sent, failed, unknown, skipped
    attempts: int
    message_id: int | None
    reason: str
    finished_at: datetime | None


class DueRows:
    """due → claimed → sending → sent | failed | unknown, or skipped; each step is one transaction.

    Several kinds share one table, and each of them has a worker that sees nothing of the others.
    """

    def __init__(self, database: Database, kind: str) -> None:
        self._database = database
        self.kind = kind

    async def plan_row(self, subject: int, local_date: date, part: int, due_at: datetime) -> None:
        """Makes the row; nothing happens when it exists."""
        async with self._database.writing() as connection:
            statement = insert_for(connection, due_rows).values(
                subscription_id=subject,
                kind=self.kind,
                local_date=local_date,
                part=part,
                due_at=due_at,
                state="due",
                attempts=0,
                reason="",
            )
            await connection.execute(statement.on_conflict_do_nothing())

    async def planned(self, since: date) -> frozenset[tuple[int, date]]:
        """Subject and day of every row from that day on."""
        statement = select(due_rows.c.subscription_id, due_rows.c.local_date).where(
            self._own, due_rows.c.local_date >= since
        )
        async with self._database.reading() as connection:
            return frozenset((row.subscription_id, row.local_date) for row in await connection.execute(statement))

    async def skip_late(self, before: datetime, now: datetime) -> int:
        """Gives up rows that were due before then; how many."""
        late = self._own & (due_rows.c.state == "due") & (due_rows.c.due_at < before)
        return await self._change(late, state="skipped", reason="late", finished_at=now)

    async def recover(self, now: datetime) -> tuple[DueRow, ...]:
        """After a crash: what was only claimed is due again, what was being sent is unknown; the unknown ones."""
        expired = self._own & (due_rows.c.lease_until < now)
        await self._change((due_rows.c.state == "claimed") & expired, state="due", worker=None)
        async with self._database.writing() as connection:
            rows = await connection.execute(
                update(due_rows)
                .where(due_rows.c.state == "sending", expired)
                .values(state="unknown", reason="interrupted", finished_at=now)
                .returning(*due_rows.c)
            )
            return tuple(_due(row) for row in rows)

    async def claim(self, worker: str, now: datetime, lease_until: datetime) -> DueRow | None:
        """The oldest due row, now this worker's alone until the lease ends."""
        oldest = (
            select(due_rows.c.id)
            .where(self._own, due_rows.c.state == "due", due_rows.c.due_at <= now)
            .order_by(due_rows.c.due_at, due_rows.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        async with self._database.writing() as connection:
            row = (
                await connection.execute(
                    update(due_rows)
                    .where(due_rows.c.id == oldest.scalar_subquery(), due_rows.c.state == "due")
                    .values(state="claimed", worker=worker, lease_until=lease_until, attempts=due_rows.c.attempts + 1)
                    .returning(*due_rows.c)
                )
            ).first()
        return None if row is None else _due(row)

    async def renew(self, row: DueRow, worker: str, lease_until: datetime) -> None:
        """Lengthens the lease of a row that this worker still works on."""
        await self._change(_held(row, worker, "claimed", "sending"), lease_until=lease_until)

    async def sending(self, row: DueRow, worker: str, is_leaving: bool = True) -> bool:
        """Written before each attempt, and taken back after one that certainly failed.

        False when the lease was lost, and then nothing may be sent.
        """
        state = "sending" if is_leaving else "claimed"
        return await self._change(_held(row, worker, "claimed", "sending"), state=state) == 1

    async def finish(
        self, row: DueRow, worker: str, state: str, now: datetime, reason: str = "", message_id: int | None = None
    ) -> None:
        """sent, failed or unknown."""
        await self._change(
            _held(row, worker, "claimed", "sending"),
            state=state,
            reason=reason,
            message_id=message_id,
            finished_at=now,
        )

    async def give_back(self, row: DueRow, worker: str, reason: str) -> None:
        """Due again: it certainly was not sent."""
        await self._change(_held(row, worker, "claimed", "sending"), state="due", worker=None, reason=reason)

    async def last(self, subscription_id: int, limit: int = 1) -> tuple[DueRow, ...]:
        """The newest rows of a subscription, newest first."""
        statement = (
            select(due_rows)
            .where(self._own, due_rows.c.subscription_id == subscription_id)
            .order_by(due_rows.c.local_date.desc(), due_rows.c.id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return tuple(_due(row) for row in await connection.execute(statement))

    async def count(self, state: str) -> int:
        """How many rows are in that state."""
        async with self._database.reading() as connection:
            counted = await connection.execute(select(func.count()).where(self._own, due_rows.c.state == state))
            return int(counted.scalar_one())

    @property
    def _own(self) -> ColumnElement[bool]:
        return due_rows.c.kind == self.kind

    async def _change(self, where: ColumnElement[bool], **values: Any) -> int:
        async with self._database.writing() as connection:
            return (await connection.execute(update(due_rows).where(where).values(**values))).rowcount


def _held(row: DueRow, worker: str, *states: str) -> ColumnElement[bool]:
    return (due_rows.c.id == row.id) & (due_rows.c.worker == worker) & due_rows.c.state.in_(states)


def _due(row: Row[Any]) -> DueRow:
    return DueRow(
        id=row.id,
        subscription_id=row.subscription_id,
        kind=row.kind,
        local_date=row.local_date,
        part=row.part,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts,
        message_id=row.message_id,
        reason=row.reason,
        finished_at=row.finished_at,
    )
