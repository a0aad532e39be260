"""Who was let in: grants of persons and chats, and the requests that wait for an admin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, delete, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import chats, people, requests, usernames

Kind = Literal["person", "chat"]


@dataclass(frozen=True)
class ChatRow:
    """What is kept of a chat."""

    chat_id: int
    kind: str
    title: str
    role: str | None
    categories: tuple[str, ...]
    gone: bool


@dataclass(frozen=True)
class RequestRow:
    """Someone or some chat that asks to be let in."""

    id: int
    kind: Kind
    subject_id: int
    chat_id: int  # where the decision is told
    name: str
    asked_by: str
    language: Literal["zh", "en"]
    state: str  # open, approved, declined
    role: str | None
    decided_by: int | None


class People:
    """Reads and changes grants; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person_role(self, user_id: int) -> str | None:
        """The person's own grant, "barred", or None when nothing was decided."""
        async with self._database.reading() as connection:
            return (await connection.execute(select(people.c.role).where(people.c.user_id == user_id))).scalar()

    async def goes_by(self, user_id: int, username: str) -> None:
        """The person's present name in Telegram; a name that was somebody else's is theirs no more."""
        name = username.lower()
        async with self._database.writing() as connection:
            await connection.execute(delete(usernames).where(usernames.c.username == name))
            made = insert_for(connection, usernames).values(user_id=user_id, username=name)
            await connection.execute(made.on_conflict_do_update(index_elements=["user_id"], set_={"username": name}))

    async def named(self, username: str) -> int | None:
        """Who wrote under that name last, None when nobody did."""
        statement = select(usernames.c.user_id).where(usernames.c.username == username.removeprefix("@").lower())
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar()

    async def chat(self, chat_id: int) -> ChatRow | None:
        """What is kept of the chat, None when it was never seen."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(chats).where(chats.c.chat_id == chat_id))).first()
        return None if row is None else _chat(row)

    async def set_person(self, user_id: int, name: str, role: str | None, by: int | None, now: datetime) -> None:
        """Grants `role`, "barred", or None for nothing."""
        values = {"role": role, "changed_by": by, "changed_at": now}
        async with self._database.writing() as connection:
            statement = insert_for(connection, people).values(user_id=user_id, name=name, **values)
            changed = values | ({"name": name} if name else {})
            await connection.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=changed))

    async def see_chat(self, chat_id: int, kind: str, title: str) -> None:
        """Keeps the chat's present kind and title; whoever writes is not gone."""
        values = {"kind": kind, "title": title, "gone": 0}
        async with self._database.writing() as connection:
            statement = insert_for(connection, chats).values(chat_id=chat_id, categories="[]", **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values))

    async def set_chat(
        self, chat_id: int, role: str | None, by: int | None, now: datetime, categories: tuple[str, ...] | None = None
    ) -> None:
        """Lets a chat in at `role`, or shuts it out with None; `categories` None leaves the limit as it is."""
        values: dict[str, Any] = {"role": role, "changed_by": by, "changed_at": now}
        limit = {} if categories is None else {"categories": json.dumps(categories, ensure_ascii=False)}
        async with self._database.writing() as connection:
            first = {"chat_id": chat_id, "kind": "group", "title": "", "categories": "[]", "gone": 0}
            statement = insert_for(connection, chats).values(**(first | values | limit))
            await connection.execute(statement.on_conflict_do_update(index_elements=["chat_id"], set_=values | limit))

    async def may_tell(self, chat_id: int, now: datetime, pause: timedelta) -> bool:
        """True at most once per `pause` for a chat; the caller then says how to be let in."""
        free = (chats.c.told_at.is_(None)) | (chats.c.told_at <= now - pause)
        async with self._database.writing() as connection:
            found = await connection.execute(
                update(chats).where(chats.c.chat_id == chat_id, free).values(told_at=now).returning(chats.c.chat_id)
            )
            return found.first() is not None

    async def open_request(self, wanted: RequestRow, now: datetime, pause: timedelta) -> RequestRow | None:
        """A new open request, None while one is open or was declined less than `pause` ago."""
        same = (requests.c.kind == wanted.kind) & (requests.c.subject_id == wanted.subject_id)
        waiting = (requests.c.state == "open") | (
            (requests.c.state == "declined") & (requests.c.decided_at > now - pause)
        )
        async with self._database.writing() as connection:
            if (await connection.execute(select(requests.c.id).where(same, waiting))).first():
                return None
            row = (
                await connection.execute(
                    insert_for(connection, requests)
                    .values(
                        kind=wanted.kind,
                        subject_id=wanted.subject_id,
                        chat_id=wanted.chat_id,
                        name=wanted.name,
                        asked_by=wanted.asked_by,
                        language=wanted.language,
                        state="open",
                        asked_at=now,
                    )
                    .returning(*requests.c)
                )
            ).one()
        return _request(row)

    async def request(self, request_id: int) -> RequestRow | None:
        """The request of that number."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(requests).where(requests.c.id == request_id))).first()
        return None if row is None else _request(row)

    async def open_requests(self, limit: int) -> tuple[RequestRow, ...]:
        """The oldest requests that nobody decided yet."""
        statement = select(requests).where(requests.c.state == "open").order_by(requests.c.id).limit(limit)
        async with self._database.reading() as connection:
            return tuple(_request(row) for row in await connection.execute(statement))

    async def decide_request(
        self, request_id: int, state: str, role: str | None, by: int, now: datetime, expected: str = "open"
    ) -> RequestRow | None:
        """The request as decided, None when it was not in state `expected` any more (someone was faster)."""
        async with self._database.writing() as connection:
            row = (
                await connection.execute(
                    update(requests)
                    .where(requests.c.id == request_id, requests.c.state == expected)
                    .values(state=state, role=role, decided_by=by, decided_at=now)
                    .returning(*requests.c)
                )
            ).first()
        return None if row is None else _request(row)


def _chat(row: Row[Any]) -> ChatRow:
    categories = tuple(json.loads(row.categories))
    return ChatRow(row.chat_id, row.kind, row.title, row.role, categories, bool(row.gone))


def _request(row: Row[Any]) -> RequestRow:
    return RequestRow(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        chat_id=row.chat_id,
        name=row.name,
        asked_by=row.asked_by,
        language=row.language,
        state=row.state,
        role=row.role,
        decided_by=row.decided_by,
    )
