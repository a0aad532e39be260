"""One answer's view of all places where rows are: the files' engine, and a session of each database that is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from metrics.errors import SourceError
from metrics.sources import warehouse
from metrics.sources.database import Connections, Session

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILES = ""  # the place of tables that are read from files; every other place is the id of a database
FOLDERS = re.compile(r"[^\s\"']*[/\\]")


@dataclass
class Reading:
    """Lives as long as one answer; each place shows one moment for all of it."""

    files: DuckDBPyConnection
    databases: Mapping[str, Connections]
    closing: ExitStack
    sessions: dict[str, Session] = field(default_factory=dict)

    def session(self, place: str) -> Session:
        """The transaction in that database, begun at the first need. Raises SourceError."""
        if place not in self.sessions:
            self.sessions[place] = self.closing.enter_context(self.databases[place].session())
        return self.sessions[place]

    def rows(self, place: str, statement: str, tables: Sequence[str]) -> list[Any]:
        """All rows of a statement in the place's own dialect. Raises SourceError, which names `tables`."""
        if place == FILES:
            return _from_files(self.files, statement, tables)
        return self.session(place).rows(statement, tables=tables)


def dialect_of(place: str) -> str:
    """What a statement for that place is written in."""
    return "duckdb" if place == FILES else "postgres"


@contextmanager
def reading(connection: DuckDBPyConnection, databases: Mapping[str, Connections]) -> Iterator[Reading]:
    """A reading that ends with the block."""
    with warehouse.transaction(connection) as cursor, ExitStack() as closing:
        yield Reading(cursor, databases, closing)


def _from_files(cursor: DuckDBPyConnection, statement: str, tables: Sequence[str]) -> list[Any]:
    import duckdb  # late: see warehouse.connect

    try:
        return cursor.execute(statement).fetchall()
    except duckdb.IOException:
        reason = "a data file was replaced while it was read; ask again in a moment"
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException):
        raise  # a statement that is wrong is a fault of this room and no fault of a file
    except duckdb.Error as error:
        said = FOLDERS.sub("", str(error).splitlines()[0])
        reason = f"a data file is damaged ({said}); write it again or take it away"
    raise SourceError(f"table {', '.join(tables)}: {reason}", table=tables[0])
