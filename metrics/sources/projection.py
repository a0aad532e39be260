"""The SELECT list that turns what a file holds into the logical columns: renamed, typed, computed, values mapped."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.sources import moments
from metrics.sources.cells import READERS
from metrics.sources.expressions import to_sql
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import Constant, Derived, Origin

DUCKDB_TYPES = {
    "text": "VARCHAR",
    "id": "BIGINT",  # while all files hold integers, which are counted fastest; else VARCHAR
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "time": "TIMESTAMP",
}
INTEGERS = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")
# types that hold the logical type as they are; anything else is cast
FITTING = {
    "text": ("VARCHAR",),
    "id": (*INTEGERS, "VARCHAR"),
    "integer": INTEGERS,
    "number": ("DOUBLE",),
    "boolean": ("BOOLEAN",),
    "time": ("TIMESTAMP",),
}
LARGEST_NUMBER = "1.7976931348623157e308"

Read = Callable[[str, str, str], exp.Expr]  # logical column, column of the file, type -> the typed value


def columns(
    source: TableSource, found: Mapping[str, Origin], text_ids: Collection[str], zone: ZoneInfo, read: Read
) -> list[exp.Expr]:
    """One expression for each logical column that the file has; ids in `text_ids` come out as text."""
    chosen: list[exp.Expr] = []
    for logical, kind in logical_types(source).items():
        if logical in found:
            value = _value(source, logical, kind, found[logical], zone, read)
            value = exp.cast(value, "VARCHAR") if logical in text_ids else value
            chosen.append(exp.alias_(value, logical, quoted=True))
    return chosen


def _value(source: TableSource, logical: str, kind: str, origin: Origin, zone: ZoneInfo, read: Read) -> exp.Expr:
    if isinstance(origin, Constant):
        return constant(origin.value, kind, zone)
    if isinstance(origin, Derived):
        names = {name: read(logical, column, "number") for name, column in origin.columns.items()}
        value = to_sql(origin.formula, names)
        return _whole(value, source, logical) if kind == "integer" else value
    return read(logical, origin.column, kind)


def constant(text: str, kind: str, zone: ZoneInfo) -> exp.Expr:
    """The text as its column's type. Raises ValueError when it is not of that type."""
    value: object = moments.read([text], zone)[0] if kind == "time" else READERS[kind](text)
    if value is None:
        return exp.cast(exp.null(), DUCKDB_TYPES[kind])
    if isinstance(value, datetime):
        return exp.cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
    literal = exp.Literal.string(str(value))
    return literal if kind in ("text", "id") else exp.cast(literal, DUCKDB_TYPES[kind])


def _whole(value: exp.Expr, source: TableSource, logical: str) -> exp.Expr:
    """A formula for a counted thing must come out whole: half a unit is a mistake, not something to round away."""
    text = f"derive.{logical} of {source.table.id} gives a number that is not whole"
    wrong = exp.Anonymous(this="error", expressions=[exp.Literal.string(text)])
    is_whole = exp.EQ(this=exp.Paren(this=value.copy()), expression=exp.Round(this=value.copy()))
    is_empty = exp.Is(this=exp.Paren(this=value.copy()), expression=exp.null())
    case = exp.Case().when(exp.or_(is_empty, is_whole), exp.cast(value, "BIGINT"))
    return case.else_(exp.cast(wrong, "BIGINT"))


def parquet_reader(
    held: Mapping[str, str], zone: ZoneInfo, renamed: Mapping[str, Mapping[str, str | None]], kinds: Mapping[str, str]
) -> Read:
    """Reads columns of a Parquet file; `held` maps them to DuckDB types, `renamed` maps values of dimensions."""

    def read(logical: str, column: str, kind: str) -> exp.Expr:
        value: exp.Expr = exp.column(column, quoted=True)
        if renamed.get(logical) and kinds.get(logical) == kind:
            value = mapped_value(exp.cast(value, "VARCHAR"), renamed[logical])
        return _typed(value, kind, held[column], zone)

    return read


def mapped_value(column: exp.Expr, mapped: Mapping[str, str | None]) -> exp.Expr:
    """The canonical value where the file's own value is mapped (None: empty), else the value as it is."""
    case = exp.Case(this=column)
    for written, canonical in mapped.items():
        case = case.when(
            exp.Literal.string(written), exp.null() if canonical is None else exp.Literal.string(canonical)
        )
    return case.else_(column.copy())


def _typed(value: exp.Expr, kind: str, held: str, zone: ZoneInfo) -> exp.Expr:
    if held.startswith("TIMESTAMP WITH TIME ZONE") and kind == "time":
        return exp.AtTimeZone(this=value, zone=exp.Literal.string(zone.key))
    if kind == "id":
        return value if held in INTEGERS else _text_or_whole(value, held)
    typed = value if held in FITTING[kind] else exp.cast(value, DUCKDB_TYPES[kind])
    if kind == "number" and held in ("DOUBLE", "FLOAT"):
        high = exp.cast(exp.Literal.string(LARGEST_NUMBER), "DOUBLE")
        finite = exp.Between(this=typed.copy(), low=exp.Neg(this=high), high=high.copy())
        return exp.Case().when(finite, typed)  # no number and infinity are no amounts: empty, as in a database
    return typed


def _text_or_whole(value: exp.Expr, held: str) -> exp.Expr:
    if held == "VARCHAR":
        return exp.Nullif(this=value, expression=exp.Literal.string(""))
    return exp.cast(value, "BIGINT")  # 17.0: an id that stood in a column with gaps


def filters(kept: Mapping[str, Collection[str]], dropped: Mapping[str, Collection[str]]) -> list[exp.Expr]:
    """Conditions on columns of a Parquet file: the values whose rows stay, and those whose rows go; "" is empty."""
    return [
        *(_one_of(column, values) for column, values in kept.items()),
        *(exp.not_(_one_of(column, values)) for column, values in dropped.items()),
    ]


def _one_of(column: str, values: Collection[str]) -> exp.Expr:
    text = exp.Coalesce(this=exp.cast(exp.column(column, quoted=True), "VARCHAR"), expressions=[exp.Literal.string("")])
    if not values:
        return exp.false()
    return exp.In(this=text, expressions=[exp.Literal.string(value) for value in values])
