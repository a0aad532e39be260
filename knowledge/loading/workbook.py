"""Workbooks to lines: a heading a sheet, a line a row that names its columns, formatted as the sheet shows it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from itertools import islice
from typing import Any

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.archive import checked_archive
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.lines import Line, document_of
from knowledge.loading.sheets import Grid, Merge, grid_lines
from knowledge.loading.tables import shown_number

MOST_ROWS = 20_000  # of all sheets together: more is data, for the metrics, and no document
MOST_COLUMNS = 200
MOST_MERGED = 500_000  # cells; a sheet that is one merged area would take all memory
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def read_workbook(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for a file that is encrypted, damaged, without text or far too long."""
    import openpyxl  # late: only a sync with such a file needs it

    stream = checked_archive(data, file=file)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = [(sheet.title, _grid(sheet, stream)) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # the reader raises whatever a damaged part makes it stumble over
        raise DocumentError("is damaged and cannot be read as a workbook; save it again.", file=file) from error
    if sum(any(row) for _, grid in sheets for row in grid.rows) > MOST_ROWS:
        problem = f"has more than {MOST_ROWS} rows: name it in sources.yaml as data, or keep a summary of it here."
        raise DocumentError(problem, file=file)
    lines = [line for name, grid in sheets for line in _sheet(name, grid)]
    if not any(line.level == 0 for line in lines):
        raise DocumentError("its sheets hold no text; write something or delete it.", file=file)
    return document_of(identity, file, FrontMatter(), lines, title=_stem(file))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _grid(sheet: Any, stream: BytesIO) -> Grid:
    cells = ([_shown(cell) for cell in row] for row in islice(sheet.iter_rows(max_col=MOST_COLUMNS), MOST_ROWS + 1))
    return Grid(list(cells), _merges(sheet, stream))


def _merges(sheet: Any, stream: BytesIO) -> list[Merge]:
    """The merged cells, out of the sheet's own file: reading row by row leaves them out."""
    with zipfile.ZipFile(stream) as archive:
        source = archive.read(sheet._worksheet_path)
    found: list[Merge] = []
    room = MOST_MERGED
    for match in MERGE.finditer(source):
        left, top, right, bottom = (part.decode("ascii") for part in match.groups())
        merge = Merge(int(top) - 1, _column(left), int(bottom) - 1, min(_column(right), MOST_COLUMNS - 1))
        room -= (min(merge.bottom, MOST_ROWS) - merge.top + 1) * (merge.right - merge.left + 1)
        if room < 0:
            break
        found.append(merge)
    return [merge for merge in found if merge.left < MOST_COLUMNS]


def _column(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _sheet(name: str, grid: Grid) -> Iterator[Line]:
    place = f"sheet:{name}"
    texts = list(grid_lines(grid))
    if texts:
        yield Line(name, 0, 1, place)
        yield from (Line(text, 0, 0, place) for text in texts)


def _shown(cell: Any) -> str:
    """A cell as its format shows it, as far as words and figures go."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        return shown_number(value, str(cell.number_format or ""))
    return " ".join(str(value).split())
