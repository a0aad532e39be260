"""A look into a database before anything is mapped: its tables, their columns and a few rows as texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp

from metrics.sources import database_catalog
from metrics.sources.database import Connections, Session
from metrics.sources.database_catalog import Relation
from metrics.sources.database_url import Database
from metrics.sources.mapping import DEFAULT_ZONE

Sample = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]  # headers, rows


def tables(url: str, zone: str = DEFAULT_ZONE) -> tuple[Relation, ...]:
    """Every table and view that may be read. Raises SourceError, which never holds the address."""
    with _session(url, zone) as session:
        return database_catalog.relations(session)


def sample(url: str, written: str, rows: int = 200, zone: str = DEFAULT_ZONE) -> Sample:
    """The headers and some rows, as the database writes them in the shop's zone; "" for NULL. Raises SourceError."""
    with _session(url, zone) as session:
        relation = database_catalog.find(session, written, written)
        headers = [column.name for column in database_catalog.columns(session, relation)]
        chosen = [exp.cast(exp.column(name, quoted=True), "TEXT") for name in headers]
        query = exp.select(*chosen).from_(exp.table_(relation.name, db=relation.schema, quoted=True)).limit(rows)
        found = session.rows(query.sql("postgres"), tables=[relation.written])
    texts = tuple(tuple("" if value is None else str(value) for value in row) for row in found)
    return tuple(headers), texts


@contextmanager
def _session(url: str, zone: str) -> Iterator[Session]:
    connections = Connections(Database.of("at this address", url), zone)
    try:
        with connections.session() as session:
            yield session
    finally:
        connections.close()
