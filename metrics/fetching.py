"""Measures over windows → rows, from wherever the shop's tables are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from metrics.errors import SourceError
from metrics.figures import Rows
from metrics.model import Measure, SemanticModel
from metrics.sources.shop import Snapshot
from metrics.sql import Cut, Generator

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass
class Fetcher:
    """Reads measures of one state of the tables; lives as long as its cursor."""

    model: SemanticModel
    snapshot: Snapshot
    cursor: DuckDBPyConnection
    sql: list[str] = field(default_factory=list)  # every statement that was run, in order

    def fetch(self, measures: Sequence[Measure], cut: Cut) -> Rows:
        """The rows of every measure at that cut. Raises SourceError when a table cannot be read."""
        generator = Generator(self.model.tables, lambda id, window: self.snapshot.tables[id].relations(window))
        statement = generator.query(measures, cut)
        self.sql.append(statement)
        return Rows.read(self._execute(statement), len(cut.by), [measure.id for measure in measures])

    def _execute(self, statement: str) -> list[tuple[object, ...]]:
        import duckdb  # late: see warehouse.connect

        try:
            return self.cursor.execute(statement).fetchall()
        except duckdb.IOException:
            raise SourceError("a data file was replaced while it was read; ask again in a moment", table="") from None
