"""Reads the pinned answers without opening the state for writing: a command that asks one question changes nothing."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.store.curated import PinRow, from_json

COLUMNS = ("question", "html", "language", "audience", "passages", "by", "role", "at", "state", "id")
WANTED = (
    'SELECT question, html, language, audience, passages, "by", role, at, state, id'
    " FROM pins WHERE state = 'on' ORDER BY id DESC"
)

log = logging.getLogger(__name__)


def read_pins(file: Path, database_url: str = "") -> tuple[PinRow, ...]:
    """Every pin that is on, newest first; none while there is no state, or one of an older version."""
    try:
        configured = _file_of(database_url) if database_url else file
        rows = _from_server(database_url) if configured is None else _from_file(configured)
    except Exception as error:  # questions are answered also without pins
        log.warning("the pinned answers could not be read: %s", type(error).__name__)
        return ()
    return tuple(_pin(row) for row in rows)


def _file_of(url: str) -> Path | None:
    """The file of a state that lies in one; None for a database server."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        return Path(url)
    return Path(rest.removeprefix("/").partition("?")[0]) if scheme.startswith("sqlite") else None


def _from_file(file: Path) -> Sequence[Sequence[object]]:
    if not file.exists():
        return ()
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'pins'").fetchone():
            return ()
        return connection.execute(WANTED).fetchall()


def _from_server(url: str) -> Sequence[Sequence[object]]:
    from sqlalchemy import create_engine, inspect  # only where the state lies in a database server

    engine = create_engine("postgresql+psycopg://" + url.split("://", 1)[1])
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("pins"):
                return ()
            return [tuple(row) for row in connection.exec_driver_sql(WANTED)]
    finally:
        engine.dispose()


def _pin(row: Sequence[object]) -> PinRow:
    values = dict(zip(COLUMNS, row, strict=True))
    return PinRow(
        question=str(values["question"]),
        html=str(values["html"]),
        language=str(values["language"]),
        audience=str(values["audience"]),
        passages=from_json(str(values["passages"])),
        by=None if values["by"] is None else int(str(values["by"])),
        role=str(values["role"]),
        at=datetime.fromisoformat(str(values["at"])),
        state=str(values["state"]),
        id=int(str(values["id"])),
    )
