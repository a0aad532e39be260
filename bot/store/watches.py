"""Watch rules of chats and how each of them stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import watches

MOST_OF_A_CHAT = 20


@dataclass(frozen=True)
class WatchRow:
    """One rule of one chat."""

    chat_id: int
    thread_id: int
    kind: str  # "rule", or "anomalies": whatever is unusual
    language: str
    wish: str  # as it was written
    rule: str  # JSON; "" for anomalies
    made_by: int | None
    made_at: datetime
    state: str = "on"  # on, off
    opened: date | None = None  # first day of the crossing that is reported now
    checked: date | None = None  # last day that was judged
    message_id: int | None = None  # of the open report
    snoozed_until: datetime | None = None
    seen_by: str = ""  # who said that it is known
    id: int = 0


class Watches:
    """Every change is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: WatchRow) -> WatchRow | None:
        """The rule with its number; None when the chat has as many as it may. The same wish is kept once."""
        values = {name: value for name, value in asdict(row).items() if name != "id"}
        here = select(watches).where(watches.c.chat_id == row.chat_id, watches.c.state == "on").order_by(watches.c.id)
        async with self._database.writing() as connection:
            held = [_row(one) for one in await connection.execute(here)]
            for one in held:
                if (one.kind, one.rule) == (row.kind, row.rule):
                    return one
            if len(held) >= MOST_OF_A_CHAT:
                return None
            made = await connection.execute(insert_for(connection, watches).values(**values).returning(*watches.c))
            return _row(made.one())

    async def get(self, number: int) -> WatchRow | None:
        """The rule of that number, in whatever state."""
        async with self._database.reading() as connection:
            found = (await connection.execute(select(watches).where(watches.c.id == number))).first()
        return None if found is None else _row(found)

    async def of_chat(self, chat_id: int) -> tuple[WatchRow, ...]:
        """The chat's rules that are on, oldest first."""
        return await self._where(watches.c.chat_id == chat_id)

    async def active(self) -> tuple[WatchRow, ...]:
        """Every rule that is on."""
        return await self._where(watches.c.id > 0)

    async def change(self, number: int, **values: Any) -> None:
        """Sets columns of one rule."""
        async with self._database.writing() as connection:
            await connection.execute(update(watches).where(watches.c.id == number).values(**values))

    async def _where(self, condition: Any) -> tuple[WatchRow, ...]:
        statement = select(watches).where(condition, watches.c.state == "on").order_by(watches.c.id)
        async with self._database.reading() as connection:
            return tuple(_row(row) for row in await connection.execute(statement))


def _row(row: Row[Any]) -> WatchRow:
    return WatchRow(**row._mapping)
