"""Which updates were received and which were handled: nothing is answered twice, nothing is lost by a stop."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import updates


class Journal:
    """Remembers updates by a key that stays the same when Telegram delivers them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(self, key: str, payload: str, now: datetime) -> bool:
        """True when the update is new; it then counts as unfinished until `finish`."""
        async with self._database.writing() as connection:
            statement = insert_for(connection, updates).values(key=key, received_at=now, payload=payload, done=0)
            made = await connection.execute(statement.on_conflict_do_nothing().returning(updates.c.key))
            return made.first() is not None

    async def finish(self, key: str) -> None:
        """Handled: the text of the update is forgotten, its key is kept."""
        async with self._database.writing() as connection:
            await connection.execute(update(updates).where(updates.c.key == key).values(done=1, payload=None))

    async def unfinished(self) -> tuple[tuple[str, str], ...]:
        """Keys and payloads that a stop or crash left behind, oldest first."""
        statement = (
            select(updates.c.key, updates.c.payload)
            .where(updates.c.done == 0, updates.c.payload.is_not(None))
            .order_by(updates.c.received_at)
        )
        async with self._database.reading() as connection:
            return tuple((row.key, row.payload) for row in await connection.execute(statement))

    async def forget(self, before: datetime) -> None:
        """Drops what Telegram cannot deliver again any more."""
        async with self._database.writing() as connection:
            await connection.execute(delete(updates).where(updates.c.received_at < before))
