"""Answers that an admin verified and pinned to a question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select, update

from bot.store.curated import PinRow, from_json, to_json
from bot.store.database import Database, insert_for
from bot.store.schema import pins


class Pins:
    """Drafts wait for the admin's last word; only what is on is served."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, pin: PinRow) -> PinRow:
        """The pin with its number."""
        async with self._database.writing() as connection:
            made = await connection.execute(insert_for(connection, pins).values(**_values(pin)).returning(pins.c.id))
            return replace(pin, id=int(made.scalar_one()))

    async def get(self, pin_id: int) -> PinRow | None:
        """The pin of that number, in whatever state."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(pins).where(pins.c.id == pin_id))).first()
        return None if row is None else pin_of(row)

    async def change(self, pin: PinRow, before: str) -> PinRow | None:
        """The pin as it is now; None when it was not in state `before` any more."""
        here = (pins.c.id == pin.id) & (pins.c.state == before)
        async with self._database.writing() as connection:
            changed = update(pins).where(here).values(**_values(pin)).returning(*pins.c)
            row = (await connection.execute(changed)).first()
        return None if row is None else pin_of(row)

    async def served(self) -> tuple[PinRow, ...]:
        """Every pin that is on, newest first."""
        statement = select(pins).where(pins.c.state == "on").order_by(pins.c.id.desc())
        async with self._database.reading() as connection:
            return tuple(pin_of(row) for row in await connection.execute(statement))


def pin_of(row: Row[Any]) -> PinRow:
    """The pin in a row of the table."""
    return PinRow(
        question=row.question,
        html=row.html,
        language=row.language,
        audience=row.audience,
        passages=from_json(row.passages),
        by=row.by,
        role=row.role,
        at=row.at,
        state=row.state,
        id=row.id,
    )


def _values(pin: PinRow) -> dict[str, Any]:
    return {
        "question": pin.question,
        "html": pin.html,
        "language": pin.language,
        "audience": pin.audience,
        "passages": to_json(pin.passages),
        "state": pin.state,
        "by": pin.by,
        "role": pin.role,
        "at": pin.at,
    }
