"""Files into the database: large Parquet files as views, everything small and every spreadsheet as native rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.coverage import DayRows
from metrics.errors import SourceError
from metrics.sources import parquet_files, parquet_pages, spreadsheet, warehouse
from metrics.sources.contents import Contents, absences, of_parquet, of_spreadsheet
from metrics.sources.converted import ConvertedRows
from metrics.sources.files import FileState
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import ColumnError, Origin, filter_columns
from metrics.sources.pages import PARQUET
from metrics.sources.projection import Read, columns, filters, parquet_reader
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
class Taken:
    """What of a table's files is in the database."""

    parts: tuple[Part, ...] = ()
    numbers: Mapping[FileState, int] = field(default_factory=dict)  # that the rows of a file carry
    last_number: int = 0
    contents: Mapping[FileState, Contents] = field(default_factory=dict)
    views: Mapping[FileState, Part] = field(default_factory=dict)
    in_rows: frozenset[FileState] = frozenset()  # files whose rows are in the native table
    text_ids: frozenset[str] = frozenset()  # logical ids that are text; one that was text once stays text
    renamed: parquet_files.Renamed = field(default_factory=dict)  # of Parquet files
    missing: Mapping[str, str] = field(default_factory=dict)  # logical column -> why it cannot be used

    @property
    def matched(self) -> dict[str, dict[str, str]]:
        """Dimension -> value in a file -> the catalogue's word for it, over all files."""
        found: dict[str, dict[str, str]] = {}
        readings = [reading.matched for held in self.contents.values() for reading in held.readings]
        for matched in (*readings, self.renamed):
            for dimension, names in matched.items():
                found.setdefault(dimension, {}).update({word: own for word, own in names.items() if own is not None})
        return found

    def places(self, rows: str) -> dict[FileState, tuple[str, int]]:
        """The relation that holds the rows of each file: its own view, or `rows` where its number tells them apart."""
        views = {file: part.relation for file, part in self.views.items()}
        return {file: (views.get(file, rows), number) for file, number in self.numbers.items()}


