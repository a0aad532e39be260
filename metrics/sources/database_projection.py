"""A table of a database as an inline query with the logical columns: renamed, typed, values mapped; nothing is created.

Times become the shop's wall clock. The window that is asked for is also written on the raw column, so that an index on
it can be used: the database sees through a rename, but not through a conversion of time zones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.sources import database_types as types
from metrics.sources.cells import FALSE_WORDS, TRUE_WORDS, folded
from metrics.sources.database_catalog import Column, Relation
from metrics.sources.expressions import to_sql
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import Constant, Derived, Held, Origin, find
from metrics.sources.projection import constant
from metrics.windows import Window


@dataclass(frozen=True)
class Projection:
    """How one logical table is read from one relation."""

    source: TableSource
    relation: Relation
    columns: Mapping[str, Column]  # of the relation, by name
    origins: Mapping[str, Origin]  # of the logical columns that are there
    zone: ZoneInfo
    renamed: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)  # dimension -> value -> canonical

    def rows(self, window: Window | None = None) -> exp.Select:
        """The logical rows as a tree of the caller's own; with a window, all of its rows and perhaps others."""
        query = self._whole.copy()
        bounds = self._bounds(window) if window else None
        return query.where(bounds, copy=False) if bounds is not None else query

    @cached_property
    def _whole(self) -> exp.Select:
        kinds = logical_types(self.source)
        chosen = [
            exp.Alias(this=self._value(logical, kinds[logical]), alias=exp.to_identifier(logical, quoted=True))
            for logical in self.origins
        ]
        table = exp.table_(self.relation.name, db=self.relation.schema, quoted=True)
        query = exp.Select(expressions=chosen).from_(table, copy=False)
        for condition in self._filters():
            query = query.where(condition, copy=False)
        return query

    def _value(self, logical: str, kind: str) -> exp.Expr:
        origin = self.origins[logical]
        if isinstance(origin, Constant):
            return constant(origin.value, kind, self.zone)
        if isinstance(origin, Derived):
            return to_sql(origin.formula, {n: types.number(self.columns[c]) for n, c in origin.columns.items()})
        column = self.columns[origin.column]
        if kind == "time":
            return types.time(column, self.zone)
        if kind == "number":
            return types.number(column)
        if kind == "boolean":
            return types.boolean(column, self._truths(logical))
        if kind == "integer":
            return types.whole(column)
        if kind == "id":
            return types.identifier(column)
        return types.mapped(types.text(column), self.renamed.get(logical, {}))

    def _truths(self, logical: str) -> dict[str, bool]:
        """Folded words for true and false; those of sources.yaml count first."""
        words = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
        return words | {folded(word): truth == "true" for word, truth in self.source.values.get(logical, {}).items()}

    def _filters(self) -> Iterable[exp.Expr]:
        for rows, is_kept in ((self.source.keep, True), (self.source.drop, False)):
            for name, values in rows.items():
                column = find(list(self.columns), self.source.columns.get(name, (name,)))
                if column is not None:
                    one = types.is_one_of(self.columns[column], [folded(value) for value in values])
                    yield one if is_kept else exp.Not(this=one)

    def _bounds(self, window: Window) -> exp.Expr | None:
        """A condition on the raw time column that holds for every row of the window."""
        origin = self.origins[self.source.table.time]
        if not isinstance(origin, Held):
            return None
        column = self.columns[origin.column]
        first, last = instants(window, self.zone)
        if column.type == "timestamp with time zone":
            return types.between(column, *(types.literal(side.isoformat(), "TIMESTAMPTZ") for side in (first, last)))
        if column.type == "date":
            after = (window.end - timedelta(microseconds=1)).date() + timedelta(days=1)
            return types.between(
                column, *(types.literal(day.isoformat(), "DATE") for day in (window.start.date(), after))
            )
        if column.type in types.INTEGERS:
            return types.since_1970(column, int(first.timestamp()), int(last.timestamp()) + 1)
        return None  # of a plain timestamp the condition on the logical column is one on the raw column


def instants(window: Window, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From and up to which moments (UTC) the wall clock of `zone` can show a time inside the window."""
    starts, ends = (
        [moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        for moment in (window.start, window.end)
    )
    return min(starts), max(ends)
