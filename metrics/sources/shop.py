"""All tables of one sources.yaml, kept up to date; what one of them cannot give is said, and the rest works."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlglot import exp

from metrics.coverage import Cover, cover
from metrics.errors import Problem, SourceError
from metrics.query import UNKNOWN, Scope
from metrics.sources import database_counts, warehouse
from metrics.sources.converted import ConvertedRows
from metrics.sources.database import Connections
from metrics.sources.database_faults import LostConnectionError
from metrics.sources.database_table import DatabaseState, DatabaseTable
from metrics.sources.files import Watch, is_unchanged
from metrics.sources.held import HeldFiles
from metrics.sources.mapping import SourceMap
from metrics.sources.reading import FILES, Reading, reading
from metrics.sources.table_files import TableFiles, TableState
from metrics.windows import Window, midnight

State = TableState | DatabaseState


LONGEST_WAIT_SECONDS = 2.0  # of an answer, for a look at the databases that another thread has begun


@dataclass(frozen=True)
class Snapshot:
    """Every table at one moment between two refreshes."""

    version: int
    tables: Mapping[str, State]
    problems: Mapping[str, Problem]  # table id -> why it cannot be read at all


class Shop:
    """Owns the connections; safe to read from several threads while one refreshes."""

    def __init__(self, sources: SourceMap, table_ids: tuple[str, ...], cache: Path | None = None) -> None:
        self.zone = sources.zone
        self.mapped = sources
        self._connection = warehouse.connect()
        self._databases = {id: Connections(held, self.zone.key) for id, held in sources.databases.items()}
        self._looking = threading.Lock()  # at databases, which may take long: files are not held up by that
        self._lock = threading.Lock()
        self._holding = threading.Lock()  # while large files are copied: an answer never waits for that
        self._unmapped = tuple(id for id in table_ids if id not in sources.tables)
        wanted = dict(sources.tables) | ({"targets": sources.targets} if sources.targets else {})
        self._converted = ConvertedRows(cache)
        self._files = {
            id: TableFiles(source, Watch(sources.root, source.files), sources.zone, self._converted)
            for id, source in wanted.items()
            if not source.database
        }
        self._remote = {
            id: DatabaseTable(source, self._databases[source.database], sources.zone)
            for id, source in wanted.items()
            if source.database
        }
        self._held = HeldFiles(self._connection)
        self._problems: dict[str, Problem] = {}
        self._values: dict[tuple[int, str, str], frozenset[str]] = {}
        self.snapshot = Snapshot(0, {}, {})
        self.refresh()

    def refresh(self, *, at_once: bool = False) -> bool:
        """Looks for new rows and files; True when any table is different now. `at_once`: databases without a pause."""
        with self._looking:
            remote = self._remote.items()
            changed = [self._look(id, partial(held.refresh, at_once=at_once)) for id, held in remote]
        is_changed = self._refresh_files(changed=any(changed))
        if not at_once:
            self._hold_files()
        return is_changed

    def _hold_files(self) -> None:
        """What is called again and again has the time to bring some of the large files into memory."""
        with self._holding:
            if self._held.hold([state for files in self._files.values() if (state := files.state)]):
                with self._lock:
                    self.snapshot = self._take_snapshot(self.snapshot.version)

    def follow(self) -> None:
        """Refreshes at once when a file that is read from disk was replaced: its rows may stand elsewhere now."""
        states = self.snapshot.tables.values()
        if not all(is_unchanged(file) for state in states for file in state.on_disk):
            self._refresh_files(changed=False)

    def recovers(self, error: SourceError) -> bool:
        """Whether asking again may succeed after `error`, or say more exactly what cannot be read."""
        return self.refresh(at_once=True) or isinstance(error, LostConnectionError)

    def _refresh_files(self, *, changed: bool) -> bool:
        with self._lock:
            found = [self._look(id, partial(held.refresh, self._connection)) for id, held in self._files.items()]
            if not any(found) and not changed and self.snapshot.version:
                return False
            self._converted.tidy()
            self.snapshot = self._take_snapshot(self.snapshot.version + 1)
            return True

    def _look(self, id: str, refresh: Callable[[], bool]) -> bool:
        before = self._problems.pop(id, None)
        try:
            return refresh() or before is not None
        except SourceError as error:
            self._problems[id] = Problem(str(error), error.is_connected)
            return before != self._problems[id]

    def _take_snapshot(self, version: int) -> Snapshot:
        held: dict[str, State | None] = {
            id: self._held.swapped(table.state) for id, table in self._files.items() if table.state
        }
        held |= {id: table.state for id, table in self._remote.items()}
        tables = {id: state for id, found in held.items() if (state := self._usable(id, found))}
        problems = {id: why for id, why in self._problems.items() if id not in tables}
        for id in self._unmapped:
            reason = f"table {id}: sources.yaml does not say where its rows are; add it under tables"
            problems[id] = Problem(reason, is_connected=False)
        return Snapshot(version, tables, problems)

    def _usable(self, id: str, state: State | None) -> State | None:
        """The table as it could last be read; None when a file that every query reads is broken or gone by now."""
        problem = self._problems.get(id)
        if state is None or problem is None:
            return state
        if isinstance(state, DatabaseState):
            return None  # its rows are read live, so there is nothing to fall back on
        is_whole = all(is_unchanged(file) for file in state.on_disk)
        return replace(state, problem=problem.reason) if is_whole else None

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A reading that sees one state of all tables of a place for as long as it is open."""
        with reading(self._connection, self._databases) as opened:
            yield opened

    def cover(self, reading: Reading, snapshot: Snapshot, id: str, now: datetime) -> Cover | None:
        """What table `id` holds as of `now` (naive local); None for nothing or a table that cannot be read."""
        state = snapshot.tables.get(id)
        if state is None:
            return None

        def latest(day: date, end: datetime) -> datetime | None:
            window = Window(midnight(day), end)
            if isinstance(state, DatabaseState):
                session = reading.session(state.source.database)
                return database_counts.latest_in(session, state.projection, window)
            time = state.source.table.time
            queries = [warehouse.latest_in(held, time, window).sql("duckdb") for held in state.relations(window)]
            moments = [moment for query in queries for (moment,) in reading.rows(FILES, query, [id])]
            return max((moment for moment in moments if moment is not None), default=None)

        return cover(id, state.history, now, latest)

    def ever_seen(self, reading: Reading, snapshot: Snapshot, id: str, scope: Scope) -> bool:
        """Whether, for each dimension of `scope`, one of its values at least has a row somewhere in the table."""
        return all(
            {"" if value == UNKNOWN else value for value in values} & self.values(reading, snapshot, id, name)
            for name, values in scope.items()
        )

    def values(self, reading: Reading, snapshot: Snapshot, id: str, dimension: str) -> frozenset[str]:
        """Every value of the dimension in the table, "" for none; asked of the data once between two refreshes."""
        state = snapshot.tables[id]
        if isinstance(state, DatabaseState):
            return state.values(dimension)
        key = (snapshot.version, id, dimension)
        found = self._values.get(key)
        if found is None:
            rows = reading.rows(FILES, warehouse.distinct(id, dimension).sql("duckdb"), [id])
            found = frozenset("" if value is None else str(value) for (value,) in rows)
            known = {held: values for held, values in self._values.items() if held[0] == snapshot.version}
            self._values = known | {key: found}  # replaced as a whole: other threads read it meanwhile
        return found

    def target_rows(self, reading: Reading) -> list[tuple[datetime, str, str | None, float]]:
        """Month, metric, category (None: the whole shop) and value of every target."""
        state = self.snapshot.tables["targets"]
        if isinstance(state, DatabaseState):
            return [_target(row) for row in state.targets]
        if state.missing.keys() & {"metric", "value"}:
            return []
        category = exp.null() if "category" in state.missing else exp.column("category")
        query = exp.select("month", "metric", category, "value").from_(warehouse.quoted("targets"))
        named = query.where("value IS NOT NULL AND month IS NOT NULL").sql("duckdb")
        return [_target(row) for row in reading.rows(FILES, named, ["targets"])]

    def close(self) -> None:
        """Ends all connections."""
        self._connection.close()
        for held in self._databases.values():
            held.close()


def _target(row: Sequence[Any]) -> tuple[datetime, str, str | None, float]:
    month, metric, category, value = row
    return month, str(metric or ""), category, float(value)
