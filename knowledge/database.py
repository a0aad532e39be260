"""The SQLite file under the store: opened for safe writing beside readers, one connection for all threads."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from knowledge import schema
from knowledge.errors import StoreError

FILE_NAME = "knowledge.sqlite"
BUSY_MILLISECONDS = 10_000
BROKEN_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """A write is one transaction: a kill leaves the state before or after it. Every failure is a StoreError."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.RLock()
        self._path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise _explained(error) from error

    def _prepare(self) -> None:
        run = self._connection.execute
        run(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        run("PRAGMA foreign_keys=ON")
        if run("PRAGMA user_version").fetchone()[0] == schema.VERSION:
            return
        with self.transaction():
            for name in schema.NAMES:
                run(f"DROP TABLE IF EXISTS {name}")
            for statement in schema.TABLES.split(";\n"):
                run(statement)
            run(f"PRAGMA user_version={schema.VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; waits for another process that is writing."""
        with self._lock, _explaining():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view over several reads, whatever another process writes meanwhile."""
        with self._lock, _explaining():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Everything that the statement selects."""
        with self._lock, _explaining():
            return self._connection.execute(statement, values).fetchall()

    def foreign_changes(self) -> int:
        """Another number whenever another process has written."""
        return int(self.rows("PRAGMA data_version")[0][0])

    def close(self) -> None:
        """Gives the file back; nothing can be asked afterwards."""
        with self._lock:
            self._connection.close()


def discard(folder: Path) -> None:
    """Deletes the file. Only for the process that holds the writer's lock, and only when the file is broken."""
    for suffix in ("", "-wal", "-shm"):
        (folder / (FILE_NAME + suffix)).unlink(missing_ok=True)


def is_broken(error: StoreError) -> bool:
    """True when the file itself is damaged, not merely locked or forbidden."""
    return getattr(error.__cause__, "sqlite_errorcode", None) in BROKEN_CODES


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _explained(error) from error


def _explained(error: Exception) -> StoreError:
    return StoreError(
        f"the document store {FILE_NAME} cannot be used ({error}); check the permissions and the space of the index "
        "folder, or delete the folder: it is made again from the documents."
    )
