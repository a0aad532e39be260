"""Draft tactic cards on which a person decided; each decision is taken once, whoever presses and however often."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.database import Database, insert_for
from bot.store.draft_rows import CardText, DraftRow, card_from_json, card_to_json
from bot.store.schema import draft_cards


class Drafts:
    """One row a sentence, from the first time somebody does something with it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, row: DraftRow) -> DraftRow:
        """The row of that draft: the one that was kept before, else this one."""
        async with self._database.writing() as connection:
            statement = insert_for(connection, draft_cards).values(**_values(row)).on_conflict_do_nothing()
            await connection.execute(statement)
            here = draft_cards.c.draft_id == row.draft_id
            return draft_of((await connection.execute(select(draft_cards).where(here))).one())

    async def get(self, row_id: int) -> DraftRow | None:
        """The row of that number."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(draft_cards).where(draft_cards.c.id == row_id))).first()
        return None if row is None else draft_of(row)

    async def all(self) -> tuple[DraftRow, ...]:
        """Every row in every state, oldest first."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(draft_cards).order_by(draft_cards.c.id))
            return tuple(draft_of(row) for row in rows)

    async def move(
        self, row_id: int, before: Collection[str], after: str, by: tuple[int, str] | None, now: datetime
    ) -> DraftRow | None:
        """The row in its new state; None when it was in none of `before` any more. `by` None leaves who decided."""
        who = {} if by is None else {"by": by[0], "by_name": by[1], "at": now}
        return await self._change(row_id, before, {"state": after, **who})

    async def correct(
        self, row_id: int, card: CardText, before: Collection[str], by: tuple[int, str], now: datetime
    ) -> DraftRow | None:
        """The row with another card, open; None when it was in none of `before` any more."""
        values = {"card": card_to_json(card), "state": "open", "by": by[0], "by_name": by[1], "at": now}
        return await self._change(row_id, before, values)

    async def _change(self, row_id: int, before: Collection[str], values: dict[str, Any]) -> DraftRow | None:
        here = (draft_cards.c.id == row_id) & draft_cards.c.state.in_(before)
        async with self._database.writing() as connection:
            changed = update(draft_cards).where(here).values(**values).returning(*draft_cards.c)
            row = (await connection.execute(changed)).first()
        return None if row is None else draft_of(row)


def draft_of(row: Row[Any]) -> DraftRow:
    """The draft in a row of the table."""
    return DraftRow(
        draft_id=row.draft_id,
        card=card_from_json(row.card),
        evidence=row.evidence,
        file=row.file,
        document=row.document,
        state=row.state,
        by=row.by,
        by_name=row.by_name,
        at=row.at,
        id=row.id,
    )


def _values(row: DraftRow) -> dict[str, Any]:
    return {
        "draft_id": row.draft_id,
        "card": card_to_json(row.card),
        "evidence": row.evidence,
        "file": row.file,
        "document": row.document,
        "state": row.state,
        "by": row.by,
        "by_name": row.by_name,
        "at": row.at,
    }
