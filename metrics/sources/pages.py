"""What a spreadsheet file offers to read: one page a sheet, or one page a way to split a text file into cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from metrics.sources.cells import Cell

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".csv.gz")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls")
PARQUET = ".parquet"
PARQUET_MARK = b"PAR1"  # what such a file begins and ends with

Row = tuple[int, Sequence[Cell]]  # its number in the file from 1 on, and its cells


class PageError(ValueError):
    """Why a file cannot be read: a clause that follows its name in a message, with the next move."""


@dataclass(frozen=True)
class Page:
    """Rows of cells that can be read more than once."""

    sheet: str  # "" for a text file
    unit: str  # what a row is called in messages: "line" or "row"
    rows: Callable[[], Iterator[Row]]
    is_hidden: bool = False
