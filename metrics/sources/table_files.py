"""One logical table over its files: large Parquet files as views, everything small as native rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.coverage import DayRows, History
from metrics.errors import SourceError
from metrics.sources import csv_file, warehouse
from metrics.sources.files import FileState, Watch
from metrics.sources.mapping import TableSource
from metrics.sources.projection import columns, logical_types
from metrics.windows import DAY, Window, midnight

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Opening a file costs half a millisecond a query, so hundreds of small live batches are kept as rows in memory,
# up to a bound; all others stay on disk and are read only where their days are asked for.
LARGE_BYTES = 100_000
ROWS_BYTES_LIMIT = 64_000_000


@dataclass(frozen=True)
class Part:
    """One relation that holds some of the table's rows."""

    relation: str
    days: tuple[DayRows, ...]

    def meets(self, window: Window) -> bool:
        return (
            bool(self.days)
            and midnight(self.days[0].day) < window.end
            and (midnight(self.days[-1].day) + DAY > window.start)
        )


@dataclass(frozen=True)
class TableState:
    """A table as it could last be read."""

    source: TableSource
    parts: tuple[Part, ...]
    history: History  # the days of all parts together
    files: tuple[FileState, ...]
    missing: Mapping[str, str] = field(default_factory=dict)  # logical column -> why it cannot be read
    on_disk: tuple[FileState, ...] = ()  # those that every query reads anew
    problem: str = ""  # why newer files are not in yet, "" when they are

    def relations(self, window: Window) -> tuple[str, ...]:
        """The relations that can hold rows of `window`; the first one when none does, so that a query stays whole."""
        return tuple(part.relation for part in self.parts if part.meets(window)) or (self.parts[0].relation,)


