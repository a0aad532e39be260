"""Ids as numbers from 0 on, so that a question counts distinct ones as bits and not in a table of hashes.

Every id of a logical table that was ever copied has one code for as long as the process runs; a row whose id is empty
has none. Codes are given out before the rows that carry them can be seen, so whoever reads rows knows the highest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.model import Table
from metrics.sources import warehouse
from metrics.sql import code_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ID, CODE = "id", "code"


class Codes:
    """The codes of the ids of every table; only one thread at a time may call it."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._counts: dict[tuple[str, str], int] = {}  # table, column -> codes given out

    def counts(self, table: str) -> dict[str, int]:
        """How many codes each column of the table has."""
        return {column: count for (id, column), count in self._counts.items() if id == table}

    def learn(self, table: Table, relation: str) -> tuple[str, ...]:
        """Gives every id of the relation a code; the columns that have them now: integers, for text takes longer."""
        with warehouse.transaction(self._connection) as cursor:
            columns = tuple(_integer_ids(cursor, table, relation))
            counts = {column: self._learnt(cursor, table.id, column, relation) for column in columns}
        self._counts = self._counts | {(table.id, column): count for column, count in counts.items()}  # read meanwhile
        return columns

    def _learnt(self, cursor: DuckDBPyConnection, table: str, column: str, relation: str) -> int:
        codes = _codes(table, column)
        count = self._counts.get((table, column), 0)
        if not count:
            kinds = [
                exp.ColumnDef(this=exp.to_identifier(name), kind=exp.DataType.build("BIGINT")) for name in (ID, CODE)
            ]
            schema = exp.Schema(this=codes, expressions=kinds)
            cursor.execute(exp.Create(this=schema, kind="TABLE", exists=True).sql("duckdb"))
        value = exp.column(column, quoted=True)
        ids = exp.select(exp.alias_(value, ID)).distinct().from_(warehouse.quoted(relation))
        named = ids.where(exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))).subquery("seen")
        unknown = exp.select(ID, f"{count - 1} + ROW_NUMBER() OVER ()").from_(named)
        unknown = unknown.join(codes.copy(), join_type="anti", using=[ID])
        cursor.execute(exp.Insert(this=codes.copy(), expression=unknown).sql("duckdb"))
        found = cursor.execute(exp.select(exp.Count(this=exp.Star())).from_(codes.copy()).sql("duckdb")).fetchall()
        return int(found[0][0])

    def rows(self, table: Table, relation: str, columns: tuple[str, ...]) -> exp.Select:
        """The rows of the relation with the codes of these columns, in order of time: so days are found quickly."""
        chosen = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("r"))).from_(
            exp.alias_(warehouse.quoted(relation), "r", table=True)
        )
        for number, column in enumerate(columns):
            name = f"c{number}"
            same = exp.column(ID, table=name).eq(exp.column(column, table="r", quoted=True))
            code = exp.alias_(exp.column(CODE, table=name), code_of(column), quoted=True)
            chosen = chosen.select(code).join(
                exp.alias_(_codes(table.id, column), name, table=True), on=same, join_type="left"
            )
        return chosen.order_by(exp.column(table.time, table="r", quoted=True)) if columns else chosen


def _codes(table: str, column: str) -> exp.Table:
    return exp.table_(f"{table}__codes_{column}", db=warehouse.HELD, quoted=True)


def _integer_ids(cursor: DuckDBPyConnection, table: Table, relation: str) -> Iterator[str]:
    described = cursor.execute(exp.Describe(this=warehouse.quoted(relation)).sql("duckdb")).fetchall()
    kinds = {str(row[0]): str(row[1]) for row in described}
    for column, kind in table.columns.items():
        if kind == "id" and kinds.get(column) == "BIGINT":
            yield column
