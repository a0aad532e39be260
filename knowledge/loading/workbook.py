"""Workbooks to lines: a heading a sheet, a line a row that names its columns, formatted as the sheet shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.archive import checked_archive
from knowledge.loading.front_matter import FrontMatter
from knowledge.loading.lines import Line, document_of
from knowledge.loading.tables import is_header, named_row

MOST_ROWS = 20_000  # of all sheets together: more is data, for the metrics, and no document
MOST_COLUMNS = 200
LITERAL = re.compile(r'"[^"]*"|\\.')  # 0.0"%" writes a sign behind 3.2 and multiplies nothing
HEADER_WITHIN = 10  # rows; titles and notes may stand above the header


def read_workbook(data: bytes, identity: str, file: str) -> Document:
    """Raises DocumentError for a file that is encrypted, damaged, without text or far too long."""
    import openpyxl  # late: only a sync with such a file needs it

    stream = checked_archive(data, file=file)
    try:
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = [(sheet.title, _rows(sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:  # the reader raises whatever a damaged part makes it stumble over
        raise DocumentError("is damaged and cannot be read as a workbook; save it again.", file=file) from error
    if sum(len(rows) for _, rows in sheets) > MOST_ROWS:
        problem = f"has more than {MOST_ROWS} rows: name it in sources.yaml as data, or keep a summary of it here."
        raise DocumentError(problem, file=file)
    lines = [line for name, rows in sheets for line in _sheet(name, rows)]
    if not any(line.level == 0 for line in lines):
        raise DocumentError("its sheets hold no text; write something or delete it.", file=file)
    return document_of(identity, file, FrontMatter(), lines, title=_stem(file))


def _stem(file: str) -> str:
    return file.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _rows(sheet: Any) -> list[list[str]]:
    rows = islice(sheet.iter_rows(max_col=MOST_COLUMNS), MOST_ROWS + 1)
    texts = ([_shown(cell) for cell in row] for row in rows)
    return [row for row in texts if any(row)]


def _sheet(name: str, rows: Sequence[Sequence[str]]) -> Iterator[Line]:
    if not rows:
        return
    place = f"sheet:{name}"
    yield Line(name, 0, 1, place)
    head = next((index for index, row in enumerate(rows[:HEADER_WITHIN]) if is_header(row)), None)
    above = rows[:head] if head is not None else rows
    yield from (Line(" ".join(cell for cell in row if cell), 0, 0, place) for row in above)
    if head is not None:
        yield from (Line(named_row(rows[head], row), 0, 0, place) for row in rows[head + 1 :])


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
        return _number(value, str(cell.number_format or ""))
    return " ".join(str(value).split())


def _number(value: float, pattern: str) -> str:
    bare = LITERAL.sub("", pattern)
    if "%" in bare:
        decimals = len(re.findall("[0#?]", bare.split("%")[0].partition(".")[2]))
        return f"{value * 100:.{decimals}f}%"
    shown = f"{value:.10g}" if abs(value) < 1e15 else str(value)
    return f"{shown}%" if "%" in pattern else shown
