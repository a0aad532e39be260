"""Aligned plain-text tables for a phone: a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

WIDEST_NAME = 16  # columns of a phone's monospace line are few; longer names are cut with an ellipsis


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, first column left, the others right aligned; the first row is the head."""
    cut = [[_cut(row[0]), *row[1:]] for row in rows]
    widths = [max(width(row[column]) for row in cut) for column in range(len(cut[0]))]
    return "\n".join(_line(row, widths) for row in cut)


def width(text: str) -> int:
    """Columns that the text takes in a monospace font with double-wide Chinese."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0] + " " * (widths[0] - width(row[0]))
    rest = [" " * (size - width(cell)) + cell for cell, size in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([first, *rest]).rstrip()


def _cut(text: str) -> str:
    if width(text) <= WIDEST_NAME:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= WIDEST_NAME:
            break
        kept += character
    return kept + "…"
