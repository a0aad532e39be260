"""What a database holds: its tables and views, their columns and what kinds of values those are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from metrics.errors import SourceError
from metrics.sources.database import Session

# type as the server names it -> kind of a logical column; every other type is text
KINDS = {
    **dict.fromkeys(("smallint", "integer", "bigint"), "integer"),
    **dict.fromkeys(("numeric", "real", "double precision", "money"), "number"),
    **dict.fromkeys(("timestamp with time zone", "timestamp without time zone", "date"), "time"),
    "boolean": "boolean",
}
RELATIONS = """
    SELECT n.nspname, c.relname, pg_table_is_visible(c.oid)
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND n.nspname NOT LIKE 'pg\\_temp%' AND has_schema_privilege(n.oid, 'USAGE')
      AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
    ORDER BY 1, 2
"""
COLUMNS = """
    SELECT a.attname, format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL)
    FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY a.attnum
"""


@dataclass(frozen=True)
class Relation:
    """A table or view that may be read."""

    schema: str
    name: str
    is_visible: bool  # found without naming its schema

    @property
    def written(self) -> str:
        """As sources.yaml names it."""
        return f"{_quoted(self.schema)}.{_quoted(self.name)}"


@dataclass(frozen=True)
class Column:
    """One column of a relation."""

    name: str
    type: str  # as the server names it, domains by what they are made of

    @property
    def kind(self) -> str:
        """text, integer, number, boolean or time."""
        return KINDS.get(self.type, "text")


def relations(session: Session) -> tuple[Relation, ...]:
    """Every table and view that the user may read, partitions under their parent's name alone."""
    return tuple(Relation(*row) for row in session.rows(RELATIONS))


def columns(session: Session, relation: Relation) -> tuple[Column, ...]:
    """Its columns in their order."""
    return tuple(Column(*row) for row in session.rows(COLUMNS, (relation.schema, relation.name)))


def find(session: Session, written: str, table: str) -> Relation:
    """The relation of that name. Raises SourceError when there is none, or several that differ in case alone."""
    schema, name = split(written)
    known = relations(session)
    wanted = (schema, name)
    inside = [(held, (held.schema if schema else "", held.name)) for held in known if schema or held.is_visible]
    exact = [held for held, found in inside if found == wanted]
    alike = exact or [held for held, found in inside if _folded(found) == _folded(wanted)]
    if len(alike) == 1:
        return alike[0]
    raise SourceError(
        f"table {table}: database {session.database} has {'several' if alike else 'no'} {written!r} that may be read; "
        f"{_nearest(name, known)}",
        table=table,
        is_connected=False,
    )


def split(written: str) -> tuple[str, str]:
    """Schema ("" without one) and name; double quotes hold dots together."""
    parts: list[str] = []
    for piece in written.split("."):
        if parts and parts[-1].count('"') % 2:
            parts[-1] += f".{piece}"
        else:
            parts.append(piece)
    names = [part.strip().removeprefix('"').removesuffix('"').replace('""', '"') for part in parts]
    return (".".join(names[:-1]), names[-1])


def _folded(names: tuple[str, str]) -> tuple[str, str]:
    return names[0].casefold(), names[1].casefold()


def _quoted(name: str) -> str:
    return f'"{name}"' if "." in name or '"' in name else name


def _nearest(name: str, known: Sequence[Relation]) -> str:
    if not known:
        return "the user may read no table at all; GRANT SELECT on the tables and USAGE on their schema"
    close = get_close_matches(name, [held.name for held in known], n=3, cutoff=0.5)
    shown = [held.written for held in known if held.name in close] or [held.written for held in known[:8]]
    return f"it has {', '.join(shown)}"
