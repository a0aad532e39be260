"""Large Parquet files copied into memory while nobody waits: reading them there takes a fraction of the time.

The copies of many files stand in one table, which several threads scan and one line of SQL names. It is never written
again once it is read from, so an answer under way keeps the rows that it began with. When one of its files is replaced,
it is given up: the others are read from disk again until the next rounds have copied them anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.sources import warehouse
from metrics.sources.files import FileState, is_unchanged
from metrics.sources.table_files import Part, TableState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HELD_BYTES = 96_000_000  # of Parquet files, the newest first; their rows take about as much memory, compressed
MOST_COPIES = 3  # of one logical table; before there would be more, all become one

Files = Mapping[str, FileState]  # view -> the file that it reads, the latest days first


@dataclass(frozen=True)
class Copy:
    """One table in memory with the rows of some files."""

    relation: str
    files: Files


class HeldFiles:
    """What stands in memory; only one thread at a time may call `hold`."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._numbers = count()
        self._copies: dict[str, tuple[Copy, ...]] = {}  # by logical table
        self._known: set[str] = set()  # views of the last round: a file that is replaced all the time stays on disk
        self._left: list[Copy] = []  # given up; an answer that began before may still read them

    def swapped(self, state: TableState) -> TableState:
        """The table with the copies in place of their files."""
        present = {part.relation: part for part in state.parts}
        copies = [copy for copy in self._copies.get(state.source.table.id, ()) if copy.files.keys() <= present.keys()]
        held = {view for copy in copies for view in copy.files}
        views = [(part, file) for part, file in _views(state) if part.relation not in held]
        copied = (_as_part(copy, present) for copy in copies)
        rows = state.parts[len(state.on_disk) :]
        parts = (*(part for part, _ in views), *copied, *rows)
        return replace(state, parts=parts, on_disk=tuple(file for _, file in views))

    def hold(self, states: Iterable[TableState]) -> bool:
        """One round: copies what is missing of one table at most; True when other files are in memory than before."""
        self._drop_left()
        wanted = _wanted(states)
        known, self._known = self._known, {view for files in wanted.values() for view in files}
        changed = self._give_up(wanted)
        for id, files in wanted.items():
            settled = {view: file for view, file in files.items() if view in known}
            if missing := self._missing(id, settled):
                return self._add(id, missing) or changed
        return changed

    def _drop_left(self) -> None:
        with warehouse.transaction(self._connection) as cursor:
            for copy in self._left:
                cursor.execute(
                    exp.Drop(tables=[warehouse.quoted(copy.relation)], kind="VIEW", exists=True).sql("duckdb")
                )
        with warehouse.transaction(self._connection) as cursor:
            for copy in self._left:
                cursor.execute(exp.Drop(tables=[_table(copy)], kind="TABLE", exists=True).sql("duckdb"))
        self._left = []

    def _give_up(self, wanted: Mapping[str, Files]) -> bool:
        """Leaves copies that hold a file which is gone or not wanted any more."""
        for id, copies in self._copies.items():
            kept = tuple(copy for copy in copies if copy.files.keys() <= wanted.get(id, {}).keys())
            self._left += [copy for copy in copies if copy not in kept]
            self._copies[id] = kept
        return bool(self._left)

    def _missing(self, id: str, files: Files) -> Files:
        """What to copy next: the newest file by itself, because it is the one that changes."""
        held = {view for copy in self._copies.get(id, ()) for view in copy.files}
        newest, *older = [view for view in files if view not in held] or [""]
        if len(self._copies.get(id, ())) == MOST_COPIES and newest:
            return files
        return {view: files[view] for view in older or [newest] if view}

    def _add(self, id: str, files: Files) -> bool:
        copy = self._copied(f"{id}__held_{next(self._numbers)}", files)
        if copy is None:
            return False
        before = self._copies.get(id, ())
        kept = tuple(held for held in before if not held.files.keys() <= files.keys())
        self._left += [held for held in before if held not in kept]
        self._copies[id] = (*kept, copy)
        return True

    def _copied(self, relation: str, files: Files) -> Copy | None:
        """The rows file by file, packed in between, so that little more memory is taken than the packed rows need."""
        import duckdb  # late: see warehouse.connect

        copy = Copy(relation, files)
        try:
            for statement in _statements(copy):
                with warehouse.transaction(self._connection) as cursor:
                    cursor.execute(statement)
                warehouse.compress(self._connection)
        except duckdb.Error:
            is_whole = False  # a file was replaced: the next look at the files sees what has become of it
        else:
            is_whole = all(is_unchanged(file) for file in files.values())
        if not is_whole:
            self._left.append(copy)
        return copy if is_whole else None


def _statements(copy: Copy) -> Iterator[str]:
    """An empty table whose types fit every file, the rows of each, and a view that is found without its database."""
    table = _table(copy)
    each = [exp.select("*").from_(warehouse.quoted(view)) for view in sorted(copy.files, key=copy.files.__getitem__)]
    whole = exp.union(*each, distinct=False) if len(each) > 1 else each[0]
    for union in whole.find_all(exp.Union):
        union.set("by_name", True)
    empty = exp.select("*").from_(whole.subquery("rows")).limit(0)
    yield exp.Create(this=table, kind="TABLE", expression=empty).sql("duckdb")
    for rows in each:
        yield exp.Insert(this=table, expression=rows, by_name=True).sql("duckdb")
    yield warehouse.create_view(copy.relation, exp.select("*").from_(table))


def _table(copy: Copy) -> exp.Table:
    return exp.table_(copy.relation, db=warehouse.HELD, quoted=True)


def _views(state: TableState) -> Iterator[tuple[Part, FileState]]:
    """The files that are read anew by every query, which stand first among the parts."""
    return zip(state.parts, state.on_disk, strict=False)


def _as_part(copy: Copy, parts: Mapping[str, Part]) -> Part:
    days = (day for view in copy.files for day in parts[view].days)
    return Part(copy.relation, tuple(sorted(days, key=lambda held: held.day)))


def _wanted(states: Iterable[TableState]) -> dict[str, dict[str, FileState]]:
    """The files to hold, by logical table; of all tables together those of the latest days."""
    views = [(state, part, file) for state in states for part, file in _views(state) if part.days]
    chosen: dict[str, dict[str, FileState]] = {}
    total = 0
    for state, part, file in sorted(views, key=lambda held: held[1].days[-1].day, reverse=True):
        total += file.size
        if total <= HELD_BYTES:
            chosen.setdefault(state.source.table.id, {})[part.relation] = file
    return chosen
