"""Aligned plain-text tables for a phone: a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

WIDEST_LINE = 34  # half-width characters in a monospace block of a phone; longer lines wrap and lose their columns
SHORTEST_NAME = 8
GAPS = (2, 1)


@dataclass(frozen=True)
class Column:
    """One column under its head."""

    head: str
    cells: tuple[str, ...]
    can_go: int = 0  # the highest goes first where the table is too wide; 0 always stays
    is_left: bool = False

    @property
    def width(self) -> int:
        return max(width(text) for text in (self.head, *self.cells))


def table(columns: Sequence[Column], *, room: int = WIDEST_LINE) -> str:
    """Columns side by side as lines that fit a phone.

    What is too wide loses first the wide gaps, then the columns that may go, then the end of its names.
    """
    kept = list(columns)
    while True:
        for gap in GAPS:
            if _total(kept, gap) <= room:
                return _lines(kept, gap)
        leaving = max(kept, key=lambda column: column.can_go)
        if not leaving.can_go:
            return _lines(_with_shorter_names(kept, room), GAPS[-1])
        kept.remove(leaving)


def stacked(names: Sequence[str], groups: Sequence[Sequence[tuple[str, str]]], heads: Sequence[str]) -> str:
    """Two lines a row, values above their changes; a long name goes on under itself.

    `groups` holds (value, change) of every column for each name.
    """
    cells = [[text for row in groups for text in row[place]] for place in range(len(heads))]
    widths = [max(map(width, (head, *column))) for head, column in zip(heads, cells, strict=True)]
    room = max(SHORTEST_NAME, WIDEST_LINE - sum(widths) - len(heads))
    lines: list[tuple[str, ...]] = []
    for name, row in zip(names, groups, strict=True):
        first, second = two_lines(name, room)
        lines.append((first, *(value for value, _ in row)))
        if second or any(change for _, change in row):
            lines.append((second, *(change for _, change in row)))
    left, *others = zip(*lines, strict=True)
    return table([Column("", left, is_left=True), *map(Column, heads, others)])


def two_lines(name: str, room: int) -> tuple[str, str]:
    """The name, broken between words where it is too long, else in its middle; what is still too long is cut."""
    if width(name) <= room:
        return name, ""
    words = name.split(" ")
    for count in range(len(words) - 1, 0, -1):
        if width(first := " ".join(words[:count])) <= room:
            return first, cut(" ".join(words[count:]), room)
    middle = len(name) // 2
    return (cut(name[:middle], room), cut(name[middle:], room)) if width(name) <= 2 * room else (cut(name, room), "")


def width(text: str) -> int:
    """Columns that the text takes in a monospace font with double-wide Chinese."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def cut(text: str, room: int) -> str:
    """The text, ended with an ellipsis where it takes more than `room`."""
    if width(text) <= room:
        return text
    kept = ""
    for character in text:
        if width(kept + character) >= room:
            break
        kept += character
    return kept.rstrip() + "…"


def shortened(name: str, room: int) -> str:
    """The name cut to `room`; of one with several parts the longest lose their ends, so that each is still told."""
    parts = name.split("/")
    rooms = [width(part) for part in parts]
    while sum(rooms) + len(parts) - 1 > room:
        rooms[rooms.index(max(rooms))] -= 1
    return "/".join(cut(part, least) for part, least in zip(parts, rooms, strict=True))


def _total(columns: Sequence[Column], gap: int) -> int:
    return sum(column.width for column in columns) + gap * (len(columns) - 1)


def _with_shorter_names(columns: Sequence[Column], room: int) -> list[Column]:
    over = _total(columns, GAPS[-1]) - room
    return [
        replace(column, cells=tuple(shortened(text, max(SHORTEST_NAME, column.width - over)) for text in column.cells))
        if column.is_left
        else column
        for column in columns
    ]


def _lines(columns: Sequence[Column], gap: int) -> str:
    rows = zip(*((column.head, *column.cells) for column in columns), strict=True)
    return "\n".join(_line(row, columns, gap) for row in rows)


def _line(row: Sequence[str], columns: Sequence[Column], gap: int) -> str:
    cells = []
    for text, column in zip(row, columns, strict=True):
        blank = " " * (column.width - width(text))
        cells.append(text + blank if column.is_left else blank + text)
    return (" " * gap).join(cells).rstrip()
