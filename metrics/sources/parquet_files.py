"""What Parquet files hold: their columns, and the values that the catalogue or the filters call otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.errors import SourceError
from metrics.sources import value_names, warehouse
from metrics.sources.cells import folded
from metrics.sources.files import FileState
from metrics.sources.mapping import TableSource
from metrics.sources.origins import Held, Origin

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Renamed = Mapping[str, Mapping[str, str | None]]  # logical column -> value in the file -> what it stands for


def schemas(cursor: DuckDBPyConnection, files: Sequence[FileState], table: str) -> dict[FileState, dict[str, str]]:
    """Column names and types of each file: all at once, which is fast; one by one to name the one that is broken."""
    try:
        return warehouse.parquet_columns(cursor, files, table)
    except SourceError:
        # an error ends the transaction of `cursor`, in which every other file would look broken too
        with closing(cursor.cursor()) as own:
            for file in files:
                warehouse.parquet_columns(own, [file], table)
        raise


def renamed(
    cursor: DuckDBPyConnection, source: TableSource, files: Mapping[FileState, Mapping[str, Origin]]
) -> dict[str, dict[str, str | None]]:
    """Values of dimensions and of mapped booleans that the files write otherwise than the catalogue."""
    mapped_booleans = [name for name in source.values if name not in source.table.dimensions]
    found = {}
    for logical in (*source.table.dimensions, *mapped_booleans):
        texts = _distinct(cursor, logical, files)
        tidy = value_names.tidied(texts, source.values.get(logical, {}), source.known_values.get(logical, {}))
        if tidy:
            found[logical] = tidy
    return found


def _distinct(cursor: DuckDBPyConnection, logical: str, files: Mapping[FileState, Mapping[str, Origin]]) -> set[str]:
    """Every text that the files hold in a column; one query for all files that call it the same."""
    columns: dict[str, list[FileState]] = {}
    for file, origins in files.items():
        origin = origins.get(logical)
        if isinstance(origin, Held):
            columns.setdefault(origin.column, []).append(file)
    return {text for column, held in columns.items() for text in _texts(cursor, column, held)}


def _texts(cursor: DuckDBPyConnection, column: str, files: Sequence[FileState]) -> list[str]:
    value = exp.cast(exp.column(column, quoted=True), "VARCHAR")
    query = exp.select(value).distinct().from_(warehouse.parquet(files))
    return [text for (text,) in cursor.execute(query.sql("duckdb")).fetchall() if text is not None]


def spellings(
    cursor: DuckDBPyConnection, file: FileState, columns: Mapping[str, str], rows: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """For `keep` or `drop`: column of the file -> its own spellings of the wanted values; "" stands for empty."""
    found = {}
    for name, values in rows.items():
        if name in columns:
            wanted = {folded(value) for value in values}
            texts = (*_texts(cursor, columns[name], [file]), "")
            found[columns[name]] = [text for text in texts if folded(text) in wanted]
    return found
