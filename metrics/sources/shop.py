"""All tables of one sources.yaml, kept up to date; what one of them cannot give is said, and the rest works."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.coverage import Cover, cover
from metrics.errors import Problem, SourceError
from metrics.query import Scope
from metrics.sources import warehouse
from metrics.sources.files import Watch, is_unchanged
from metrics.sources.mapping import SourceMap
from metrics.sources.table_files import TableFiles, TableState
from metrics.windows import Window, midnight

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Snapshot:
    """Every table at one moment between two refreshes."""

    version: int
    tables: Mapping[str, TableState]
    problems: Mapping[str, Problem]  # table id -> why it cannot be read at all


class Shop:
    """Owns the database connection; safe to read from several threads while one refreshes."""

    def __init__(self, sources: SourceMap, table_ids: tuple[str, ...]) -> None:
        self.zone = sources.zone
        self.mapped = sources
        self._connection = warehouse.connect()
        self._lock = threading.Lock()
        self._unmapped = tuple(id for id in table_ids if id not in sources.tables)
        wanted = dict(sources.tables) | ({"targets": sources.targets} if sources.targets else {})
        self._files = {
            id: TableFiles(source, Watch(sources.root, source.files), sources.zone) for id, source in wanted.items()
        }
        self._problems: dict[str, Problem] = {}
        self._values: dict[tuple[int, str, str], frozenset[str]] = {}
        self.snapshot = Snapshot(0, {}, {})
        self.refresh()

    def refresh(self) -> bool:
        """Looks for new and changed files; True when any table is different now."""
        with self._lock:
            changed = [self._refresh_table(id) for id in self._files]
            if not any(changed) and self.snapshot.version:
                return False
            self.snapshot = self._take_snapshot()
            return True

    def follow(self) -> None:
        """Refreshes at once when a file that is read from disk was replaced: its rows may stand elsewhere now."""
        states = self.snapshot.tables.values()
        if not all(is_unchanged(file) for state in states for file in state.on_disk):
            self.refresh()

    def _refresh_table(self, id: str) -> bool:
        before = self._problems.pop(id, None)
        try:
            return self._files[id].refresh(self._connection) or before is not None
        except SourceError as error:
            self._problems[id] = Problem(str(error), error.is_connected)
            return before != self._problems[id]

    def _take_snapshot(self) -> Snapshot:
        tables = {id: state for id, files in self._files.items() if (state := self._usable(id, files.state))}
        problems = {id: why for id, why in self._problems.items() if id not in tables}
        for id in self._unmapped:
            reason = f"table {id}: sources.yaml does not say where its files are; add it under tables"
            problems[id] = Problem(reason, is_connected=False)
        return Snapshot(self.snapshot.version + 1, tables, problems)

    def _usable(self, id: str, state: TableState | None) -> TableState | None:
        """The table as it could last be read; None when a file that every query reads is broken or gone by now."""
        problem = self._problems.get(id)
        if state is None or problem is None:
            return state
        is_whole = all(is_unchanged(file) for file in state.on_disk)
        return replace(state, problem=problem.reason) if is_whole else None

    @contextmanager
    def reading(self) -> Iterator[DuckDBPyConnection]:
        """A cursor that sees one state of all tables for as long as it is open."""
        with warehouse.transaction(self._connection) as cursor:
            yield cursor

    def cover(self, cursor: DuckDBPyConnection, snapshot: Snapshot, id: str, now: datetime) -> Cover | None:
        """What table `id` holds as of `now` (naive local); None for nothing or a table that cannot be read."""
        state = snapshot.tables.get(id)
        if state is None:
            return None

        def latest(day: date, end: datetime) -> datetime | None:
            window = Window(midnight(day), end)
            time = state.source.table.time
            moments = [warehouse.latest_in(cursor, relation, time, window) for relation in state.relations(window)]
            return max((moment for moment in moments if moment is not None), default=None)

        return cover(id, state.history, now, latest)

    def ever_seen(self, cursor: DuckDBPyConnection, snapshot: Snapshot, id: str, scope: Scope) -> bool:
        """Whether, for each dimension of `scope`, one of its values at least has a row somewhere in the table."""
        return all(set(values) & self.values(cursor, snapshot, id, name) for name, values in scope.items())

    def values(self, cursor: DuckDBPyConnection, snapshot: Snapshot, id: str, dimension: str) -> frozenset[str]:
        """Every value that the dimension has in the table; asked of the data once between two refreshes."""
        key = (snapshot.version, id, dimension)
        if key not in self._values:
            found = warehouse.distinct(cursor, id, dimension)
            self._values = {held: values for held, values in self._values.items() if held[0] == snapshot.version}
            self._values[key] = found
        return self._values[key]

    def target_rows(self, cursor: DuckDBPyConnection) -> list[tuple[datetime, str, str | None, float]]:
        """Month, metric, category (None: the whole shop) and value of every target."""
        missing = self.snapshot.tables["targets"].missing
        if missing.keys() & {"metric", "value"}:
            return []
        category = exp.null() if "category" in missing else exp.column("category")
        query = exp.select("month", "metric", category, "value").from_(warehouse.quoted("targets"))
        rows = cursor.execute(query.where("value IS NOT NULL AND month IS NOT NULL").sql("duckdb")).fetchall()
        return [(row[0], str(row[1] or ""), row[2], float(row[3])) for row in rows]

    def close(self) -> None:
        self._connection.close()
