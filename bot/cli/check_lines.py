"""The lines of `opsbot check`: what each holds, and how they stand on a terminal."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import click

Level = Literal["ok", "note", "todo"]
COLOURS: dict[Level, str] = {"ok": "green", "note": "cyan", "todo": "yellow"}
WIDEST = 100
INDENT = 8  # below a mark
CLOSING = ",.;:)]}%'"  # never begin a line
CLOSING_WIDE = "，。；：、）】》！？"


@dataclass(frozen=True)
class Line:
    """One thing that was checked."""

    area: str  # settings, data, metric, documents, chat
    subject: str
    level: Level  # note: worth knowing; todo: to be mended before what it names can be relied on
    text: str  # what was found, or what to do
    add: str = ""  # what sources.yaml wants for it, and where; "" when nothing
    topic: str = ""  # what of the subject, e.g. "columns" of a table

    @property
    def ok(self) -> bool:
        return self.level == "ok"


def show(lines: Sequence[Line]) -> None:
    """Prints them by area and subject, wrapped to the terminal."""
    width = min(shutil.get_terminal_size((80, 24)).columns, WIDEST)
    for area, of_area in groupby(lines, key=lambda line: line.area):
        click.secho(area, bold=True)
        for line in of_area:
            _show(line, width)


def _show(line: Line, width: int) -> None:
    mark = click.style(f"{line.level:<4}", fg=COLOURS[line.level])
    head = " ".join(part for part in (line.subject, line.topic) if part)
    first, *rest = wrapped(f"{head}: {line.text}" if line.text else head, width - INDENT)
    click.echo(f"  {mark}  {first}")
    for text in rest:
        click.echo(" " * (INDENT + 2) + text)
    for text in wrapped(f"add {line.add}", width - INDENT - 2) if line.add else ():
        click.echo(" " * (INDENT + 2) + text)


def wrapped(text: str, width: int) -> Iterator[str] | list[str]:
    """Lines no wider than `width` columns, two less from the second on; Chinese counts double and breaks anywhere."""
    lines, line, used, room = [], "", 0, width
    for piece in _pieces(text):
        size = columns(piece)
        if used + size > room and line.strip():
            lines.append(line.rstrip())
            line, used, room = "", 0, width - 2
            piece = piece.lstrip()
            size = columns(piece)
        line += piece
        used += size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterator[str]:
    """Words with the spaces before them; a wide character is a word of its own."""
    word = ""
    for character in text:
        is_wide = unicodedata.east_asian_width(character) in "WF"
        may_break = (
            character == " "
            or (is_wide and character not in CLOSING_WIDE)
            or (_is_wide_end(word) and character not in CLOSING)
        )
        if word.strip() and may_break:
            yield word
            word = ""
        word += character
    if word:
        yield word


def _is_wide_end(word: str) -> bool:
    return word != "" and unicodedata.east_asian_width(word[-1]) in "WF"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
