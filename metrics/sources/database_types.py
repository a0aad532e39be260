"""A column of PostgreSQL as a logical type: text, id, number, boolean or time, whatever its own type is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.sources.cells import EMPTY_IDS
from metrics.sources.database_catalog import Column
from metrics.sources.projection import mapped_value

INTEGERS = ("smallint", "integer", "bigint")
TEXTS = ("text", "character varying")
DECORATION = "[¥¥$€£元,,\\s]"  # of a number in a text
SECONDS_IN_2001 = 1_000_000_000  # a smaller number is no moment that a shop has seen
MILLISECONDS_IN_2001 = 1000 * SECONDS_IN_2001


def raw(column: Column) -> exp.Expr:
    """The column as it is."""
    return exp.column(column.name, quoted=True)


def literal(text: str, kind: str) -> exp.Expr:
    """A value written out, as that type."""
    return _cast(exp.Literal.string(text), kind)


def text(column: Column) -> exp.Expr:
    """The column as text, spaces and all."""
    return raw(column) if column.type in TEXTS else _cast(raw(column), "TEXT")


def mapped(value: exp.Expr, names: Mapping[str, str | None]) -> exp.Expr:
    """The canonical values; the bare column where nothing is named otherwise, so that its index can be used."""
    return mapped_value(value, names) if names else value


def whole(column: Column) -> exp.Expr:
    """What is counted and added up; a text that holds a number becomes one."""
    return number(column) if column.kind in ("text", "boolean") and column.type != "uuid" else raw(column)


def identifier(column: Column) -> exp.Expr:
    """What can be counted: numbers and uuids as they are, texts without the spaces around them."""
    if column.kind in ("integer", "number") or column.type == "uuid":
        return raw(column)
    bare = exp.Trim(this=text(column))
    words = [exp.Literal.string(word) for word in sorted(EMPTY_IDS)]
    named = exp.Not(this=exp.In(this=exp.Lower(this=bare.copy()), expressions=words))
    return exp.Case(ifs=[exp.If(this=named, true=bare)])


def number(column: Column) -> exp.Expr:
    """A double; NaN and the infinities are no amounts and count as missing."""
    if column.type in INTEGERS:
        return _cast(raw(column), "DOUBLE")
    if column.kind == "boolean":
        return _cast(_cast(raw(column), "INT"), "DOUBLE")
    if column.kind == "number":
        return _finite(_cast(_cast(raw(column), "DECIMAL") if column.type == "money" else raw(column), "DOUBLE"))
    words = [exp.Literal.string(word) for word in (DECORATION, "", "g")]
    bare = exp.Anonymous(this="REGEXP_REPLACE", expressions=[text(column), *words])
    return _finite(_cast(exp.Nullif(this=bare, expression=exp.Literal.string("")), "DOUBLE"))


def boolean(column: Column, truths: Mapping[str, bool]) -> exp.Expr:
    """True or false; a word that is neither counts as missing."""
    if column.kind == "boolean":
        return raw(column)
    if column.kind in ("integer", "number"):
        return exp.NEQ(this=raw(column), expression=exp.Literal.number(0))
    ifs = [
        exp.If(
            this=is_one_of(column, [word for word, truth in truths.items() if truth is wanted]),
            true=exp.Boolean(this=wanted),
        )
        for wanted in (True, False)
    ]
    return exp.Case(ifs=ifs)


def is_one_of(column: Column, words: Sequence[str]) -> exp.Expr:
    """Whether the column is one of these folded words, "" being NULL as well."""
    bare = exp.Anonymous(this="REPLACE", expressions=[text(column), exp.Literal.string(" "), exp.Literal.string("")])
    plain = exp.Coalesce(this=exp.Lower(this=bare), expressions=[exp.Literal.string("")])
    return exp.In(this=plain, expressions=[exp.Literal.string(word) for word in words])


def time(column: Column, zone: ZoneInfo) -> exp.Expr:
    """The shop's wall clock; a whole number is a count of seconds or milliseconds since 1970."""
    if column.type == "timestamp without time zone":
        return raw(column)
    if column.type == "date":
        return _cast(raw(column), "TIMESTAMP")
    if column.type == "timestamp with time zone":
        moment = raw(column)
    elif column.type in INTEGERS:
        moment = exp.Anonymous(this="TO_TIMESTAMP", expressions=[_seconds(column)])
    else:  # without an offset it is read in the session's zone, which is the shop's
        empty = exp.Literal.string("")
        moment = _cast(exp.Nullif(this=exp.Trim(this=text(column)), expression=empty), "TIMESTAMPTZ")
    return exp.AtTimeZone(this=moment, zone=exp.Literal.string(zone.key))


def between(column: Column, first: exp.Expr, after: exp.Expr) -> exp.Expr:
    """From `first` up to but without `after`."""
    return exp.And(
        this=exp.GTE(this=raw(column), expression=first), expression=exp.LT(this=raw(column), expression=after)
    )


def since_1970(column: Column, first: int, after: int) -> exp.Expr:
    """Seconds between the two, counted in seconds or in milliseconds."""
    spans = [between(column, exp.Literal.number(first * unit), exp.Literal.number(after * unit)) for unit in (1, 1000)]
    return exp.Paren(this=exp.Or(this=exp.Paren(this=spans[0]), expression=exp.Paren(this=spans[1])))


def _seconds(column: Column) -> exp.Expr:
    thousandth = exp.Div(this=raw(column), expression=exp.Literal.number("1000.0"))
    cases = ((MILLISECONDS_IN_2001, thousandth), (SECONDS_IN_2001, raw(column)))
    ifs = [
        exp.If(this=exp.GTE(this=raw(column), expression=exp.Literal.number(least)), true=value)
        for least, value in cases
    ]
    return exp.Case(ifs=ifs)


def _finite(value: exp.Expr) -> exp.Expr:
    low, high = literal("-Infinity", "DOUBLE"), literal("Infinity", "DOUBLE")
    above = exp.GT(this=value.copy(), expression=low)
    below = exp.LT(this=value.copy(), expression=high)  # NaN is above everything
    return exp.Case(ifs=[exp.If(this=exp.And(this=above, expression=below), true=value)])


def _cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type[kind]))
