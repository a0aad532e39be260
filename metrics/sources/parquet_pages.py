"""A Parquet file as cells, for one whose amounts or times are texts as people write them (¥1,234, 2026/11/9)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from metrics.sources import warehouse
from metrics.sources.cells import Cell
from metrics.sources.files import FileState
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import Held, Origin, operands
from metrics.sources.pages import Page, PageError, Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# texts that the database reads exactly as the readers of cells would; each type has one such form
EXACT = {
    "number": r"[+-]?\d{1,15}(\.\d+)?",
    "integer": r"[+-]?\d{1,15}",
    "boolean": r"true|false",
    "time": r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?",
}
AS_THEY_ARE = frozenset({"VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DATE",
                         "TIMESTAMP"})  # fmt: skip


def must_be_read(
    cursor: DuckDBPyConnection,
    file: FileState,
    source: TableSource,
    origins: Mapping[str, Origin],
    types: Mapping[str, str],
) -> bool:
    """Whether a number, time or truth value of the table stands in a text column in a form that needs a reader."""
    kinds = logical_types(source)
    wanted = {
        (origin.column, kinds[logical])
        for logical, origin in origins.items()
        if isinstance(origin, Held) and kinds[logical] in EXACT and logical not in source.values
    }
    wanted |= {(column, "number") for column in operands(origins)}
    texts = sorted((column, kind) for column, kind in wanted if types[column] == "VARCHAR")
    if not texts:
        return False
    checks = [_all_exact(column, kind) for column, kind in texts]
    row = cursor.execute(exp.select(*checks).from_(warehouse.parquet([file])).sql("duckdb")).fetchone()
    return row is not None and False in row


def _all_exact(column: str, kind: str) -> exp.Expr:
    value = exp.column(column, quoted=True)
    fits = exp.Anonymous(this="regexp_full_match", expressions=[value, exp.Literal.string(EXACT[kind])])
    return exp.LogicalAnd(this=fits)


def pages(path: Path) -> list[Page]:
    """The whole file as one page whose header is row 0. Raises PageError."""
    import duckdb  # late: see warehouse.connect

    file = warehouse.parquet([FileState(path, 0, 0)])
    try:
        with duckdb.connect(":memory:") as connection:
            held = connection.execute(exp.select("*").from_(file.copy()).limit(0).sql("duckdb")).description or ()
            chosen = [_shown(str(name), str(kind)) for name, kind, *_ in held]
            found = connection.execute(exp.select(*chosen).from_(file).sql("duckdb")).fetchall()
    except duckdb.Error:
        raise PageError("is not a complete Parquet file; write it again or take it away") from None
    header: Row = (0, [str(column[0]) for column in held])
    rows: list[Row] = [header, *((number, [_cell(value) for value in row]) for number, row in enumerate(found, 1))]
    return [Page("", "row", partial(iter, rows))]


def _shown(name: str, kind: str) -> exp.Expr:
    column = exp.column(name, quoted=True)
    return column if kind in AS_THEY_ARE else exp.cast(column, "VARCHAR")


def _cell(value: object) -> Cell:
    """Empty for what is missing; neither is NaN or infinity an amount."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return cast(Cell, value)
