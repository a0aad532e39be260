"""The rows below a header that are rows of the table: no totals, no notes, and only what sources.yaml keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from metrics.sources.cells import Cell, folded, text_of
from metrics.sources.layout import Header
from metrics.sources.pages import PageError, Row

# 合计, 11月合计, 本页小计:, 合计(120单); in English the whole cell only, for `total` begins many a product's name
_TOTAL = re.compile(
    r".{0,12}(?:合计|总计|小计|共计|合計|總計|小計)(?:[:(（\[].*)?[:\d.,¥元件单笔条]*"
    r"|汇总|总和|总数|(?:grand|sub)?-?totals?(?:[:(].*)?|sum:?"
)
LONGEST_LABEL = 40
LEADING_COLUMNS = 4


@dataclass(frozen=True)
class Body:
    """The rows that count, and how many do not and why."""

    rows: Sequence[Row]
    left_out: Mapping[str, int]  # reason: "total", "note", "repeated_header", "filtered", "without_time"


def read(header: Header, labels: Sequence[int], width: int, chosen: Filters) -> Body:
    """Rows below the header; `labels` are the columns that a total may be named in.

    `width` is how many columns a row needs at least. Raises PageError for a row that does not fit the header: its cells
    may stand in the wrong columns.
    """
    left_out: Counter[str] = Counter()
    below = [row for row in header.page.rows() if row[0] > header.row and not _is_blank(row[1])]
    rows = [row for row in below if not (row[1][0] == header.names[0] and _is_header(row[1], header))]
    left_out["repeated_header"] = len(below) - len(rows)
    counted = _without_totals(rows, labels)
    left_out["total"] = len(rows) - len(counted)
    left_out["note"] = _drop_notes(counted, len(header.names))
    _check_widths(counted, header, width)
    kept = chosen.of(counted)
    left_out["filtered"] = len(counted) - len(kept)
    return Body(kept, {reason: count for reason, count in left_out.items() if count})


def _is_blank(cells: Sequence[Cell]) -> bool:
    return not any(cell != "" and text_of(cell) for cell in cells)


def _without_totals(rows: Sequence[Row], labels: Sequence[int]) -> list[Row]:
    """Rows whose first cells and mapped texts are no label of a total; whole columns at a time, which is fast."""
    found = {}
    for column in sorted({*labels, *_leading(rows)}):
        words = {cells[column] for _, cells in rows if column < len(cells)}
        totals = {word for word in words if isinstance(word, str) and is_total(word)}
        if totals:
            found[column] = totals
    if not found:
        return list(rows)
    return [
        (number, cells)
        for number, cells in rows
        if not any(column < len(cells) and cells[column] in totals for column, totals in found.items())
    ]


def _leading(rows: Sequence[Row]) -> Iterator[int]:
    """The first column, and those right of it as long as it has empty cells: a label stands in the first full one."""
    for column in range(LEADING_COLUMNS):
        yield column
        if all(len(cells) > column and cells[column] != "" for _, cells in rows):
            return


def is_total(word: str) -> bool:
    """Whether the cell is the label of a total and not the name of something."""
    if len(word) > LONGEST_LABEL or (word.isascii() and not word[:1].isalpha()):
        return False
    return _TOTAL.fullmatch(folded(text_of(word)).strip("()[]【】*-_")) is not None


def _is_header(cells: Sequence[Cell], header: Header) -> bool:
    return [text_of(cell) for cell in cells[: len(header.names)]] == list(header.names)


def _drop_notes(rows: list[Row], width: int) -> int:
    """Takes away the last rows that hold one cell only (导出时间: …), which no row of a table does."""
    count = 0
    while width > 2 and rows and sum(1 for cell in rows[-1][1] if text_of(cell)) == 1:
        rows.pop()
        count += 1
    return count


def _check_widths(rows: Sequence[Row], header: Header, needed: int) -> None:
    if header.page.unit != "line":
        return  # a sheet's cells stand where they stand; what is right of the table is a note
    width = len(header.names)
    for number, cells in rows:
        if len(cells) < needed or (len(cells) > width and any(text_of(cell) for cell in cells[width:])):
            raise PageError(
                f"line {number} has {len(cells)} cells where the header has {width}; "
                "a separator inside a text needs quotation marks around the text"
            )


@dataclass(frozen=True)
class Filters:
    """Which rows count: each kept column has one of its values, and no dropped one has."""

    keep: Mapping[int, Sequence[str]]
    drop: Mapping[int, Sequence[str]]

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows that count."""
        for column, values, stays in (
            *((column, values, True) for column, values in self.keep.items()),
            *((column, values, False) for column, values in self.drop.items()),
        ):
            wanted = frozenset(folded(value) for value in values)
            words = {text_of(cells[column]) for _, cells in rows}
            chosen = {word for word in words if (folded(word) in wanted) is stays}
            rows = [row for row in rows if text_of(row[1][column]) in chosen]
        return rows


def without_time(times: Sequence[datetime | None]) -> list[int]:
    """Positions of the rows that have a time: an order without one was never paid, a refund never made."""
    return [index for index, moment in enumerate(times) if moment is not None]
