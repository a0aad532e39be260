"""Measures over windows → rows, from wherever the shop's tables are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from metrics.figures import Keys, Rows
from metrics.model import Measure, SemanticModel
from metrics.sources.reading import Reading, dialect_of
from metrics.sources.shop import Snapshot
from metrics.sources.table_files import TableState
from metrics.sql import Cut, Generator


@dataclass
class Fetcher:
    """Reads measures of one state of the tables; lives as long as its reading."""

    model: SemanticModel
    snapshot: Snapshot
    reading: Reading
    sql: list[str] = field(default_factory=list)  # every statement that was run, in order

    def fetch(self, measures: Sequence[Measure], cut: Cut) -> Rows:
        """The rows of every measure at that cut. Raises SourceError when a table cannot be read.

        One query for each place that the tables are in; two sides of a ratio that stand apart meet on their keys.
        """
        by_place: dict[str, list[Measure]] = {}
        for measure in measures:
            by_place.setdefault(self.snapshot.tables[measure.table].source.database, []).append(measure)
        return _merged(self._fetch(place, held, cut) for place, held in by_place.items())

    def _fetch(self, place: str, measures: Sequence[Measure], cut: Cut) -> Rows:
        codes = {id: state.codes for id, state in self.snapshot.tables.items() if isinstance(state, TableState)}
        generator = Generator(
            self.model.tables, lambda id, window: self.snapshot.tables[id].relations(window), dialect_of(place), codes
        )
        statement = generator.query(measures, cut)
        self.sql.append(statement)
        tables = tuple(dict.fromkeys(measure.table for measure in measures))
        found = self.reading.rows(place, statement, tables)
        return Rows.read(found, len(cut.by), [measure.id for measure in measures])


def _merged(parts: Iterable[Rows]) -> Rows:
    """Cells of the same window and group become one; a group that one place alone knows is kept."""
    cells: dict[tuple[int, Keys], dict[str, float]] = {}
    for part in parts:
        for key, values in part.cells.items():
            cells.setdefault(key, {}).update(values)
    return Rows(cells)
