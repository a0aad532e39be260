"""The rows below a header that are rows of the table: no totals, no notes, and only what sources.yaml keeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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

Filter = Callable[[Sequence[Cell]], bool]  # whether a row counts


@dataclass(frozen=True)
class Body:
    """The rows that count, and how many do not and why."""

    rows: Sequence[Row]
    left_out: Mapping[str, int]  # reason: "total", "note", "repeated_header", "filtered", "without_time"


def read(header: Header, labels: Sequence[int], width: int, counts: Filter) -> Body:
    """Rows below the header; `labels` are the columns that a total may be named in, `counts` the filters.

    `width` is how many columns a row needs at least.

    Raises PageError for a row that does not fit the header: its cells may stand in the wrong columns.
    """
    left_out: Counter[str] = Counter()
    rows: list[Row] = []
    is_total = _Totals(labels)
    for number, cells in _below(header):
        if is_total(cells):
            left_out["total"] += 1
        elif cells[0] == header.names[0] and _is_header(cells, header):
            left_out["repeated_header"] += 1
        else:
            rows.append((number, cells))
    left_out["note"] = _drop_notes(rows, len(header.names))
    _check_widths(rows, header, width)
    kept = [row for row in rows if counts(row[1])]
    left_out["filtered"] = len(rows) - len(kept)
    return Body(kept, {reason: count for reason, count in left_out.items() if count})


def _below(header: Header) -> Iterator[Row]:
    for number, cells in header.page.rows():
        if number > header.row and any(text_of(cell) for cell in cells):
            yield number, cells


class _Totals:
    """Tells rows of totals by their label; remembers the words that it has judged."""

    def __init__(self, labels: Sequence[int]) -> None:
        self._labels = labels
        self._judged: dict[str, bool] = {}

    def __call__(self, cells: Sequence[Cell]) -> bool:
        first = next((cell for cell in cells if cell != ""), "")
        return self._is_label(first) or any(self._is_label(cells[n]) for n in self._labels if n < len(cells))

    def _is_label(self, cell: Cell) -> bool:
        if not isinstance(cell, str) or len(cell) > LONGEST_LABEL or (cell.isascii() and not cell[:1].isalpha()):
            return False
        if cell not in self._judged:
            self._judged[cell] = _TOTAL.fullmatch(folded(text_of(cell)).strip("()[]【】*-_")) is not None
        return self._judged[cell]


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


def filters(keep: Mapping[int, Sequence[str]], drop: Mapping[int, Sequence[str]]) -> Filter:
    """Whether a row counts: each kept column has one of its values, and no dropped one has."""
    kept = [(index, frozenset(folded(value) for value in values)) for index, values in keep.items()]
    dropped = [(index, frozenset(folded(value) for value in values)) for index, values in drop.items()]
    known: dict[str, str] = {}

    def word(cell: Cell) -> str:
        text = text_of(cell)
        if text not in known:
            known[text] = folded(text)
        return known[text]

    def counts(cells: Sequence[Cell]) -> bool:
        return all(word(cells[index]) in values for index, values in kept) and not any(
            word(cells[index]) in values for index, values in dropped
        )

    return counts


def without_time(times: Sequence[datetime | None]) -> list[int]:
    """Positions of the rows that have a time: an order without one was never paid, a refund never made."""
    return [index for index, moment in enumerate(times) if moment is not None]
