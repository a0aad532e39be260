"""What a database driver reports, as one sentence that says the next move and holds nothing of the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from metrics.errors import SourceError

if TYPE_CHECKING:
    import psycopg

LONGEST_REASON = 160
# words of the server's refusal (there is no code in it while connecting) -> what it means and the next move
REFUSALS = (
    ("password authentication failed", "it refuses the user name or the password; correct the address"),
    ("no password supplied", "it wants a password; put it into the address"),
    ("no pg_hba.conf entry", "it lets this machine or user in nowhere; ask its administrator"),
    ("does not exist", "it knows no such database or user; correct the address"),
    ("too many", "it has no connection free; try again later"),
    ("starting up", "it is starting; it is tried again by itself"),
    ("shutting down", "it is shutting down; it is tried again by itself"),
    ("could not translate host name", "its host name is unknown; correct the address"),
    ("failed to resolve host", "its host name is unknown; correct the address"),
    ("timeout", "it does not answer in time; see whether it runs and can be reached from here"),
)


class LostConnectionError(SourceError):
    """The database was there and then was not; asking again may find it back."""


def of_connecting(error: psycopg.Error, database: str) -> SourceError:
    """Why there is no connection; the driver's own text is not repeated, it may quote the address."""
    text = str(error).lower()
    unreachable = "it cannot be reached; see whether it runs and lets this machine in"
    reason = next((meaning for words, meaning in REFUSALS if words in text), unreachable)
    return SourceError(f"database {database} cannot be read: {reason}", table="")


def of_address(database: str) -> SourceError:
    """An address that the driver cannot take apart."""
    return SourceError(
        f"database {database}: its address is malformed; write postgresql://user:password@host:5432/name and special "
        "characters of the password as %40 (@), %2F (/), %3A (:)",
        table="",
        is_connected=False,
    )


def of_statement(error: psycopg.Error, database: str, tables: Sequence[str]) -> SourceError:
    """Why a statement failed, by the class of its code."""
    code = error.sqlstate or ""
    said = (error.diag.message_primary or "")[:LONGEST_REASON]
    name = f"table {', '.join(tables)}" if tables else f"database {database}"
    table = tables[0] if tables else ""
    if not code or (code[:2] in ("08", "57") and code != "57014"):
        return LostConnectionError(
            f"{name}: the connection to the database was lost; it is tried again by itself", table=table
        )
    if code == "57014":
        reason = "the database took too long; give the time column an index, or ask for a shorter period"
    elif code == "42501":
        reason = "the database user may not read it; GRANT SELECT on the table and USAGE on its schema"
    elif code[:2] == "22":
        reason = f"a value does not fit its column ({said}); correct it or map another column"
    elif code[:2] == "42":
        reason = f"the table was changed ({said}); correct columns in sources.yaml"
    else:
        reason = f"the database refused ({said}); try again"
    return SourceError(f"{name}: {reason}", table=table)


def again(error: SourceError) -> SourceError:
    """The same failure once more, as an error of its own: one object raised in two threads mixes their traces."""
    return type(error)(str(error), table=error.table, is_connected=error.is_connected)


def of_table(error: SourceError, table: str) -> SourceError:
    """The same error, told of this table."""
    text = str(error) if error.table else f"table {table}: {error}"
    return type(error)(text, table=table, is_connected=error.is_connected)
