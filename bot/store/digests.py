"""Subscriptions to the digest, and the due rows that come of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.database import Database, insert_for
from bot.store.due import DueRows
from bot.store.schema import subscriptions

DAILY = "daily"


@dataclass(frozen=True)
class Subscription:
    """A chat that wants the digest every day at a local time."""

    id: int
    chat_id: int
    thread_id: int
    kind: str
    local_time: str  # HH:MM
    zone: str
    state: str  # on, off, paused (the chat is gone)
    since: datetime


class Digests(DueRows):
    """Who gets the digest when, and the rows of what is due."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, DAILY)

    async def subscribe(
        self, chat_id: int, thread_id: int, local_time: str, zone: str, by: int | None, now: datetime
    ) -> Subscription:
        """Switches the daily digest of a chat or topic on, or moves it to another time."""
        values = {"local_time": local_time, "zone": zone, "state": "on", "since": now, "created_by": by}
        async with self._database.writing() as connection:
            statement = insert_for(connection, subscriptions).values(
                chat_id=chat_id, thread_id=thread_id, kind=DAILY, **values
            )
            made = await connection.execute(
                statement.on_conflict_do_update(index_elements=["chat_id", "thread_id", "kind"], set_=values).returning(
                    *subscriptions.c
                )
            )
            return _subscription(made.one())

    async def unsubscribe(self, chat_id: int, thread_id: int) -> bool:
        """Switches it off; False when it was not on."""
        here = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.thread_id == thread_id)
        async with self._database.writing() as connection:
            changed = await connection.execute(
                update(subscriptions).where(here, subscriptions.c.state != "off").values(state="off")
            )
            return bool(changed.rowcount)

    async def subscription(self, chat_id: int, thread_id: int) -> Subscription | None:
        """The subscription of a chat or topic, also when it is off."""
        here = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.thread_id == thread_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(subscriptions).where(here))).first()
        return None if row is None else _subscription(row)

    async def by_number(self, subscription_id: int) -> Subscription | None:
        """The subscription of that number."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(subscriptions).where(subscriptions.c.id == subscription_id))).first()
        return None if row is None else _subscription(row)

    async def active(self) -> tuple[Subscription, ...]:
        """Every subscription that is on."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(subscriptions).where(subscriptions.c.state == "on"))
            return tuple(_subscription(row) for row in rows)

    async def plan(self, subscription: Subscription, local_date: date, due_at: datetime) -> None:
        """Makes the day's row; nothing happens when it exists."""
        await self.plan_row(subscription.id, local_date, 0, due_at)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(row.id, row.chat_id, row.thread_id, row.kind, row.local_time, row.zone, row.state, row.since)
