"""Large Parquet files copied into memory while nobody waits: reading them there takes a fraction of the time.

A copy is a table of its own that is never written again, so an answer under way keeps the rows that it began with.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.errors import SourceError
from metrics.sources import warehouse
from metrics.sources.files import FileState, is_unchanged
from metrics.sources.table_files import Part, TableState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HELD_BYTES = 96_000_000  # of Parquet files, the newest first; their rows take about as much memory, compressed
ROUND_SECONDS = 0.5  # a round ends after the copy during which this is over


class HeldFiles:
    """Which views have a copy in memory; used under the lock of the shop."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._copies: dict[str, str] = {}  # view -> table with the same rows
        self._left: set[str] = set()  # tables of files that are gone; an answer that began before may still read them
        self._known: set[str] = set()  # views of the last round: a file that is replaced all the time stays on disk

    def swapped(self, state: TableState) -> TableState:
        """The table with the copies in place of the files."""
        parts = tuple(replace(part, relation=self._copies.get(part.relation, part.relation)) for part in state.parts)
        on_disk = tuple(file for part, file in _views(state) if part.relation not in self._copies)
        return replace(state, parts=parts, on_disk=on_disk)

    def hold(self, states: Iterable[TableState]) -> bool:
        """One round of copying; True when other files are in memory than before."""
        wanted = _wanted(states)
        changed = self._drop_all_but(wanted)
        missing = [(view, file) for view, file in wanted.items() if view in self._known and view not in self._copies]
        self._known = set(wanted)
        started = time.monotonic()
        copied = False
        for view, file in missing:
            copied = self._copy(view, file) or copied
            if time.monotonic() - started > ROUND_SECONDS:
                break
        if copied:
            warehouse.compress(self._connection)
        return changed or copied

    def _drop_all_but(self, wanted: Mapping[str, FileState]) -> bool:
        """Forgets copies of files that are gone, and removes the tables of those that went a round before."""
        with warehouse.transaction(self._connection) as cursor:
            for table in self._left:
                cursor.execute(exp.Drop(this=warehouse.quoted(table), kind="TABLE").sql("duckdb"))
        gone = self._copies.keys() - wanted.keys()
        self._left = {self._copies.pop(view) for view in gone}
        return bool(gone)

    def _copy(self, view: str, file: FileState) -> bool:
        import duckdb  # late: see warehouse.connect

        table = f"{view}__held"
        rows = exp.select("*").from_(warehouse.quoted(view))
        query = exp.Create(this=warehouse.quoted(table), kind="TABLE", expression=rows)
        try:
            with warehouse.transaction(self._connection) as cursor:
                cursor.execute(query.sql("duckdb"))
                if not is_unchanged(file):
                    raise SourceError(f"{file.name} was replaced while it was copied", table=view)
        except (duckdb.Error, SourceError):
            return False  # it stays on disk, where the next look at the files sees what has become of it
        self._copies[view] = table
        return True


def _views(state: TableState) -> Iterator[tuple[Part, FileState]]:
    """The files that are read anew by every query, which stand first among the parts."""
    return zip(state.parts, state.on_disk, strict=False)


def _wanted(states: Iterable[TableState]) -> dict[str, FileState]:
    """The views to hold with their files, those of the latest days first."""
    views = [(part, file) for state in states for part, file in _views(state) if part.days]
    chosen: dict[str, FileState] = {}
    total = 0
    for part, file in sorted(views, key=lambda held: held[0].days[-1].day, reverse=True):
        total += file.size
        if total <= HELD_BYTES:
            chosen[part.relation] = file
    return chosen
