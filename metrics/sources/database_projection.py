"""A table of a database as an inline query with the logical columns: renamed, typed, values mapped; nothing is created.

Times become the shop's wall clock. The window that is asked for is also written on the raw column, so that an index on
it can be used: the database sees through a rename, but not through a conversion of time zones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.sources.cells import FALSE_WORDS, TRUE_WORDS
from metrics.sources.database_catalog import Column, Relation
from metrics.sources.mapping import TableSource
from metrics.sources.projection import logical_types, mapped_value
from metrics.windows import Window

DECORATION = "[¥¥$€£,，\\s]"  # of a number in a text
EXACT_INTEGERS = ("smallint", "integer", "bigint")
SECONDS_SINCE_2001 = 1_000_000_000  # a smaller number is no moment that a shop has seen
MILLISECONDS_SINCE_2001 = 1000 * SECONDS_SINCE_2001


@dataclass(frozen=True)
class Projection:
    """How one logical table is read from one relation."""

    source: TableSource
    relation: Relation
    columns: Mapping[str, Column]  # logical -> physical, for those that are there
    zone: ZoneInfo

    def rows(self, window: Window | None = None) -> exp.Select:
        """The logical rows; with a window, all of its rows and perhaps others."""
        kinds = logical_types(self.source)
        chosen = [
            exp.alias_(self._value(logical, kinds[logical], column), logical, quoted=True)
            for logical, column in self.columns.items()
        ]
        table = exp.table_(self.relation.name, db=self.relation.schema, quoted=True)
        query = exp.select(*chosen, copy=False).from_(table, copy=False)
        bounds = self._bounds(window) if window else None
        return query.where(bounds, copy=False) if bounds is not None else query

    def _value(self, logical: str, kind: str, column: Column) -> exp.Expr:
        raw = _raw(column)
        if kind == "time":
            return _time(raw, column, self.zone)
        if kind == "number":
            return _number(raw, column)
        if kind == "boolean":
            return _boolean(raw, column)
        if kind == "integer":
            # an id may be any text or uuid: it is counted, never added up
            return raw if column.kind in ("integer", "number") or column.type == "uuid" else _text(raw, column)
        mapped = self.source.values.get(logical)
        return mapped_value(_text(raw, column), mapped) if mapped else _text(raw, column)

    def _bounds(self, window: Window) -> exp.Expr | None:
        """A condition on the raw time column that holds for every row of the window."""
        column = self.columns[self.source.table.time]
        first, last = instants(window, self.zone)
        if column.type == "timestamp with time zone":
            return _between(_raw(column), _cast(_string(first.isoformat()), "TIMESTAMPTZ"),
                            _cast(_string(last.isoformat()), "TIMESTAMPTZ"))  # fmt: skip
        if column.type == "date":
            after = (window.end - timedelta(microseconds=1)).date() + timedelta(days=1)
            return _between(_raw(column), _cast(_string(window.start.date().isoformat()), "DATE"),
                            _cast(_string(after.isoformat()), "DATE"))  # fmt: skip
        if column.type in EXACT_INTEGERS:
            low, high = int(first.timestamp()), int(last.timestamp()) + 1
            spans = [_between(_raw(column), _whole(low * unit), _whole(high * unit)) for unit in (1, 1000)]
            return exp.or_(*spans)
        return None  # of a plain timestamp the condition on the logical column is one on the raw column


def instants(window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From and up to which moments (UTC) the wall clock of `zone` can show a time inside the window."""
    sides = [[moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
             for moment in (window.start, window.end)]  # fmt: skip
    return min(sides[0]), max(sides[1])


def _raw(column: Column) -> exp.Expr:
    return exp.column(column.name, quoted=True)


def _string(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _whole(number: int) -> exp.Expr:
    return exp.Literal.number(number)


def _cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=value, to=exp.DataType(this=exp.DataType.Type[kind]))


def _between(column: exp.Expr, first: exp.Expr, after: exp.Expr) -> exp.Expr:
    return exp.and_(column >= first, column.copy() < after)


def _text(raw: exp.Expr, column: Column) -> exp.Expr:
    """Without spaces around it, NULL when nothing is left."""
    text = raw if column.type in ("text", "character varying") else _cast(raw, "TEXT")
    return exp.Nullif(this=exp.Trim(this=text), expression=_string(""))


def _number(raw: exp.Expr, column: Column) -> exp.Expr:
    """A double; NaN and the infinities are no amounts and count as missing."""
    if column.type in EXACT_INTEGERS:
        return _cast(raw, "DOUBLE")
    if column.kind == "boolean":
        return _cast(_cast(raw, "INT"), "DOUBLE")
    if column.kind != "number":
        bare = exp.func("REGEXP_REPLACE", _text(raw, column), _string(DECORATION), _string(""), _string("g"))
        return _finite(_cast(exp.Nullif(this=bare, expression=_string("")), "DOUBLE"))
    return _finite(_cast(_cast(raw, "DECIMAL") if column.type == "money" else raw, "DOUBLE"))


def _finite(value: exp.Expr) -> exp.Expr:
    low, high = (_cast(_string(name), "DOUBLE") for name in ("-Infinity", "Infinity"))
    inside = exp.and_(value.copy() > low, value.copy() < high)  # NaN is above everything
    return exp.Case(ifs=[exp.If(this=inside, true=value)])


def _boolean(raw: exp.Expr, column: Column) -> exp.Expr:
    if column.kind == "boolean":
        return raw
    if column.kind in ("integer", "number"):
        return exp.NEQ(this=raw, expression=_whole(0))
    text = exp.Lower(this=_text(raw, column))
    words = (((*TRUE_WORDS, "t"), True), ((*FALSE_WORDS, "f"), False))
    ifs = [
        exp.If(
            this=exp.In(this=text.copy(), expressions=[_string(word) for word in held]), true=exp.Boolean(this=value)
        )
        for held, value in words
    ]
    return exp.Case(ifs=ifs)


def _time(raw: exp.Expr, column: Column, zone: ZoneInfo) -> exp.Expr:
    """The shop's wall clock; a number is a count of seconds or milliseconds since 1970."""
    if column.type == "timestamp without time zone":
        return raw
    if column.type == "date":
        return _cast(raw, "TIMESTAMP")
    if column.type in EXACT_INTEGERS:
        raw = exp.Anonymous(this="TO_TIMESTAMP", expressions=[_seconds(raw)])
    elif column.type != "timestamp with time zone":
        raw = _cast(_text(raw, column), "TIMESTAMPTZ")  # without an offset it is read in the session's zone, the shop's
    return exp.AtTimeZone(this=raw, zone=_string(zone.key))


def _seconds(raw: exp.Expr) -> exp.Expr:
    thousandth = exp.Div(this=raw.copy(), expression=exp.Literal.number("1000.0"))
    ifs = [
        exp.If(this=raw.copy() >= _whole(MILLISECONDS_SINCE_2001), true=thousandth),
        exp.If(this=raw.copy() >= _whole(SECONDS_SINCE_2001), true=raw),
    ]
    return exp.Case(ifs=ifs)
