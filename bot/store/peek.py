"""Reads pinned answers, decisions on drafts and the ledger without opening the state for writing: a command that
asks one question changes nothing."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.store.curated import PinRow, from_json
from bot.store.draft_rows import DraftRow, card_from_json
from bot.store.ledger_rows import LedgerRow

log = logging.getLogger(__name__)

Values = Mapping[str, object]


@dataclass(frozen=True)
class _Wanted:
    """One table's rows as the commands read them."""

    table: str
    columns: tuple[str, ...]
    rest: str = ""

    @property
    def statement(self) -> str:
        columns = ", ".join(f'"{name}"' for name in self.columns)
        return f"SELECT {columns} FROM {self.table} {self.rest}"  # noqa: S608 - nothing in it comes from outside


PINS = _Wanted(
    "pins",
    ("question", "html", "language", "audience", "passages", "by", "role", "at", "state", "id"),
    "WHERE state = 'on' ORDER BY id DESC",
)
DRAFTS = _Wanted(
    "draft_cards",
    ("draft_id", "card", "evidence", "file", "document", "state", "by", "by_name", "at", "id"),
    "ORDER BY id",
)

LEDGER = _Wanted(
    "ledger",
    tuple(field.name for field in fields(LedgerRow)),
    "WHERE state NOT IN ('proposed', 'cancelled') ORDER BY id DESC",
)


def read_ledger(file: Path, database_url: str = "") -> tuple[LedgerRow, ...]:
    """Every tactic that was adopted, newest first; none while there is no state, or one of an older version."""
    return tuple(_entry(values) for values in _read(LEDGER, file, database_url))


def read_pins(file: Path, database_url: str = "") -> tuple[PinRow, ...]:
    """Every pin that is on, newest first; none while there is no state, or one of an older version."""
    return tuple(_pin(values) for values in _read(PINS, file, database_url))


def read_drafts(file: Path, database_url: str = "") -> tuple[DraftRow, ...]:
    """Every draft on which somebody decided; none while there is no state, or one of an older version."""
    return tuple(_draft(values) for values in _read(DRAFTS, file, database_url))


def _read(wanted: _Wanted, file: Path, database_url: str) -> list[Values]:
    try:
        configured = _file_of(database_url) if database_url else file
        rows = _from_server(wanted, database_url) if configured is None else _from_file(wanted, configured)
    except Exception as error:  # questions are answered also without
        log.warning("the table %s could not be read: %s", wanted.table, type(error).__name__)
        return []
    return [dict(zip(wanted.columns, row, strict=True)) for row in rows]


def _file_of(url: str) -> Path | None:
    """The file of a state that lies in one; None for a database server."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        return Path(url)
    return Path(rest.removeprefix("/").partition("?")[0]) if scheme.startswith("sqlite") else None


def _from_file(wanted: _Wanted, file: Path) -> Sequence[Sequence[object]]:
    if not file.exists():
        return ()
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (wanted.table,)).fetchone():
            return ()
        return connection.execute(wanted.statement).fetchall()


def _from_server(wanted: _Wanted, url: str) -> Sequence[Sequence[object]]:
    from sqlalchemy import create_engine, inspect  # only where the state lies in a database server

    engine = create_engine("postgresql+psycopg://" + url.split("://", 1)[1])
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(wanted.table):
                return ()
            return [tuple(row) for row in connection.exec_driver_sql(wanted.statement)]
    finally:
        engine.dispose()


def _pin(values: Values) -> PinRow:
    return PinRow(
        question=str(values["question"]),
        html=str(values["html"]),
        language=str(values["language"]),
        audience=str(values["audience"]),
        passages=from_json(str(values["passages"])),
        by=_number(values["by"]),
        role=str(values["role"]),
        at=datetime.fromisoformat(str(values["at"])),
        state=str(values["state"]),
        id=int(str(values["id"])),
    )


def _draft(values: Values) -> DraftRow:
    return DraftRow(
        draft_id=str(values["draft_id"]),
        card=card_from_json(str(values["card"])),
        evidence=str(values["evidence"]),
        file=str(values["file"]),
        document=str(values["document"]),
        state=str(values["state"]),
        by=_number(values["by"]),
        by_name=str(values["by_name"]),
        at=datetime.fromisoformat(str(values["at"])),
        id=int(str(values["id"])),
    )


def _entry(values: Values) -> LedgerRow:
    held: dict[str, Any] = {
        **values,
        **{name: _day(values[name]) for name in ("start", "review")},
        **{name: _moment(values[name]) for name in ("made_at", "measured_at")},
    }
    return LedgerRow(**held)


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(str(value))


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))
