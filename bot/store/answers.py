"""The conversation as it was answered: answers with their plans and buttons, and the audit log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import answer_messages, answers, audit


@dataclass(frozen=True)
class AnswerRow:
    """One answer as it was given."""

    chat_id: int
    thread_id: int  # 0: no topic
    asker_id: int | None  # None: nobody asked, e.g. a digest
    question: str
    plan: str  # packed
    at: datetime
    buttons: tuple[str, ...] = ()  # requests, numbered as on the keyboard
    citations: tuple[tuple[str, str], ...] = ()  # document and section
    update_key: str | None = None  # the update that it answers, once it is being sent
    id: int = 0  # 0 until it is kept


@dataclass(frozen=True)
class AuditRow:
    """Who got what, decided at which level, from which documents and statements."""

    at: datetime
    kind: str
    user_id: int | None
    chat_id: int | None
    role: str | None
    question: str = ""
    plan: str = ""
    documents: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()


class Answers:
    """Keeps answers so that buttons, replies and follow-ups find their plan."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, answer: AnswerRow) -> int:
        """The number of the answer, to be put into its buttons before it is sent."""
        values = {
            "chat_id": answer.chat_id,
            "thread_id": answer.thread_id,
            "asker_id": answer.asker_id,
            "question": answer.question,
            "plan": answer.plan,
            "buttons": _json(answer.buttons),
            "citations": _json(answer.citations),
            "at": answer.at,
        }
        async with self._database.writing() as connection:
            made = await connection.execute(insert_for(connection, answers).values(**values).returning(answers.c.id))
            return int(made.scalar_one())

    async def mark(self, answer_id: int, update_key: str | None) -> None:
        """The update that the answer may have reached from now on; None when it certainly has not."""
        async with self._database.writing() as connection:
            await connection.execute(update(answers).where(answers.c.id == answer_id).values(update_key=update_key))

    async def sent_as(self, answer_id: int, chat_id: int, message_ids: tuple[int, ...]) -> None:
        """Remembers which messages hold the answer, so that a reply to any of them continues it."""
        async with self._database.writing() as connection:
            for message_id in message_ids:
                statement = insert_for(connection, answer_messages).values(
                    chat_id=chat_id, message_id=message_id, answer_id=answer_id
                )
                await connection.execute(
                    statement.on_conflict_do_update(
                        index_elements=["chat_id", "message_id"], set_={"answer_id": answer_id}
                    )
                )

    async def get(self, answer_id: int) -> AnswerRow | None:
        """The answer of that number."""
        return await self._first(select(answers).where(answers.c.id == answer_id))

    async def of_message(self, chat_id: int, message_id: int) -> AnswerRow | None:
        """The answer that a message of the bot holds."""
        held = select(answer_messages.c.answer_id).where(
            answer_messages.c.chat_id == chat_id, answer_messages.c.message_id == message_id
        )
        return await self._first(select(answers).where(answers.c.id == held.scalar_subquery()))

    async def of_update(self, update_key: str) -> AnswerRow | None:
        """The answer that an update already got, or may have got."""
        return await self._first(select(answers).where(answers.c.update_key == update_key).limit(1))

    async def recent(
        self, chat_id: int, thread_id: int, asker_id: int, since: datetime, limit: int
    ) -> tuple[AnswerRow, ...]:
        """What this person was answered in this conversation since then, newest first."""
        statement = (
            select(answers)
            .where(
                answers.c.chat_id == chat_id,
                answers.c.thread_id == thread_id,
                answers.c.asker_id == asker_id,
                answers.c.at >= since,
            )
            .order_by(answers.c.id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return tuple(_answer(row) for row in await connection.execute(statement))

    async def log(self, entry: AuditRow) -> None:
        """One line in the audit log."""
        values = {
            "at": entry.at,
            "kind": entry.kind,
            "user_id": entry.user_id,
            "chat_id": entry.chat_id,
            "role": entry.role,
            "question": entry.question,
            "plan": entry.plan,
            "documents": _json(entry.documents),
            "sql": _json(entry.sql),
        }
        async with self._database.writing() as connection:
            await connection.execute(insert_for(connection, audit).values(**values))

    async def audit_log(self, limit: int = 100) -> tuple[AuditRow, ...]:
        """The newest lines of the audit log, newest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit))
            return tuple(_audit(row) for row in rows)

    async def _first(self, statement: Any) -> AnswerRow | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).first()
        return None if row is None else _answer(row)


def _json(values: tuple[Any, ...]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _answer(row: Row[Any]) -> AnswerRow:
    return AnswerRow(
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        asker_id=row.asker_id,
        question=row.question,
        plan=row.plan,
        at=row.at,
        buttons=tuple(json.loads(row.buttons)),
        citations=tuple((document, section) for document, section in json.loads(row.citations)),
        update_key=row.update_key,
        id=row.id,
    )


def _audit(row: Row[Any]) -> AuditRow:
    return AuditRow(
        at=row.at,
        kind=row.kind,
        user_id=row.user_id,
        chat_id=row.chat_id,
        role=row.role,
        question=row.question,
        plan=row.plan,
        documents=tuple(json.loads(row.documents)),
        sql=tuple(json.loads(row.sql)),
    )
