"""Files that were sent to the bot and wait for an admin's word."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, select, update

from bot.store.database import Database, insert_for
from bot.store.schema import uploads

State = Literal["waiting", "working", "added", "cancelled", "expired"]


@dataclass(frozen=True)
class UploadRow:
    """One file, read and not yet anybody's source."""

    update_key: str
    chat_id: int
    user_id: int
    token: str  # name in the quarantine
    preview: Mapping[str, Any]
    audience: str  # everyone, manager
    at: datetime
    state: str = "waiting"
    id: int = 0  # 0 until it is kept


class Uploads:
    """Each file is added or cancelled once, whoever presses and however often."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: UploadRow) -> int | None:
        """Its number, to be put into the buttons; None when the same update was kept before."""
        values = {
            "update_key": row.update_key,
            "chat_id": row.chat_id,
            "user_id": row.user_id,
            "token": row.token,
            "preview": json.dumps(row.preview, ensure_ascii=False),
            "audience": row.audience,
            "state": row.state,
            "at": row.at,
        }
        async with self._database.writing() as connection:
            statement = insert_for(connection, uploads).values(**values).on_conflict_do_nothing()
            number = (await connection.execute(statement.returning(uploads.c.id))).scalar()
        return None if number is None else int(number)

    async def get(self, upload_id: int) -> UploadRow | None:
        """The file of that number."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(uploads).where(uploads.c.id == upload_id))).first()
        return None if row is None else _upload(row)

    async def of_update(self, update_key: str) -> UploadRow | None:
        """The file that an update brought."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(uploads).where(uploads.c.update_key == update_key))).first()
        return None if row is None else _upload(row)

    async def in_state(self, *states: State) -> tuple[UploadRow, ...]:
        """Every file in one of these states."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(uploads).where(uploads.c.state.in_(states)))
            return tuple(_upload(row) for row in rows)

    async def move(self, upload_id: int, before: State, after: State) -> UploadRow | None:
        """The file in its new state, None when it was not in state `before` any more (someone was faster)."""
        here = (uploads.c.id == upload_id) & (uploads.c.state == before)
        async with self._database.writing() as connection:
            moved = update(uploads).where(here).values(state=after).returning(*uploads.c)
            row = (await connection.execute(moved)).first()
        return None if row is None else _upload(row)

    async def set_audience(self, upload_id: int, audience: str) -> UploadRow | None:
        """Who may read the document once it is added; None when it does not wait any more."""
        here = (uploads.c.id == upload_id) & (uploads.c.state == "waiting")
        async with self._database.writing() as connection:
            changed = update(uploads).where(here).values(audience=audience).returning(*uploads.c)
            row = (await connection.execute(changed)).first()
        return None if row is None else _upload(row)


def _upload(row: Row[Any]) -> UploadRow:
    return UploadRow(
        update_key=row.update_key,
        chat_id=row.chat_id,
        user_id=row.user_id,
        token=row.token,
        preview=json.loads(row.preview),
        audience=row.audience,
        at=row.at,
        state=row.state,
        id=row.id,
    )
