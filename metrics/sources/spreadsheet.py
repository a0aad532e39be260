"""A spreadsheet file → typed columns for one logical table, and a report of what was recognised and left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.errors import SourceError
from metrics.sources import body, layout, moments, parquet_pages, text_file, value_names, workbook
from metrics.sources.cells import READERS, Cell, CellError, folded, in_unit_of, text_of
from metrics.sources.files import FileState
from metrics.sources.layout import Header
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import (
    ColumnError,
    Held,
    Origin,
    filter_columns,
    find,
    lacking_filters,
    operands,
    origins,
    wanted,
)
from metrics.sources.pages import PARQUET_MARK, Page, PageError, Row

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]  # ships no annotations

MARKS = {b"PK\x03\x04": "workbook", b"\xd0\xcf\x11\xe0": "workbook"}  # what the file is, whatever its name says
WILD = "*?["
LONGEST_INTEGER_ID = 18  # digits that fit 64 bits whatever they are


@dataclass(frozen=True)
class FileReading:
    """What was recognised in one file, or in one sheet of it."""

    file: str
    sheet: str  # "" for a text or Parquet file
    rows: int  # that count
    left_out: Mapping[str, int] = field(default_factory=dict)  # reason -> rows that do not count
    matched: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension -> value in file -> canonical
    unfiltered: tuple[str, ...] = ()  # columns of keep and drop that this file lacks


@dataclass(frozen=True)
class Loaded:
    """Typed columns, ready to be inserted."""

    origins: Mapping[str, Origin]  # of each logical column that the file has
    names: tuple[str, ...]  # all columns of the file
    columns: pa.Table | FileState  # named by `slot`; a Parquet file with them
    text_ids: frozenset[str]  # logical ids that are not all integers
    reading: FileReading


def slot(column: str, use: str) -> str:
    """The name under which a column of the file stands in `Loaded.columns`; one column may have several uses."""
    return f"{column} as {use}"


def reader(logical: str, column: str, kind: str) -> exp.Expr:
    """Reads `Loaded.columns`: a logical column by its own name, what a formula needs as a number."""
    return exp.column(slot(column, logical if kind != "number" else kind), quoted=True)


def load(path: Path, source: TableSource, zone: ZoneInfo) -> list[Loaded]:
    """One part a sheet. Raises SourceError that names the file, and the row, column and cell where one is wrong."""
    try:
        return [_Reading(header, path.name, source, zone).loaded() for header in headers(path, source)]
    except (PageError, ColumnError) as error:
        raise SourceError(f"table {source.table.id}: {path.name} {error}", table=source.table.id) from None


def open_pages(path: Path) -> list[Page]:
    """The sheets of a workbook, or the ways to split a text file. Raises PageError."""
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except OSError as error:
        raise PageError(f"cannot be read ({error.strerror}); check the file") from None
    if start[:4] in MARKS:
        return workbook.pages(path)
    if start.startswith(PARQUET_MARK):
        return parquet_pages.pages(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        raise PageError("is not a whole Excel file; save it again or take it away")
    if start.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"<"):
        raise PageError("is a web page whatever its name says; open it in Excel and save it as .xlsx")
    return text_file.pages(path)


def headers(path: Path, source: TableSource) -> list[Header]:
    """The header of each page to be read. Raises PageError when it is not clear which sheet is meant."""
    pages = open_pages(path)
    names = wanted(source)
    if not pages or not pages[0].sheet:
        return [layout.best(pages, names)]
    if source.sheet:
        return _on_sheets(_chosen(pages, source.sheet), source, names)
    shown = [page for page in pages if not page.is_hidden] or pages
    found = [header for page in shown if (header := layout.on_page(page, names)) is not None]
    top = max((header.found for header in found), default=0)
    best = [header for header in found if header.found == top]
    if len(best) > 1 and top > 1:
        sheets = ", ".join(header.page.sheet for header in best)
        raise PageError(
            f"has the columns on several sheets ({sheets}); write sheet: and the name of the one that counts, "
            "or sheet: '*' to read them all"
        )
    if not best:
        raise PageError("holds no rows")
    return best[:1]


def _chosen(pages: Sequence[Page], sheet: str) -> list[Page]:
    named = [page for page in pages if folded(page.sheet) == folded(sheet)]
    if not named and sheet.isdigit() and 1 <= int(sheet) <= len(pages):
        named = [pages[int(sheet) - 1]]
    if not named and any(sign in sheet for sign in WILD):
        named = [page for page in pages if fnmatch(folded(page.sheet), folded(sheet))]
    if not named:
        raise PageError(f"has no sheet {sheet!r} (it has {', '.join(page.sheet for page in pages)}); correct sheet:")
    return named


def _on_sheets(pages: Sequence[Page], source: TableSource, names: Sequence[Sequence[str]]) -> list[Header]:
    """Of several sheets those that have the table's time; of one sheet whatever it has."""
    found = [header for page in pages if (header := layout.on_page(page, names)) is not None]
    time = source.names_of(source.table.time)
    fitting = [header for header in found if len(pages) == 1 or find(header.names, time) is not None]
    if not fitting:
        raise PageError("holds no rows" if not found else f"has no column {time[0]!r} on those sheets; correct sheet:")
    return fitting


