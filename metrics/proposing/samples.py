"""What a file or a database table looks like: its headers and some of its cells, all as text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from metrics.errors import SourceError
from metrics.proposing.headers import known_names, plain
from metrics.sources import spreadsheet
from metrics.sources.cells import Cell, text_of
from metrics.sources.files import SUFFIXES
from metrics.sources.layout import SEARCHED_ROWS
from metrics.sources.pages import PARQUET, Page, PageError

ROWS = 4_000  # of the beginning, and of the end: the newest rows hold statuses that the oldest lack


@dataclass(frozen=True)
class Sample:
    """Some rows of one table as it stands outside."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @cached_property
    def _columns(self) -> dict[str, tuple[str, ...]]:
        turned = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.headers)
        return dict(zip(self.headers, turned, strict=True))

    def cells(self, header: str) -> tuple[str, ...]:
        """Every sampled cell of a column, "" for a blank one."""
        return self._columns[header]

    def filled(self, header: str) -> tuple[str, ...]:
        """The cells that hold something."""
        return tuple(cell for cell in self.cells(header) if cell)


def joined(samples: Sequence[Sample]) -> Sample:
    """The rows of several samples under the headers that all of them have."""
    shared = tuple(name for name in samples[0].headers if all(name in sample.headers for sample in samples))
    rows = [row for sample in samples for row in zip(*(sample.cells(name) for name in shared), strict=True)]
    return Sample(shared, tuple(rows))


def look(path: Path, rows: int = ROWS) -> Sample:
    """The headers, and up to `rows` rows each of the beginning and the end. Raises SourceError."""
    try:
        return _parquet(path, rows) if path.suffix.lower() == PARQUET else _spreadsheet(path, rows)
    except PageError as error:
        raise SourceError(f"{path.name} {error}", table="") from None


def _spreadsheet(path: Path, rows: int) -> Sample:
    """The page and row with the most names that are known; without any, the first row that is filled most."""
    best: tuple[int, int] = (-1, -1)
    found: tuple[Page, int, tuple[str, ...]] | None = None
    for page in spreadsheet.open_pages(path):
        for number, cells in islice(page.rows(), SEARCHED_ROWS):
            names = tuple(text_of(cell) for cell in cells)
            fitness = (sum(plain(name) in known_names() for name in names if name), sum(map(bool, names)))
            if not page.is_hidden and fitness > best:
                best, found = fitness, (page, number, names)
    if found is None or not any(found[2]):
        raise PageError("holds no rows")
    page, number, names = found
    body = (cells for row, cells in page.rows() if row > number)
    first = list(islice(body, rows))
    return of_rows(names, [*first, *deque(body, maxlen=rows)])


def of_rows(names: Sequence[str], rows: Iterable[Sequence[Cell | None]]) -> Sample:
    """Cells under the names that are filled, each name once; short rows are filled up."""
    headers = tuple(name for name in dict.fromkeys(names) if name)
    places = [names.index(name) for name in headers]
    texts = (tuple(as_text(row[place]) if place < len(row) else "" for place in places) for row in rows)
    return Sample(headers, tuple(row for row in texts if any(row)))


def as_text(cell: object) -> str:
    """A cell as text, "" for a blank one."""
    return "" if cell is None else text_of(cell) if isinstance(cell, Cell) else str(cell)


def _parquet(path: Path, rows: int) -> Sample:
    import duckdb  # late: 0.1 s

    try:
        with duckdb.connect(":memory:") as connection:
            found = connection.execute("SELECT * FROM read_parquet(?) LIMIT ?", [str(path), 2 * rows])
            return of_rows([str(column[0]) for column in found.description or ()], found.fetchall())
    except duckdb.Error:
        raise PageError("is not a complete Parquet file; write it again or take it away") from None


def data_files(folder: Path) -> Iterator[Path]:
    """Every file under `folder` that may hold rows, in order; hidden and temporary ones are left out."""
    for path in sorted(folder.rglob("*")):
        is_shown = not any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
        if path.name.lower().endswith(SUFFIXES) and is_shown and path.is_file():
            yield path
