"""The DuckDB connection that all tables live in, and the statements that open files in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from metrics.coverage import DayRows
from metrics.errors import SourceError
from metrics.sources.files import FileState
from metrics.sources.projection import DUCKDB_TYPES
from metrics.windows import Window

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

THREADS = 2
HELD = "held"  # the database of the copies that stand in memory
FILE_COLUMN = "_file"  # of the native rows: which file a row is from


def connect() -> DuckDBPyConnection:
    """An in-memory database that never reaches for the network."""
    import duckdb  # late: 0.1 s that `opsbot --help` must not pay

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute(f"ATTACH ':memory:' AS {HELD} (COMPRESS)")  # the default database cannot be compressed
    connection.execute("SET GLOBAL parquet_metadata_cache = true")  # a plain SET would not reach its cursors
    return connection


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """A cursor that sees one state of all tables; committed at the end, rolled back on an error."""
    cursor = connection.cursor()
    cursor.execute("BEGIN TRANSACTION")
    try:
        yield cursor
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.close()


def compress(connection: DuckDBPyConnection) -> None:
    """Packs the copies that were written since the last time; to a fifth for rows of a shop."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"CHECKPOINT {HELD}")


def parquet(files: Sequence[FileState], function: str = "read_parquet") -> exp.Expr:
    """The table function over an explicit list of files; a pattern would break on one half-written file."""
    paths = exp.Array(expressions=[exp.Literal.string(str(file.path)) for file in files])
    return exp.Anonymous(this=function, expressions=[paths])


def parquet_columns(
    cursor: DuckDBPyConnection, files: Sequence[FileState], table: str
) -> dict[FileState, dict[str, str]]:
    """Column names and DuckDB types of each file. Raises SourceError for one that is no whole Parquet file."""
    import duckdb

    try:
        return _schemas(cursor, files)
    except duckdb.Error:
        names = ", ".join(file.name for file in files)
    raise SourceError(
        f"table {table}: {names} is not a complete Parquet file; write it again or take it away", table=table
    )


def _schemas(cursor: DuckDBPyConnection, files: Sequence[FileState]) -> dict[FileState, dict[str, str]]:
    by_path = {str(file.path): file for file in files}
    found: dict[FileState, dict[str, str]] = {file: {} for file in files}
    names = ("file_name", "name", "duckdb_type")
    query = exp.select(*(exp.column(name) for name in names)).from_(parquet(files, function="parquet_schema"))
    for path, name, kind in cursor.execute(query.where("num_children IS NULL").sql("duckdb")).fetchall():
        found[by_path[path]][str(name)] = str(kind)
    return found


def parquet_notes(cursor: DuckDBPyConnection, path: Path, key: bytes) -> dict[str, Any]:
    """The JSON that stands under `key` in the file's own notes; nothing when it does not."""
    function = exp.Anonymous(this="parquet_kv_metadata", expressions=[exp.Literal.string(str(path))])
    rows = cursor.execute(exp.select("key", "value").from_(function).sql("duckdb")).fetchall()
    found = {bytes(name): bytes(value) for name, value in rows}
    return dict(json.loads(found[key])) if key in found else {}


def create_rows_table(name: str, types: dict[str, str]) -> str:
    """The statement for the native table of small files and CSV rows."""
    columns = [
        exp.ColumnDef(this=exp.to_identifier(column, quoted=True), kind=exp.DataType.build(kind, dialect="duckdb"))
        for column, kind in [(FILE_COLUMN, "INTEGER"), *((key, DUCKDB_TYPES[kind]) for key, kind in types.items())]
    ]
    schema = exp.Schema(this=exp.to_table(name, dialect="duckdb"), expressions=columns)
    return exp.Create(this=schema, kind="TABLE", exists=True).sql("duckdb")


def create_view(name: str, query: exp.Query) -> str:
    """The statement that makes or replaces a view."""
    # the query is made for this and may be changed by the writing of it; a copy costs as much as the writing
    return exp.Create(this=quoted(name), kind="VIEW", replace=True, expression=query).sql("duckdb", copy=False)


def quoted(name: str) -> exp.Table:
    """A relation of that very name."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def days_of(cursor: DuckDBPyConnection, relations: Sequence[str], time: str) -> dict[str, tuple[DayRows, ...]]:
    """First and last moment and row count of each day, for each relation; rows without a time count nowhere."""
    if not relations:
        return {}
    legs = [_days_query(number, relation, time) for number, relation in enumerate(relations)]
    whole = exp.union(*legs, distinct=False, copy=False) if len(legs) > 1 else legs[0]
    found: dict[str, list[DayRows]] = {relation: [] for relation in relations}
    for number, *row in cursor.execute(whole.sql("duckdb", copy=False)).fetchall():
        found[relations[number]].append(DayRows(*row))
    return {relation: tuple(sorted(days, key=lambda held: held.day)) for relation, days in found.items()}


def _days_query(number: int, relation: str, time: str) -> exp.Select:
    column = exp.column(time, quoted=True)
    day = exp.cast(column.copy(), "DATE")
    named = exp.Not(this=exp.Is(this=column.copy(), expression=exp.null()))
    counted = (exp.Min(this=column.copy()), exp.Max(this=column.copy()), exp.Count(this=exp.Star()))
    chosen = exp.select(exp.Literal.number(number), day, *counted, copy=False).from_(quoted(relation), copy=False)
    return chosen.where(named, copy=False).group_by(exp.Literal.number(2), copy=False)


def latest_in(relation: str, time: str, window: Window) -> exp.Select:
    """The query for the last moment in the window, NULL without one."""
    column = exp.column(time, quoted=True)
    inside = exp.and_(column >= _moment(window.start), column < _moment(window.end))
    return exp.select(exp.Max(this=column.copy())).from_(quoted(relation)).where(inside)


def distinct(relation: str, column: str) -> exp.Select:
    """The query for every value of a column."""
    return exp.select(exp.column(column, quoted=True)).distinct().from_(quoted(relation))


def _moment(value: datetime) -> exp.Expr:
    """A timestamp literal; the text comes from isoformat, never from outside."""
    return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
