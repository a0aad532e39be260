"""Large Parquet files copied into memory while nobody waits: reading them there takes a fraction of the time.

The copies of many files stand in one table, which several threads scan and one line of SQL names. It is never written
again once it is read from, so an answer under way keeps the rows that it began with. When one of its files is replaced,
it is given up: the others are read from disk again until the next rounds have copied them anew.

Copies carry a code for each id (codes.py). While a table's large files all stand in memory, its small ones are copied,
too, each time they change: only where every row has its codes can a question count them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from sqlglot import exp

from metrics.model import Table
from metrics.sources import warehouse
from metrics.sources.codes import Codes
from metrics.sources.files import FileState, is_unchanged
from metrics.sources.intake import Part
from metrics.sources.table_files import TableState

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HELD_BYTES = 96_000_000  # of Parquet files, the newest first; their rows take about as much memory, compressed
CODED_ROWS = 200_000  # of small files, which are copied at each change of one of them
MOST_COPIES = 3  # of one logical table; before there would be more, all become one

Files = Mapping[str, FileState]  # view -> the file that it reads, the latest days first


@dataclass(frozen=True)
class Copy:
    """One table in memory with the rows of some files."""

    relation: str
    files: Files
    columns: tuple[str, ...] = ()  # whose values have codes beside them; of small files: in all copies of the table


class HeldFiles:
    """What stands in memory; only one thread at a time may call `hold`."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._numbers = count()
        self._codes = Codes(connection)
        self._copies: dict[str, tuple[Copy, ...]] = {}  # by logical table
        self._rows: dict[str, tuple[TableState, Copy]] = {}  # its small files' rows, and the state that they are of
        self._known: set[str] = set()  # views of the last round: a file that is replaced all the time stays on disk
        self._left: list[Copy] = []  # given up; an answer that began before may still read them

    def swapped(self, state: TableState) -> TableState:
        """The table with the copies in place of their files."""
        present = {part.relation: part for part in state.parts}
        copies = [copy for copy in self._copies.get(state.source.table.id, ()) if copy.files.keys() <= present.keys()]
        held = {view for copy in copies for view in copy.files}
        views = [(part, file) for part, file in _views(state) if part.relation not in held]
        copied = (_as_part(copy, present) for copy in copies)
        (rows,) = state.parts[len(state.on_disk) :]
        of, coded = self._rows.get(state.source.table.id, (None, None))
        codes: dict[str, int] = {}
        if coded is not None and of is state and not views:
            rows = replace(rows, relation=coded.relation)
            counts = self._codes.counts(state.source.table.id)
            codes = {column: counts[column] for column in coded.columns}
        parts = (*(part for part, _ in views), *copied, rows)
        return replace(state, parts=parts, on_disk=tuple(file for _, file in views), codes=codes)

    def hold(self, states: Sequence[TableState]) -> bool:
        """One round: copies what is missing of one table at most; True when other files are in memory than before."""
        self._drop_left()
        is_held = self._hold_large(states)
        is_coded = [self._hold_rows(state) for state in states]
        return is_held or any(is_coded)

    def _hold_large(self, states: Sequence[TableState]) -> bool:
        wanted = _wanted(states)
        tables = {state.source.table.id: state.source.table for state in states}
        known, self._known = self._known, {view for files in wanted.values() for view in files}
        changed = self._give_up(wanted)
        for id, files in wanted.items():
            settled = {view: file for view, file in files.items() if view in known}
            if missing := self._missing(id, settled):
                return self._add(tables[id], missing) or changed
        return changed

    def _hold_rows(self, state: TableState) -> bool:
        """Copies the rows of the small files again when they changed and the large ones are held with codes."""
        id = state.source.table.id
        copies = self._copies.get(id, ())
        of, before = self._rows.get(id, (None, None))
        held = {view for copy in copies for view in copy.files}
        shared = set.intersection(*(set(copy.columns) for copy in copies)) if copies else set()
        (rows,) = state.parts[len(state.on_disk) :]
        is_fit = held == {part.relation for part, _ in _views(state)} and sum(d.rows for d in rows.days) <= CODED_ROWS
        if not shared or not is_fit or of is state:
            return False
        coded = self._copied(state.source.table, [rows.relation], {})
        if coded is None:
            return False
        self._left += [before] if before else []
        # by the state itself: files may come and go while this runs, and be the same again with other rows copied
        self._rows[id] = (state, replace(coded, columns=tuple(name for name in coded.columns if name in shared)))
        return True

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

    def _add(self, table: Table, files: Files) -> bool:
        copy = self._copied(table, sorted(files, key=files.__getitem__), files)
        if copy is None:
            return False
        before = self._copies.get(table.id, ())
        kept = tuple(held for held in before if not held.files.keys() <= files.keys())
        self._left += [held for held in before if held not in kept]
        self._copies[table.id] = (*kept, copy)
        return True

    def _copied(self, table: Table, relations: Sequence[str], files: Files) -> Copy | None:
        """The rows relation by relation, packed in between, so that little more memory is taken than they need."""
        import duckdb  # late: see warehouse.connect

        copy = Copy(f"{table.id}__held_{next(self._numbers)}", files)
        try:
            copy = replace(copy, columns=self._coded_columns(table, relations))
            rows = [self._codes.rows(table, relation, copy.columns) for relation in relations]
            for statement in _statements(copy, rows):
                with warehouse.transaction(self._connection) as cursor:
                    cursor.execute(statement)
                if files:  # not at each change of a small one
                    warehouse.compress(self._connection)
        except duckdb.Error:
            is_whole = False  # a file was replaced: the next look at the files sees what has become of it
        else:
            is_whole = all(is_unchanged(file) for file in files.values())
        if not is_whole:
            self._left.append(copy)
        return copy if is_whole else None

    def _coded_columns(self, table: Table, relations: Sequence[str]) -> tuple[str, ...]:
        learnt = [self._codes.learn(table, relation) for relation in relations]
        return tuple(column for column in table.columns if all(column in columns for columns in learnt))


def _statements(copy: Copy, rows: Sequence[exp.Select]) -> Iterator[str]:
    """An empty table whose types fit every file, the rows of each, and a view that is found without its database."""
    table = _table(copy)
    each = [exp.select("*").from_(held.subquery("rows")) for held in rows]
    whole = exp.union(*each, distinct=False) if len(each) > 1 else each[0]
    for union in whole.find_all(exp.Union):
        union.set("by_name", True)
    empty = exp.select("*").from_(whole.subquery("rows")).limit(0)
    yield exp.Create(this=table, kind="TABLE", expression=empty).sql("duckdb")
    for held in rows:
        yield exp.Insert(this=table, expression=held, by_name=True).sql("duckdb")
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