class _Reading:
    """One page on its way into typed columns."""

    def __init__(self, header: Header, file: str, source: TableSource, zone: ZoneInfo) -> None:
        self._header = header
        self._file = file
        self._source = source
        self._zone = zone
        self._origins = origins(source, file, header.names)
        self._rows: Sequence[Row] = ()
        self._matched: dict[str, dict[str, str]] = {}

    def loaded(self) -> Loaded:
        import pyarrow as pa

        held = body.read(self._header, self._labels(), self._width(), self._filters())
        self._rows = held.rows
        left_out = dict(held.left_out)
        columns = self._timed(left_out)
        for logical, kind in logical_types(self._source).items():
            origin = self._origins.get(logical)
            if isinstance(origin, Held) and logical != self._source.table.time:
                columns[slot(origin.column, logical if kind != "number" else kind)] = self._column(
                    logical, origin, kind
                )
        for column in operands(self._origins):
            columns[slot(column, "number")] = _array(self._typed(column, "number"), "number")
        columns = columns or {"": pa.nulls(len(self._rows))}
        reading = FileReading(
            file=self._file,
            sheet=self._header.page.sheet,
            rows=len(self._rows),
            left_out=left_out,
            matched=self._matched,
            unfiltered=lacking_filters(self._source, self._header.names),
        )
        return Loaded(self._origins, self._header.names, pa.table(columns), self._text_ids(columns), reading)

    def _text_ids(self, columns: Mapping[str, pa.Array]) -> frozenset[str]:
        import pyarrow as pa

        ids = [id for id, kind in logical_types(self._source).items() if kind == "id"]
        held = {id: origin for id in ids if isinstance(origin := self._origins.get(id), Held)}
        return frozenset(id for id, origin in held.items() if columns[slot(origin.column, id)].type == pa.string())

    def _timed(self, left_out: dict[str, int]) -> dict[str, pa.Array]:
        """The time column; rows without a time are no rows of the table."""
        origin = self._origins.get(self._source.table.time)
        if not isinstance(origin, Held):
            return {}
        times = self._times(origin.column)
        kept = body.without_time(times)
        if len(kept) < len(times):
            left_out["without_time"] = len(times) - len(kept)
            self._rows = [self._rows[index] for index in kept]
        return {slot(origin.column, self._source.table.time): _array([times[index] for index in kept], "time")}

    def _times(self, column: str) -> list[datetime | None]:
        cells = self._cells(column)
        try:
            return moments.read(cells, self._zone, self._source.dates)
        except moments.MomentError as error:
            raise self._wrong(error.index, column, str(error)) from None

    def _column(self, logical: str, origin: Held, kind: str) -> pa.Array:
        if kind == "time":
            return _array(self._times(origin.column), kind)
        mapped = self._source.values.get(logical, {})
        if kind == "boolean" and mapped:
            words = {folded(written): truth for written, truth in mapped.items()}
            cells = [words.get(folded(text_of(cell)), cell) for cell in self._cells(origin.column)]
            return _array(self._typed(origin.column, kind, cells), kind)
        values = self._typed(origin.column, kind)
        if logical in self._source.table.dimensions:
            texts = [str(value) for value in set(values) if value is not None]
            named = value_names.canonical(texts, mapped, self._source.known_values.get(logical, {}))
            if named:
                self._matched[logical] = named
                values = [named.get(value, value) if isinstance(value, str) else value for value in values]
        return _array(values, kind)

    def _typed(self, column: str, kind: str, cells: Sequence[Cell] | None = None) -> list[object]:
        """The typed values; each different cell is read once."""
        held = self._cells(column) if cells is None else cells
        if bool in {type(cell) for cell in held}:
            held = [text_of(cell) for cell in held]  # True and 1 would count as the same cell
        read = partial(in_unit_of, column) if kind == "number" else READERS[kind]
        known: dict[Cell, object] = {}
        for cell in dict.fromkeys(held):
            try:
                known[cell] = read(cell)
            except CellError as error:
                raise self._wrong(held.index(cell), column, str(error)) from None
        return [known[cell] for cell in held]

    def _cells(self, column: str) -> list[Cell]:
        index = self._header.names.index(column)
        return [cells[index] for _, cells in self._rows]

    def _wrong(self, index: int, column: str, why: str) -> PageError:
        number, cells = self._rows[index]
        sheet = f"sheet {self._header.page.sheet} " if self._header.page.sheet else ""
        value = text_of(cells[self._header.names.index(column)])[:40]
        return PageError(
            f"{sheet}{self._header.page.unit} {number}: {value!r} in column {column!r} {why}; "
            "correct the cell or map another column"
        )

    def _labels(self) -> list[int]:
        types = logical_types(self._source)
        found = [
            origin.column
            for logical, origin in self._origins.items()
            if isinstance(origin, Held) and types[logical] in ("text", "time")
        ]
        return [self._header.names.index(column) for column in found]

    def _width(self) -> int:
        held = [origin.column for origin in self._origins.values() if isinstance(origin, Held)]
        needed = [self._header.names.index(column) for column in (*held, *operands(self._origins))]
        return max(needed, default=0) + 1

    def _filters(self) -> body.Filters:
        keep, drop = (self._places(rows) for rows in (self._source.keep, self._source.drop))
        return body.Filters(keep, drop)

    def _places(self, rows: Mapping[str, Sequence[str]]) -> dict[int, Sequence[str]]:
        held = filter_columns(self._source, self._header.names)
        return {self._header.names.index(held[name]): values for name, values in rows.items() if name in held}


def _array(values: Iterable[object], kind: str) -> pa.Array:
    import pyarrow as pa

    held = list(values)
    if kind == "id" and all(value is None or _is_integer(str(value)) for value in held):
        return pa.array([None if value is None else int(str(value)) for value in held], pa.int64())
    types = {
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "time": pa.timestamp("us"),
    }
    return pa.array(held, types.get(kind, pa.string()))


def _is_integer(text: str) -> bool:
    """Whether the id is a number that says the same when written back: 007 is not."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_INTEGER_ID and (text[0] != "0" or text == "0")
