"""Where the table stands on a page: the row that holds the column names, whatever notes or titles are above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from metrics.sources.cells import Cell, folded, text_of
from metrics.sources.pages import Page, PageError

SEARCHED_ROWS = 40  # a header further down is none that a person would find, either


@dataclass(frozen=True)
class Header:
    """The row of column names of one page."""

    page: Page
    row: int  # its number in the file
    names: tuple[str, ...]  # as written, without spaces around; "" for a column without a name
    found: int  # how many of the wanted columns it has


def best(pages: Sequence[Page], wanted: Sequence[Sequence[str]]) -> Header:
    """The header with the most wanted columns, each given by its possible names; the first of equal ones."""
    headers = [header for page in pages if (header := on_page(page, wanted)) is not None]
    if not headers:
        raise PageError("holds no rows")
    return max(headers, key=lambda header: (header.found, len(header.names) if not header.page.sheet else 0))


def on_page(page: Page, wanted: Sequence[Sequence[str]]) -> Header | None:
    """The row of the page with the most wanted columns, None for an empty page."""
    groups = [frozenset(folded(name) for name in names) for names in wanted]
    top: Header | None = None
    for row, cells in islice(page.rows(), SEARCHED_ROWS):
        names = _names(cells)
        if not any(names):
            continue
        held = {folded(name) for name in names}
        found = sum(1 for group in groups if group & held)
        if top is None or found > top.found:
            top = Header(page, row, names, found)
    return top


def _names(cells: Sequence[Cell]) -> tuple[str, ...]:
    names = [text_of(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)
