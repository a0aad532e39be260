"""What people thought of answers from documents: verdicts, what was missing, how often a document was cited."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import func, select, update

from bot.store.curated import QuotedPassage, from_json, to_json
from bot.store.database import Database, insert_for
from bot.store.schema import answers, audit, quoted_answers, reply_prompts, verdicts

Verdict = Literal["up", "down"]


@dataclass(frozen=True)
class QuotedAnswer:
    """An answer from documents as it was sent."""

    answer_id: int
    html: str
    language: str
    passages: tuple[QuotedPassage, ...]


@dataclass(frozen=True)
class Complaint:
    """One thumb down, with what it was about."""

    answer_id: int
    user_id: int
    at: datetime
    question: str
    plan: str
    missing: str
    passages: tuple[QuotedPassage, ...]
    up: int  # thumbs of everyone on the same answer
    down: int
    told_to: tuple[int, ...] = ()  # user ids


@dataclass(frozen=True)
class Prompt:
    """A question of the bot that waits for a person's reply."""

    user_id: int
    kind: str
    subject: int


class Feedback:
    """One verdict a person and answer; the last press counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_quoted(self, quoted: QuotedAnswer) -> None:
        """Remembers what an answer was made of."""
        values = {
            "answer_id": quoted.answer_id,
            "html": quoted.html,
            "language": quoted.language,
            "passages": to_json(quoted.passages),
        }
        async with self._database.writing() as connection:
            await connection.execute(insert_for(connection, quoted_answers).values(**values).on_conflict_do_nothing())

    async def quoted(self, answer_id: int) -> QuotedAnswer | None:
        """What that answer was made of; None for an answer that quoted nothing."""
        async with self._database.reading() as connection:
            statement = select(quoted_answers).where(quoted_answers.c.answer_id == answer_id)
            row = (await connection.execute(statement)).first()
        return None if row is None else QuotedAnswer(row.answer_id, row.html, row.language, from_json(row.passages))

    async def settle(self, answer_id: int, user_id: int, verdict: Verdict | None, now: datetime) -> bool:
        """Makes this the person's verdict; False when it was so already."""
        here = (verdicts.c.answer_id == answer_id) & (verdicts.c.user_id == user_id)
        async with self._database.writing() as connection:
            if (await connection.execute(select(verdicts.c.verdict).where(here))).scalar() == verdict:
                return False
            key = {"answer_id": answer_id, "user_id": user_id}
            made = insert_for(connection, verdicts).values(**key, verdict=verdict, missing="", at=now)
            await connection.execute(
                made.on_conflict_do_update(index_elements=list(key), set_={"verdict": verdict, "at": now})
            )
        return True

    async def judge(self, answer_id: int, user_id: int, pressed: Verdict, now: datetime) -> Verdict | None:
        """The person's verdict after the press: the pressed one, or None when that was taken back by it."""
        here = (verdicts.c.answer_id == answer_id) & (verdicts.c.user_id == user_id)
        async with self._database.writing() as connection:
            before = (await connection.execute(select(verdicts.c.verdict).where(here))).scalar()
            verdict = None if before == pressed else pressed
            key = {"answer_id": answer_id, "user_id": user_id}
            made = insert_for(connection, verdicts).values(**key, verdict=verdict, missing="", at=now)
            await connection.execute(
                made.on_conflict_do_update(index_elements=list(key), set_={"verdict": verdict, "at": now})
            )
        return verdict

    async def counts(self, answer_id: int) -> tuple[int, int]:
        """Thumbs up and down."""
        statement = (
            select(verdicts.c.verdict, func.count())
            .where(verdicts.c.answer_id == answer_id)
            .group_by(verdicts.c.verdict)
        )
        async with self._database.reading() as connection:
            found = {row[0]: int(row[1]) for row in await connection.execute(statement)}
        return found.get("up", 0), found.get("down", 0)

    async def say_missing(self, answer_id: int, user_id: int, text: str, now: datetime) -> None:
        """What the person missed in the answer; a second word goes over the first."""
        key = {"answer_id": answer_id, "user_id": user_id}
        async with self._database.writing() as connection:
            made = insert_for(connection, verdicts).values(**key, verdict="down", missing=text, at=now)
            await connection.execute(made.on_conflict_do_update(index_elements=list(key), set_={"missing": text}))

    async def may_tell(self, answer_id: int, user_id: int, now: datetime, pause: timedelta, most: int) -> bool:
        """True when somebody may be told of this thumb down: once an answer, and at most `most` in `pause`."""
        async with self._database.writing() as connection:
            told = select(func.count()).select_from(verdicts)
            lately = (await connection.execute(told.where(verdicts.c.told_at > now - pause))).scalar_one()
            same = told.where(verdicts.c.answer_id == answer_id, verdicts.c.told_at.is_not(None))
            if lately >= most or (await connection.execute(same)).scalar_one():
                return False
            here = (verdicts.c.answer_id == answer_id) & (verdicts.c.user_id == user_id)
            await connection.execute(update(verdicts).where(here).values(told_at=now))
        return True

    async def told(self, answer_id: int, user_id: int, whom: Sequence[int]) -> None:
        """Who was told of this thumb down."""
        here = (verdicts.c.answer_id == answer_id) & (verdicts.c.user_id == user_id)
        async with self._database.writing() as connection:
            await connection.execute(update(verdicts).where(here).values(told_to=json.dumps(list(whom))))

    async def complaints(self, limit: int) -> tuple[Complaint, ...]:
        """The newest thumbs down, newest first."""
        statement = (
            select(verdicts, answers.c.question, answers.c.plan, quoted_answers.c.passages)
            .join(answers, answers.c.id == verdicts.c.answer_id)
            .join(quoted_answers, quoted_answers.c.answer_id == verdicts.c.answer_id)
            .where(verdicts.c.verdict == "down")
            .order_by(verdicts.c.at.desc(), verdicts.c.answer_id.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = list(await connection.execute(statement))
        return tuple([await self._complaint(row) for row in rows])

    async def totals(self) -> tuple[int, int]:
        """All thumbs up and down."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(verdicts.c.verdict, func.count()).group_by(verdicts.c.verdict))
            found = {row[0]: int(row[1]) for row in rows}
        return found.get("up", 0), found.get("down", 0)

    async def uses(self) -> Mapping[str, int]:
        """Title → how many answers cited that document."""
        statement = select(audit.c.documents, func.count()).where(audit.c.documents != "[]").group_by(audit.c.documents)
        counts: Counter[str] = Counter()
        async with self._database.reading() as connection:
            for row in await connection.execute(statement):
                counts.update(dict.fromkeys(json.loads(row[0]), int(row[1])))
        return counts

    async def wait_for(self, chat_id: int, message_id: int, prompt: Prompt, now: datetime) -> None:
        """The next reply of that person to this message is meant for `prompt`."""
        values = {"user_id": prompt.user_id, "kind": prompt.kind, "subject": prompt.subject, "at": now}
        key = {"chat_id": chat_id, "message_id": message_id}
        async with self._database.writing() as connection:
            made = insert_for(connection, reply_prompts).values(**key, **values)
            await connection.execute(made.on_conflict_do_update(index_elements=list(key), set_=values))

    async def prompt(self, chat_id: int, message_id: int, user_id: int) -> Prompt | None:
        """What a reply of that person to that message is meant for."""
        table = reply_prompts.c
        here = (table.chat_id == chat_id) & (table.message_id == message_id) & (table.user_id == user_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(select(reply_prompts).where(here))).first()
        return None if row is None else Prompt(row.user_id, row.kind, row.subject)

    async def is_asked(self, kind: str, subject: int, user_id: int) -> bool:
        """Whether that person was already asked for this."""
        table = reply_prompts.c
        here = (table.kind == kind) & (table.subject == subject) & (table.user_id == user_id)
        async with self._database.reading() as connection:
            return (await connection.execute(select(table.message_id).where(here).limit(1))).first() is not None

    async def _complaint(self, row: Any) -> Complaint:
        up, down = await self.counts(row.answer_id)
        return Complaint(
            answer_id=row.answer_id,
            user_id=row.user_id,
            at=row.at,
            question=row.question,
            plan=row.plan,
            missing=row.missing,
            passages=from_json(row.passages),
            up=up,
            down=down,
            told_to=tuple(json.loads(row.told_to)),
        )
