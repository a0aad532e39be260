"""Read-only sessions of one PostgreSQL database: few, reused, replaced when lost, each one snapshot in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from metrics.errors import SourceError
from metrics.sources import database_faults
from metrics.sources.database_url import Database

if TYPE_CHECKING:
    from psycopg import Connection

MOST_CONNECTIONS = 4
CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_SECONDS = 30  # of a question; a database that is slower than that is of no use in a chat
COUNT_TIMEOUT_SECONDS = 600  # of counting a whole table, which nobody waits for
RETRY_SECONDS = 2.0  # a database that did not answer is left alone for so long: every question would wait for it
# a connection whose other end vanished without a word is given up after about twenty seconds, not after two hours
KEEPALIVE = {"keepalives_idle": "10", "keepalives_interval": "3", "keepalives_count": "3", "tcp_user_timeout": "15000"}


@dataclass(frozen=True)
class Session:
    """One transaction: everything read in it is of the same moment."""

    connection: Connection[tuple[Any, ...]]
    database: str

    def rows(self, statement: str, values: Sequence[object] = (), *, tables: Sequence[str] = ()) -> list[Any]:
        """All rows. Raises SourceError, which names `tables` and never the address."""
        import psycopg  # late: 0.1 s that a shop of files never pays

        try:
            # the statements are built as trees or are constants of this room, never text from outside
            return self.connection.execute(statement, values or None).fetchall()
        except psycopg.Error as error:
            raise database_faults.of_statement(error, self.database, tables) from None


class Connections:
    """The sessions of one database; safe to use from several threads."""

    def __init__(self, database: Database, zone: str) -> None:
        self._database = database
        self._zone = zone
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._idle: list[Connection[tuple[Any, ...]]] = []
        self._failure: tuple[float, SourceError] | None = None  # when it last did not answer, and what was said

    @contextmanager
    def session(self, timeout_seconds: int = STATEMENT_TIMEOUT_SECONDS) -> Iterator[Session]:
        """A read-only transaction. Raises SourceError when there is none to be had."""
        if not self._free.acquire(timeout=STATEMENT_TIMEOUT_SECONDS):
            raise SourceError(f"database {self._database.id} is busy; ask again in a moment", table="")
        try:
            connection = self._begun(timeout_seconds)
            try:
                yield Session(connection, self._database.id)
            finally:
                self._put_back(connection)
        finally:
            self._free.release()

    def close(self) -> None:
        """Ends the idle sessions."""
        while (connection := self._taken()) is not None:
            connection.close()

    def _taken(self) -> Connection[tuple[Any, ...]] | None:
        """An idle connection; None when another thread has taken the last one."""
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _begun(self, timeout_seconds: int) -> Connection[tuple[Any, ...]]:
        """A connection inside a new transaction; one that died while it lay idle is replaced."""
        import psycopg

        while (connection := self._taken()) is not None:
            try:
                self._begin(connection, timeout_seconds)
            except psycopg.Error:
                connection.close()
            else:
                return connection
        connection = self._connected()
        try:
            self._begin(connection, timeout_seconds)
        except psycopg.Error as error:
            connection.close()
            raise database_faults.of_statement(error, self._database.id, ()) from None
        return connection

    def _begin(self, connection: Connection[tuple[Any, ...]], timeout_seconds: int) -> None:
        """Settings of the transaction and not of the session: a pooler in between may change sessions at any time."""
        zone = self._zone.replace("'", "''")
        connection.execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
            f"SET LOCAL statement_timeout = '{timeout_seconds}s'; SET LOCAL timezone = '{zone}'; "
            # 01/02/2026 in a text is refused instead of guessed at; compiling takes longer than most questions
            "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL standard_conforming_strings = on; SET LOCAL jit = off"
        )

    def _connected(self) -> Connection[tuple[Any, ...]]:
        failed_at, failure = self._failure or (float("-inf"), None)
        if failure is not None and time.monotonic() - failed_at < RETRY_SECONDS:
            raise database_faults.again(failure)
        try:
            connection = self._connect()
        except SourceError as error:
            self._failure = time.monotonic(), error
            raise
        self._failure = None
        return connection

    def _connect(self) -> Connection[tuple[Any, ...]]:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        problem = self._database.problem()
        if problem:
            raise SourceError(f"database {self._database.id}: {problem}", table="", is_connected=False)
        try:
            given = {name: str(value) for name, value in conninfo_to_dict(self._database.url).items()}
        except psycopg.Error:  # its text quotes the address
            raise database_faults.of_address(self._database.id) from None
        own = {"application_name": "opsbot", "connect_timeout": str(CONNECT_TIMEOUT_SECONDS), **KEEPALIVE}
        settings: dict[str, Any] = {**own, **given, "client_encoding": "utf8"}
        try:
            connection = psycopg.connect(**settings, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise database_faults.of_connecting(error, self._database.id) from None
        with suppress(psycopg.Error):  # every transaction says so for itself; this is a second bolt
            connection.execute("SET default_transaction_read_only = on")
        return connection

    def _put_back(self, connection: Connection[tuple[Any, ...]]) -> None:
        import psycopg

        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
            return
        self._idle.append(connection)
