"""Tactics that a team adopted, and everything that was ever decided about them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database, insert_for
from bot.store.ledger_rows import LedgerAct, LedgerRow
from bot.store.schema import ledger, ledger_history


class LedgerStore:
    """Every change is one transaction together with its line of history."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: LedgerRow, name: str) -> LedgerRow:
        """A new entry with its number."""
        async with self._database.writing() as connection:
            made = await connection.execute(
                insert_for(connection, ledger).values(**_values(row)).returning(ledger.c.id)
            )
            kept = replace(row, id=int(made.scalar_one()))
            await _note(connection, LedgerAct(kept.id, row.made_at, row.made_by, name, row.state))
        return kept

    async def get(self, entry_id: int) -> LedgerRow | None:
        """The entry of that number, in whatever state."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(ledger).where(ledger.c.id == entry_id))).first()
        return None if row is None else _row(row)

    async def change(self, row: LedgerRow, before: Collection[str], act: LedgerAct, **values: Any) -> LedgerRow | None:
        """Sets columns of the entry; None when it was in none of the states `before` any more, or has other days.

        Only these are written: what somebody else set since `row` was read stays.
        """
        same_days = ledger.c.start.is_not_distinct_from(row.start) & ledger.c.review.is_not_distinct_from(row.review)
        here = (ledger.c.id == row.id) & ledger.c.state.in_(list(before)) & same_days
        async with self._database.writing() as connection:
            changed = await connection.execute(update(ledger).where(here).values(**values).returning(*ledger.c))
            found = changed.first()
            if found is not None:
                await _note(connection, act)
        return None if found is None else _row(found)

    async def all(self) -> tuple[LedgerRow, ...]:
        """Every entry that was adopted, newest first."""
        statement = select(ledger).where(ledger.c.state.not_in(["proposed", "cancelled"])).order_by(ledger.c.id.desc())
        async with self._database.reading() as connection:
            return tuple(_row(row) for row in await connection.execute(statement))

    async def history(self, entry_id: int) -> tuple[LedgerAct, ...]:
        """What was done to an entry, oldest first."""
        statement = select(ledger_history).where(ledger_history.c.entry_id == entry_id).order_by(ledger_history.c.id)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement)
            return tuple(LedgerAct(row.entry_id, row.at, row.by, row.name, row.act, row.detail) for row in rows)


async def _note(connection: AsyncConnection, act: LedgerAct) -> None:
    await connection.execute(insert_for(connection, ledger_history).values(**asdict(act)))


def _values(row: LedgerRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name != "id"}


def _row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(**row._mapping)
