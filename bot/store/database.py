"""Opens the state's database: one engine that writes, one that reads, migrated to the newest schema."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Table

CLOSING_SECONDS = 10  # how long a stop waits for transactions that have begun
BUSY_SECONDS = 30  # how long a writer waits for another process's transaction
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class Database:
    """Transactions on the state; a writing one is alone from its first statement on."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._is_closing = False
        self._open_count = 0
        self._none_open = asyncio.Event()
        self._none_open.set()

    @classmethod
    async def open(cls, where: str | Path) -> Database:
        """The state at a path (SQLite) or a database URL, brought to the newest schema. Raises StoreError."""
        url = _url(where)
        try:
            await asyncio.to_thread(_require_file, url)
            database = cls(*_engines(url))
            await database._migrate()
        except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
            raise StoreError(
                f"cannot open the state {url.render_as_string(hide_password=True)}: {error}. "
                "Check the path, its permissions and OPSBOT_DATABASE_URL."
            ) from error
        return database

    async def close(self) -> None:
        """Lets transactions end, begins none any more and closes every connection; the state is complete on disk."""
        self._is_closing = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_open.wait(), CLOSING_SECONDS)
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that may change things; committed at the end, rolled back on any exception."""
        with self._counted():
            async with self._writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view that never waits for writers."""
        with self._counted():
            async with self._reader.begin() as connection:
                yield connection

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """A transaction after the end would open a connection that nobody closes."""
        if self._is_closing:
            raise StoreError("the state is closed; the process is stopping")
        self._open_count += 1
        self._none_open.clear()
        try:
            yield
        finally:
            self._open_count -= 1
            if not self._open_count:
                self._none_open.set()

    async def _migrate(self) -> None:
        from bot.store.migrate import upgrade  # alembic is needed once, at the opening

        async with self._writer.begin() as connection:
            await connection.run_sync(upgrade)


def insert_for(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the connection's dialect."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _url(where: str | Path) -> URL:
    text = str(where)
    if "://" not in text:
        path = Path(text).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder of the state, {path.parent}: {error.strerror}") from error
        return make_url(f"sqlite+aiosqlite:///{path}")
    scheme, rest = text.split("://", 1)
    return make_url(f"{DRIVERS.get(scheme, scheme)}://{rest}")


def _require_file(url: URL) -> None:
    """Opens an SQLite file once: the driver's thread may outlive the loop of an opening that failed."""
    if url.drivername.startswith("sqlite") and url.database:
        sqlite3.connect(url.database).close()


def _engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    if not url.drivername.startswith("sqlite"):
        engine = create_async_engine(url, pool_pre_ping=True)
        return engine, engine
    # One connection writes: inside this process writers queue up in order instead of polling the file lock.
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_SECONDS)
    reader = create_async_engine(url, pool_size=4, max_overflow=0, pool_timeout=BUSY_SECONDS)
    _prepare(writer, begin="BEGIN IMMEDIATE")
    _prepare(reader, begin="BEGIN")
    return writer, reader


def _prepare(engine: AsyncEngine, begin: str) -> None:
    """Own transactions: a plain BEGIN that later writes fails with "database is locked" under concurrency."""

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # a digest marked "sending" must survive a power cut
        cursor.close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