class TableFiles:
    """Follows one table's files and keeps its relations in the database up to date."""

    def __init__(self, source: TableSource, watch: Watch, zone: ZoneInfo) -> None:
        self._source = source
        self._watch = watch
        self._zone = zone
        self._id = source.table.id
        self._next_number = count()
        self._numbers: dict[FileState, int] = {}  # the number that the rows of a file carry
        self._columns: dict[FileState, dict[str, str]] = {}
        self._views: dict[FileState, Part] = {}
        self._held: tuple[FileState, ...] = ()  # files whose rows are in the native table
        self.state: TableState | None = None

    def refresh(self, connection: DuckDBPyConnection) -> bool:
        """Takes in what changed; True when the table is different now. Raises SourceError and stays as it was."""
        files = self._watch.settled()
        if self.state is not None and files == self.state.files and not self.state.problem:
            return False
        if not files:
            patterns = ", ".join(self._source.files)
            raise SourceError(
                f"table {self._id}: no file matches {patterns}; correct tables.{self._id}.files in sources.yaml",
                table=self._id,
                is_connected=False,
            )
        with warehouse.transaction(connection) as cursor:
            state, views = self._take_in(cursor, files)
        self._views = views
        self._held = tuple(file for file in files if file not in views)
        self._forget_all_but(files)
        self.state = state
        return True

    def _forget_all_but(self, files: tuple[FileState, ...]) -> None:
        """A live file is replaced every few seconds: what is known of its earlier states must not pile up."""
        self._numbers = {file: self._numbers[file] for file in files}
        self._columns = {file: self._columns[file] for file in files}

    def _take_in(
        self, cursor: DuckDBPyConnection, files: tuple[FileState, ...]
    ) -> tuple[TableState, dict[FileState, Part]]:
        self._look_at(cursor, files)
        found = {column: why for column in logical_types(self._source) if (why := self._absence(files, column))}
        self._require_time(found)
        views = self._open(cursor, _large(files))
        small = self._load(cursor, tuple(file for file in files if file not in views))
        parts = (*views.values(), small)
        self._create_whole(cursor, parts, found)
        state = TableState(self._source, parts, self._history(parts), files, found, tuple(views))
        return state, views

    def _history(self, parts: Sequence[Part]) -> History:
        return History.of(self._source.table.grain, [part.days for part in parts])

    def _look_at(self, cursor: DuckDBPyConnection, files: Sequence[FileState]) -> None:
        """Notes the columns of every file that is new."""
        new = [file for file in files if file not in self._columns]
        for file in new:
            self._numbers.setdefault(file, next(self._next_number))
            if _is_csv(file):
                self._columns[file] = dict.fromkeys(csv_file.header(file.path, self._id), "VARCHAR")
        parquet = [file for file in new if not _is_csv(file)]
        if parquet:
            self._columns.update(self._parquet_columns(cursor, parquet))

    def _parquet_columns(
        self, cursor: DuckDBPyConnection, files: Sequence[FileState]
    ) -> dict[FileState, dict[str, str]]:
        """All at once, which is fast; when one is broken, one by one, so that it is the broken one that is named."""
        try:
            return warehouse.parquet_columns(cursor, files, self._id)
        except SourceError:
            # an error ends the transaction of `cursor`, in which every other file would look broken too
            with closing(cursor.cursor()) as own:
                for file in files:
                    warehouse.parquet_columns(own, [file], self._id)
            raise

    def _absence(self, files: Sequence[FileState], column: str) -> str:
        """Why a logical column cannot be used, "" when every file has it: a sum over half the files is wrong."""
        physical = self._source.physical(column)
        for file in files:
            if physical not in self._columns[file]:
                has = ", ".join(list(self._columns[file])[:12])
                return (
                    f"table {self._id}: {file.name} has no column {physical!r} (it has {has}); "
                    f"name it in sources.yaml under {self._id}.columns, e.g. {column}: name in the file"
                )
        return ""

    def _require_time(self, missing: Mapping[str, str]) -> None:
        time = self._source.table.time
        if time in missing:
            raise SourceError(missing[time], table=self._id, is_connected=False)

    def _open(self, cursor: DuckDBPyConnection, files: Sequence[FileState]) -> dict[FileState, Part]:
        """A view of each file; those that were open already stay."""
        names = {file: f"{self._id}__{self._numbers[file]}" for file in files if file not in self._views}
        for file, name in names.items():
            query = exp.select(*columns(self._source, self._columns[file], self._zone)).from_(warehouse.parquet([file]))
            cursor.execute(warehouse.create_view(name, query))
            with self._explained(file):
                _probe(cursor, name, self._source, self._columns[file])
        days = warehouse.days_of(cursor, list(names.values()), self._source.table.time)
        opened = {file: Part(name, days[name]) for file, name in names.items()}
        return {file: opened.get(file) or self._views[file] for file in files}

    @contextmanager
    def _explained(self, file: FileState) -> Iterator[None]:
        """A value that does not fit its column, told as a mistake of that file."""
        import duckdb

        try:
            yield
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise SourceError(
                f"table {self._id}: {file.name} holds a value of the wrong type ({reason}); correct the file",
                table=self._id,
            ) from None

    def _load(self, cursor: DuckDBPyConnection, files: tuple[FileState, ...]) -> Part:
        """The native rows: those of files that are gone leave, those of new files come in."""
        rows = f"{self._id}__rows"
        cursor.execute(warehouse.create_rows_table(rows, logical_types(self._source)))
        for file in set(self._held) - set(files):
            condition = exp.column(warehouse.FILE_COLUMN).eq(exp.Literal.number(self._numbers[file]))
            cursor.execute(exp.delete(warehouse.quoted(rows), where=condition).sql("duckdb"))
        for file in (file for file in files if file not in self._held):
            if _is_csv(file):
                self._insert_csv(cursor, rows, file)
            else:
                self._insert_parquet(cursor, rows, file)
        return Part(rows, warehouse.days_of(cursor, [rows], self._source.table.time)[rows])

    def _insert_parquet(self, cursor: DuckDBPyConnection, rows: str, file: FileState) -> None:
        chosen = columns(self._source, self._columns[file], self._zone)
        names = [exp.to_identifier(name, quoted=True) for name in (warehouse.FILE_COLUMN, *(e.alias for e in chosen))]
        query = exp.select(exp.Literal.number(self._numbers[file]), *chosen).from_(warehouse.parquet([file]))
        target = exp.Schema(this=warehouse.quoted(rows), expressions=names)
        with self._explained(file):
            cursor.execute(exp.Insert(this=target, expression=query).sql("duckdb", copy=False))

    def _insert_csv(self, cursor: DuckDBPyConnection, rows: str, file: FileState) -> None:
        held = self._columns[file]
        wanted = {
            logical: (self._source.physical(logical), kind)
            for logical, kind in logical_types(self._source).items()
            if self._source.physical(logical) in held
        }
        frame = csv_file.load(file.path, self._id, wanted, self._zone)
        for dimension, mapped in self._source.values.items():
            if dimension in frame:
                frame[dimension] = frame[dimension].replace(dict(mapped))
        cursor.register("loaded", frame)
        names = [exp.to_identifier(name, quoted=True) for name in (warehouse.FILE_COLUMN, *frame.columns)]
        query = exp.select(
            exp.Literal.number(self._numbers[file]), *(exp.column(name, quoted=True) for name in frame.columns)
        ).from_(warehouse.quoted("loaded"))
        target = exp.Schema(this=warehouse.quoted(rows), expressions=names)
        cursor.execute(exp.Insert(this=target, expression=query).sql("duckdb"))
        cursor.unregister("loaded")

    def _create_whole(self, cursor: DuckDBPyConnection, parts: Sequence[Part], missing: Mapping[str, str]) -> None:
        """The view of the whole table under its own name."""
        names = [exp.column(name, quoted=True) for name in logical_types(self._source) if name not in missing]
        legs = [exp.select(*(name.copy() for name in names)).from_(warehouse.quoted(part.relation)) for part in parts]
        whole = exp.union(*legs, distinct=False) if len(legs) > 1 else legs[0]
        cursor.execute(warehouse.create_view(self._id, whole))


def _large(files: Sequence[FileState]) -> list[FileState]:
    """Parquet files that stay on disk: the large ones, and the largest of the small when those grow too many."""
    total = 0
    large = []
    for file in sorted(files, key=lambda file: file.size):
        total += file.size
        if not _is_csv(file) and (file.size >= LARGE_BYTES or total > ROWS_BYTES_LIMIT):
            large.append(file)
    return sorted(large)


def _probe(cursor: DuckDBPyConnection, relation: str, source: TableSource, held: Mapping[str, str]) -> None:
    """Reads every column that is cast from text once, so that a bad cell shows when the file is opened."""
    cast = [
        exp.Max(this=exp.column(logical, quoted=True))
        for logical, kind in logical_types(source).items()
        if kind != "text" and held.get(source.physical(logical)) == "VARCHAR"
    ]
    if cast:
        cursor.execute(exp.select(*cast).from_(warehouse.quoted(relation)).sql("duckdb")).fetchall()


def _is_csv(file: FileState) -> bool:
    return file.path.suffix.lower() == ".csv"
