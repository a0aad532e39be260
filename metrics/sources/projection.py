"""The SELECT list that turns a file's columns into the logical ones: renamed, typed, values mapped."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.sources.mapping import TableSource

DUCKDB_TYPES = {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "time": "TIMESTAMP"}
# types that hold the logical type as they are; anything else is cast
FITTING = {
    "text": ("VARCHAR",),
    "integer": ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"),
    "number": ("DOUBLE",),
    "boolean": ("BOOLEAN",),
    "time": ("TIMESTAMP",),
}


def logical_types(source: TableSource) -> dict[str, str]:
    """Every logical column of the table with its type; dimensions are text."""
    return {**source.table.columns, **dict.fromkeys(source.table.dimensions, "text")}


def columns(source: TableSource, found: Mapping[str, str], zone: ZoneInfo) -> list[exp.Expr]:
    """One expression for each logical column that the file has; `found` maps its columns to DuckDB types."""
    return [
        exp.alias_(_column(source, logical, kind, found[source.physical(logical)], zone), logical, quoted=True)
        for logical, kind in logical_types(source).items()
        if source.physical(logical) in found
    ]


def _column(source: TableSource, logical: str, kind: str, held: str, zone: ZoneInfo) -> exp.Expr:
    column: exp.Expr = exp.column(source.physical(logical), quoted=True)
    if held.startswith("TIMESTAMP WITH TIME ZONE") and kind == "time":
        return exp.AtTimeZone(this=column, zone=exp.Literal.string(zone.key))
    if held not in FITTING[kind]:
        column = exp.cast(column, DUCKDB_TYPES[kind])
    mapped = source.values.get(logical)
    return mapped_value(column, mapped) if mapped else column


def mapped_value(column: exp.Expr, mapped: Mapping[str, str]) -> exp.Expr:
    """The canonical value where the file's own value is mapped, else the value as it is."""
    case = exp.Case(this=column)
    for written, canonical in mapped.items():
        case = case.when(exp.Literal.string(written), exp.Literal.string(canonical))
    return case.else_(column.copy())
