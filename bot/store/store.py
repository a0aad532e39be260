"""The bot's whole state behind one door, and the changes that touch several tables at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Table, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.answers import Answers
from bot.store.database import Database
from bot.store.digests import Digests
from bot.store.drafts import Drafts
from bot.store.due import DueRows
from bot.store.feedback import Feedback
from bot.store.journal import Journal
from bot.store.ledger import LedgerStore
from bot.store.people import People
from bot.store.pins import Pins
from bot.store.schema import (
    answer_messages,
    answers,
    audit,
    chats,
    ledger,
    reply_prompts,
    requests,
    subscriptions,
    uploads,
    watches,
)
from bot.store.uploads import Uploads
from bot.store.watches import Watches

LEDGER, WATCHES = "ledger", "watches"  # kinds of due rows


class Store:
    """people, answers, digests, journal, uploads, feedback, pins, drafts and ledger share one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.people = People(database)
        self.answers = Answers(database)
        self.digests = Digests(database)
        self.journal = Journal(database)
        self.uploads = Uploads(database)
        self.feedback = Feedback(database)
        self.pins = Pins(database)
        self.ledger = LedgerStore(database)
        self.ledger_due = DueRows(database, LEDGER)
        self.drafts = Drafts(database)
        self.watches = Watches(database)
        self.watches_due = DueRows(database, WATCHES)

    @classmethod
    async def open(cls, where: str | Path) -> Store:
        """The state at a path or URL, migrated to the newest schema. Raises StoreError."""
        return cls(await Database.open(where))

    async def close(self) -> None:
        """Closes every connection."""
        await self._database.close()

    async def mark_gone(self, chat_id: int) -> None:
        """The bot was removed or blocked: the chat's digests pause."""
        async with self._database.writing() as connection:
            await connection.execute(update(chats).where(chats.c.chat_id == chat_id).values(gone=1))
            await _switch(connection, chat_id, "on", "paused")

    async def mark_back(self, chat_id: int) -> None:
        """The bot can write there again: paused digests go on."""
        async with self._database.writing() as connection:
            await connection.execute(update(chats).where(chats.c.chat_id == chat_id).values(gone=0))
            await _switch(connection, chat_id, "paused", "on")

    async def migrate_chat(self, old: int, new: int) -> None:
        """A group became a supergroup: everything kept under the old id moves, in one transaction; twice is fine."""
        async with self._database.writing() as connection:
            await _move_chat(connection, old, new)
            await _move_subscriptions(connection, old, new)
            for table in (answers, audit, requests, uploads, ledger):
                await connection.execute(update(table).where(table.c.chat_id == old).values(chat_id=new))
            asked = (requests.c.kind == "chat") & (requests.c.subject_id == old)
            await connection.execute(update(requests).where(asked).values(subject_id=new))
            # Message numbers start anew in a supergroup, so the old ones would point at the wrong messages.
            moved = update(watches).where(watches.c.chat_id == old).values(chat_id=new, message_id=None)
            await connection.execute(moved)
            for table in (answer_messages, reply_prompts):
                await connection.execute(delete(table).where(table.c.chat_id == old))


async def _switch(connection: AsyncConnection, chat_id: int, before: str, after: str) -> None:
    here = (subscriptions.c.chat_id == chat_id) & (subscriptions.c.state == before)
    await connection.execute(update(subscriptions).where(here).values(state=after))


async def _move_chat(connection: AsyncConnection, old: int, new: int) -> None:
    """The old row, with its grant, replaces what the new id may already have left."""
    if await _has(connection, chats, old):
        await connection.execute(delete(chats).where(chats.c.chat_id == new))
        moved = update(chats).where(chats.c.chat_id == old).values(chat_id=new, kind="supergroup", gone=0)
        await connection.execute(moved)


async def _move_subscriptions(connection: AsyncConnection, old: int, new: int) -> None:
    if await _has(connection, subscriptions, old):
        await connection.execute(delete(subscriptions).where(subscriptions.c.chat_id == new))
        await connection.execute(update(subscriptions).where(subscriptions.c.chat_id == old).values(chat_id=new))


async def _has(connection: AsyncConnection, table: Table, chat_id: int) -> bool:
    return bool((await connection.execute(select(exists().where(table.c.chat_id == chat_id)))).scalar())