class Intake:
    """Brings the database from one set of files to another, inside the transaction of its cursor."""

    def __init__(
        self,
        source: TableSource,
        zone: ZoneInfo,
        cursor: DuckDBPyConnection,
        before: Taken,
        converted: ConvertedRows,
    ) -> None:
        self._converted = converted
        self._source = source
        self._zone = zone
        self._cursor = cursor
        self._before = before
        self._id = source.table.id
        self._rows = f"{self._id}__rows"
        self._numbers = dict(before.numbers)
        self._last_number = before.last_number
        self._contents = dict(before.contents)
        self._text_ids = before.text_ids
        self._renamed: dict[str, Mapping[str, str | None]] = dict(before.renamed)

    def run(self, files: Sequence[FileState]) -> Taken:
        """Raises SourceError, or duckdb.Error for what no file can be blamed for."""
        new = [file for file in files if file not in self._contents]
        self._number(new)
        self._look_at_parquet([file for file in new if is_parquet(file)])
        large = large_files([file for file in files if self._is_opened(file)])
        small = [file for file in files if file not in large]
        self._prepare_rows(small)
        self._insert([file for file in small if file not in self._before.in_rows])
        self._contents = {file: self._contents[file] for file in files}  # earlier states must not pile up
        missing = absences(self._source, self._contents)
        self._require_time(missing)
        views = self._open(large)
        rows = Part(self._rows, warehouse.days_of(self._cursor, [self._rows], self._source.table.time)[self._rows])
        parts = (*views.values(), rows)
        self._create_whole(parts, missing)
        return Taken(
            parts=parts,
            numbers={file: self._numbers[file] for file in files},
            last_number=self._last_number,
            contents=self._contents,
            views=views,
            in_rows=frozenset(small),
            text_ids=self._text_ids,
            renamed=self._renamed,
            missing=missing,
        )

    def _number(self, files: Sequence[FileState]) -> None:
        for file in files:
            if file not in self._numbers:
                self._last_number += 1
                self._numbers[file] = self._last_number

    def _look_at_parquet(self, files: Sequence[FileState]) -> None:
        """Notes the columns of new Parquet files that are opened, and how they write the values of dimensions."""
        if not files:
            return
        schemas = parquet_files.schemas(self._cursor, files, self._id)
        origins = {}
        for file in files:
            with self._explained(file):
                contents = of_parquet(self._source, file, schemas[file])
                found = contents.pages[0].origins
                if not parquet_pages.must_be_read(self._cursor, file, self._source, found, contents.types):
                    self._contents[file], origins[file] = contents, found
        for logical, names in parquet_files.renamed(self._cursor, self._source, origins).items():
            self._renamed[logical] = {**self._renamed.get(logical, {}), **names}

    def _is_opened(self, file: FileState) -> bool:
        """Whether the database itself reads the file, which it does not for amounts and times in people's writing."""
        return is_parquet(file) and file in self._contents and bool(self._contents[file].types)

    def _prepare_rows(self, small: Sequence[FileState]) -> None:
        """The table of native rows, without those of files that are gone."""
        self._cursor.execute(warehouse.create_rows_table(self._rows, logical_types(self._source)))
        for file in self._before.in_rows - set(small):
            condition = exp.column(warehouse.FILE_COLUMN).eq(exp.Literal.number(self._before.numbers[file]))
            self._cursor.execute(exp.delete(warehouse.quoted(self._rows), where=condition).sql("duckdb"))

    def _insert(self, files: Sequence[FileState]) -> None:
        for file in files:
            if self._is_opened(file):
                self._widen_ids(self._contents[file])
                self._insert_rows(file, self._parquet_rows(file, self._contents[file]))
            else:
                self._insert_spreadsheet(file)
        for file in self._contents:
            if self._is_opened(file):
                self._widen_ids(self._contents[file])

    def _insert_spreadsheet(self, file: FileState) -> None:
        parts = self._converted.load(file, self._source, self._zone, self._cursor)
        self._contents[file] = of_spreadsheet(self._source, parts)
        self._widen_ids(self._contents[file])
        for part in parts:
            with self._explained(file):
                query = exp.select(*self._chosen(part.origins, spreadsheet.reader))
            if isinstance(part.columns, FileState):
                self._insert_rows(file, query.from_(warehouse.parquet([part.columns])))
                continue
            self._cursor.register("loaded", part.columns)
            self._insert_rows(file, query.from_(warehouse.quoted("loaded")))
            self._cursor.unregister("loaded")

    def _widen_ids(self, contents: Contents) -> None:
        """Ids that are not all integers become text everywhere, so that the same id looks the same everywhere."""
        for id in sorted(contents.text_ids - self._text_ids):
            alter = exp.AlterColumn(this=exp.to_identifier(id, quoted=True), dtype=exp.DataType.build("VARCHAR"))
            statement = exp.Alter(this=warehouse.quoted(self._rows), kind="TABLE", actions=[alter])
            self._cursor.execute(statement.sql("duckdb"))
            self._text_ids |= {id}

    def _chosen(self, origins: Mapping[str, Origin], read: Read) -> list[exp.Expr]:
        return columns(self._source, origins, self._text_ids, self._zone, read)

    def _parquet_rows(self, file: FileState, contents: Contents) -> exp.Select:
        page = contents.pages[0]
        read = parquet_reader(contents.types, self._zone, self._renamed, logical_types(self._source))
        with self._explained(file):
            chosen = self._chosen(page.origins, read)
            query = exp.select(*chosen, copy=False).from_(warehouse.parquet([file]), copy=False)
            held = filter_columns(self._source, page.names)
            kept, dropped = (
                parquet_files.spellings(self._cursor, file, held, rows)
                for rows in (self._source.keep, self._source.drop)
            )
        conditions = filters(kept, dropped)
        return query.where(*conditions) if conditions else query

    def _insert_rows(self, file: FileState, query: exp.Select) -> None:
        names = [exp.to_identifier(column.alias, quoted=True) for column in query.expressions]
        target = exp.Schema(
            this=warehouse.quoted(self._rows), expressions=[exp.to_identifier(warehouse.FILE_COLUMN), *names]
        )
        query.set("expressions", [exp.Literal.number(self._numbers[file]), *query.expressions])
        with self._explained(file):
            self._cursor.execute(exp.Insert(this=target, expression=query).sql("duckdb", copy=False))

    def _require_time(self, missing: Mapping[str, str]) -> None:
        time = self._source.table.time
        if time in missing:
            raise SourceError(missing[time], table=self._id, is_connected=False)

    def _open(self, files: Sequence[FileState]) -> dict[FileState, Part]:
        """A view of each file; those that were open already stay, unless their ids must become text by now."""
        stays = {} if self._text_ids != self._before.text_ids else self._before.views
        kind = "t" * len(self._text_ids)  # another name for other types: a copy of the earlier view must not be taken
        names = {file: f"{self._id}__{self._numbers[file]}{kind}" for file in files if file not in stays}
        opened = {}
        for file, name in names.items():
            self._cursor.execute(warehouse.create_view(name, self._parquet_rows(file, self._contents[file])))
            with self._explained(file):
                self._probe(name, file)
                opened[file] = Part(name, warehouse.days_of(self._cursor, [name], self._source.table.time)[name])
        return {file: opened.get(file) or stays[file] for file in files}

    def _probe(self, relation: str, file: FileState) -> None:
        """Reads every column that is made out of text once, so that a bad cell shows when the file is opened."""
        contents = self._contents[file]
        made = [
            exp.Max(this=exp.column(logical, quoted=True))
            for logical, kind in logical_types(self._source).items()
            if kind not in ("text", "id") and contents.is_made_of_text(logical)
        ]
        if made:
            self._cursor.execute(exp.select(*made).from_(warehouse.quoted(relation)).sql("duckdb")).fetchall()

    @contextmanager
    def _explained(self, file: FileState) -> Iterator[None]:
        """A file that cannot be read or a value that does not fit its column, told as a mistake of that file."""
        import duckdb

        try:
            yield
        except (ColumnError, ValueError) as error:
            raise SourceError(f"table {self._id}: {file.name} {error}", table=self._id) from None
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise SourceError(
                f"table {self._id}: {file.name} is damaged or holds a value of the wrong type ({reason}); "
                "correct the file",
                table=self._id,
            ) from None

    def _create_whole(self, parts: Sequence[Part], missing: Mapping[str, str]) -> None:
        """The view of the whole table under its own name."""
        names = [name for name in logical_types(self._source) if name not in missing]
        legs = [
            exp.select(*(exp.column(name, quoted=True) for name in names), copy=False).from_(
                warehouse.quoted(part.relation), copy=False
            )
            for part in parts
        ]
        whole = exp.union(*legs, distinct=False, copy=False) if len(legs) > 1 else legs[0]
        self._cursor.execute(warehouse.create_view(self._id, whole))


def large_files(files: Sequence[FileState]) -> list[FileState]:
    """Of these Parquet files those that stay on disk: the large ones, and of the small the largest beyond a bound."""
    total = 0
    large = []
    for file in sorted(files, key=lambda file: file.size):
        total += file.size
        if is_parquet(file) and (file.size >= LARGE_BYTES or total > ROWS_BYTES_LIMIT):
            large.append(file)
    return sorted(large)


def is_parquet(file: FileState) -> bool:
    """Whether the file is opened by the database itself."""
    return file.path.suffix.lower() == PARQUET
