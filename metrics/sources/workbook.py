"""An Excel file as cells, one page a sheet; files that would unpack to more than the machine holds are refused."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from metrics.sources.cells import Cell
from metrics.sources.pages import Page, PageError, Row

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

LARGEST = 1_500_000_000  # bytes that all parts of the file unpack to
MOST_CELLS = 60_000_000  # of one sheet, from its first cell to its last, empty ones included
CHUNK = 1 << 20
ZIP_MARK = b"PK\x03\x04"
LONGEST_CELL = 4_000  # bytes of one cell in the file; what is cut at a chunk's end is looked at again

Faults = Mapping[tuple[int, int], str]  # row and column, from 1 on -> what the cell shows, e.g. #DIV/0!
# a formula that failed: the library shows its cell as empty, and an empty cell would be left out of a sum
_FAULT = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^>]*? t="e"[^>]*>(?:<f[^>]*/>|<f.*?</f>)?<v>(#[^<]{1,20})</v>')
_WIDE = re.compile(rb'r="([A-Z]{3}|[B-Z][A-Z])[0-9]{1,7}"')  # right of column AZ
_RELATION = re.compile(r"<Relationship [^>]*>")
_SHEET = re.compile(r"<sheet [^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_ROW = re.compile(rb'<row [^>]*?r="([0-9]{1,7})"')


def pages(path: Path) -> list[Page]:
    """One page a sheet that is a table, in order. Raises PageError."""
    import python_calamine  # late: see warehouse.connect

    try:
        content = path.read_bytes()  # by content and not by name: an .xls is often an .xlsx
        faults = _faults(content)
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (python_calamine.CalamineError, OSError) as error:
        raise _unreadable(error) from None
    shown = python_calamine.SheetVisibleEnum.Visible
    return [
        Page(
            sheet.name,
            "row",
            _Sheet(book, sheet.name, faults.get(sheet.name, {})).rows,
            is_hidden=sheet.visible != shown,
        )
        for sheet in book.sheets_metadata
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def _unreadable(error: Exception) -> PageError:
    said = str(error).strip().splitlines()
    if "assword" in str(error) or "ncrypt" in str(error):
        return PageError("is protected by a password; save it without one")
    return PageError(f"is not a whole Excel file ({said[0] if said else 'damaged'}); save it again or take it away")


class _Sheet:
    """Reads its cells once, however often they are asked for."""

    def __init__(self, book: CalamineWorkbook, name: str, faults: Faults) -> None:
        self._book = book
        self._name = name
        self._faults = faults
        self._cells: list[list[Cell]] | None = None

    def rows(self) -> Iterator[Row]:
        import python_calamine

        if self._cells is None:
            try:
                # from the first cell on, for the row numbers that people see
                self._cells = self._book.get_sheet_by_name(self._name).to_python(skip_empty_area=False)
            except python_calamine.CalamineError as error:
                raise _unreadable(error) from None
            for (row, column), fault in self._faults.items():
                self._cells[row - 1][column - 1] = fault
        return iter(enumerate(self._cells, start=1))


def _faults(content: bytes) -> dict[str, Faults]:
    """Sheet -> its failed formulas. Raises PageError for a file that is too large to be laid out.

    The library lays out every cell up to the last one, so one far cell is as much as a full sheet.
    """
    if not content.startswith(ZIP_MARK):
        return {}  # an old .xls: 65,536 rows of 256 columns at most
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            if sum(part.file_size for part in file.infolist()) > LARGEST:
                raise PageError(f"unpacks to more than {LARGEST // 1_000_000:,} MB; split it by month")
            names = _sheet_names(file)
            scanned = {
                name: _scan(file, name)
                for name in file.namelist()
                if name.startswith("xl/worksheets/") and name.endswith(".xml")
            }
            return {names[part]: faults for part, faults in scanned.items() if part in names}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise _unreadable(error) from None


def _sheet_names(file: zipfile.ZipFile) -> dict[str, str]:
    """Part of the file -> name of the sheet that it holds."""
    try:
        book = file.read("xl/workbook.xml").decode("utf-8", "replace")
        relations = file.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except KeyError:
        return {}  # no workbook at all, which the library says in its own words
    parts = {}
    for tag in _RELATION.findall(relations):
        found = dict(_ATTRIBUTE.findall(tag))
        target = found.get("Target", "")
        parts[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    sheets = [dict(_ATTRIBUTE.findall(tag)) for tag in _SHEET.findall(book)]
    return {parts.get(sheet.get("r:id", ""), ""): html.unescape(sheet.get("name", "")) for sheet in sheets}


def _scan(file: zipfile.ZipFile, part: str) -> dict[tuple[int, int], str]:
    columns, rows, held = 52, 0, b""
    faults = {}
    with file.open(part) as content:
        while chunk := content.read(CHUNK):
            held = held[-LONGEST_CELL:] + chunk
            columns = max([columns, *(_column(match) for match in _WIDE.findall(held))])
            rows = max([rows, *(int(match) for match in _ROW.findall(held)[-1:])])
            if columns * rows > MOST_CELLS:
                raise PageError(
                    f"has a sheet of {rows:,} rows and {columns:,} columns, most of them empty; delete the stray cells"
                )
            if b' t="e"' in held:
                found = _FAULT.findall(held)
                faults.update({(int(row), _column(letters)): fault.decode() for letters, row, fault in found})
    return faults


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
