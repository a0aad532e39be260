"""The cells of a sheet as tables, several below or beside one another, with merged cells and headers of two rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from knowledge.loading.tables import NUMERIC, Cell, is_header, named_row, row_lines, unmerged

HEADER_WITHIN = 10  # rows; titles and notes may stand above the header
UNIT = re.compile(r"(?:单位|單位|\bunits?)\s*[:：]\s*([^\s，,；;()（）]{1,12})", re.IGNORECASE)


@dataclass(frozen=True)
class Merge:
    """Merged cells by their outermost rows and columns, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Grid:
    """A sheet: each cell as it is shown, empty rows included."""

    rows: Sequence[Sequence[str]]
    merges: Sequence[Merge] = ()


_Merged = tuple[Mapping[tuple[int, int], Merge], Set[tuple[int, int]]]  # by the first cell; all other cells of them


@dataclass
class _Reading:
    """What the tables read so far tell those below them."""

    header: list[str] = field(default_factory=list)
    columns: frozenset[int] = frozenset()


def grid_lines(grid: Grid) -> Iterator[str]:
    """The texts and rows of every table, from top to bottom."""
    reading = _Reading()
    spans = {(merge.top, merge.left): merge for merge in grid.merges}
    covered = {
        (row, column)
        for merge in grid.merges
        for row in range(merge.top, min(merge.bottom + 1, len(grid.rows)))
        for column in range(merge.left, merge.right + 1)
    } - set(spans)
    for top, bottom in _bands(grid, covered):
        for left, right in _stripes(grid.rows[top:bottom], top, covered):
            block = [_cells(grid, row, (left, right), bottom, (spans, covered)) for row in range(top, bottom)]
            yield from _block(block, reading, is_whole=left == 0)


def _bands(grid: Grid, covered: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Rows between empty ones: (first, behind the last)."""
    reached = {row for row, _ in covered}
    filled = [any(cells) or row in reached for row, cells in enumerate(grid.rows)]
    start = None
    for row, is_filled in enumerate([*filled, False]):
        if is_filled and start is None:
            start = row
        elif not is_filled and start is not None:
            yield start, row
            start = None


def _stripes(rows: Sequence[Sequence[str]], top: int, covered: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Columns of tables that stand side by side; the whole width where a part would be no table of its own."""
    width = max(map(len, rows))
    reached = {column for row, column in covered if top <= row < top + len(rows)}
    filled = [
        sum(column < len(row) and bool(row[column]) for row in rows) or column in reached for column in range(width)
    ]
    edges = [column for column in range(width) if not filled[column]]
    stripes, start = [], 0
    for edge in [*edges, width]:
        if edge > start:
            stripes.append((start, edge))
        start = edge + 1
    are_tables = len(rows) > 1 and all(right - left > 1 for left, right in stripes)
    return stripes if are_tables else [(0, width)]


def _cells(grid: Grid, row: int, stripe: tuple[int, int], bottom: int, merged: _Merged) -> list[Cell]:
    (left, right), (spans, covered) = stripe, merged
    cells = []
    for column in range(left, right):
        if (row, column) in covered:
            continue
        text = grid.rows[row][column] if column < len(grid.rows[row]) else ""
        merge = spans.get((row, column))
        rows = min(merge.bottom + 1, bottom) - row if merge else 1
        cells.append(Cell(text, rows, min(merge.right + 1, right) - column if merge else 1))
    return cells


def _block(block: list[list[Cell]], reading: _Reading, *, is_whole: bool) -> Iterator[str]:
    """A table with what stands above it; or further rows of the table above."""
    plain = [[cell.text for cell in row] for row in block]
    head = next((index for index, row in enumerate(plain[:HEADER_WITHIN]) if is_header(row)), None)
    rows = unmerged(block)
    columns = frozenset(column for row in rows for column, text in enumerate(row) if text)
    if is_whole and reading.header and columns <= reading.columns and not (head is not None and _heads(rows[head:])):
        yield from filter(None, (named_row(reading.header, row) for row in rows))
        return
    if head is None or len(rows) == head + 1:
        yield from (" ".join(text for text in row if text) for row in plain)
        return
    above = [" ".join(text for text in row if text) for row in plain[:head]]
    yield from above
    table = unmerged(block[head:])
    unit = next((found[1] for text in above if (found := UNIT.search(text))), "")
    yield from (f"{line}（单位：{unit}）" if unit else line for line in row_lines(table))
    reading.header, reading.columns = (table[0], columns) if is_whole else ([], frozenset())


def _heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: below one of its words stand nothing but figures."""
    first, *below = rows
    for column, name in enumerate(first):
        values = [row[column] for row in below if column < len(row) and row[column]]
        if name and not NUMERIC.fullmatch(name) and values and all(map(NUMERIC.fullmatch, values)):
            return True
    return False
