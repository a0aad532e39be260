"""A table as lines that stand alone: each row names its columns, so that one row can be quoted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

HANZI = re.compile(r"[\u3400-\u9fff]")
NUMERIC = re.compile(r"[\d.,%¥$€+\-~—–/:：()（）\s]+")
AMOUNT = re.compile(r"[+\-¥$€]*\d[\d.,]*[ \t]*(?:[%‰kKmM]|[百千万亿]*[元人单件]?|个?百分点)")
RULE_ROW = re.compile(r"[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
CELL_BORDER = re.compile(r"(?<!\\)\|")
LITERAL = re.compile(r'"[^"]*"|\\.')  # 0.0"%" writes a sign behind 3.2 and multiplies nothing
MOST_COLUMNS = 200


@dataclass(frozen=True)
class Cell:
    """A cell that may be merged out of several."""

    text: str
    rows: int = 1  # that it reaches over
    columns: int = 1


def unmerged(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """The rows with every cell in its own column.

    A merged name stands in each row that it reaches over, so that each row can be quoted alone; a merged figure only in
    the first, for it is the figure of all of them together. Across, only a header's name is repeated.
    """
    found: list[list[str]] = []
    reaching: dict[int, tuple[int, str]] = {}  # column → rows that the cell above still takes, and what they show
    for number, row in enumerate(rows):
        cells: list[str] = []
        waiting = list(row)
        heads = not number and len(row) > 1  # a single cell above the others is the table's title
        while len(cells) < MOST_COLUMNS and (waiting or len(cells) in reaching):
            if len(cells) in reaching:
                left, text = reaching.pop(len(cells))
                if left > 1:
                    reaching[len(cells)] = left - 1, text
                cells.append(text)
                continue
            cell = waiting.pop(0)
            for column in range(cell.columns):
                text = cell.text if heads or not column else ""
                if cell.rows > 1:
                    reaching[len(cells)] = cell.rows - 1, "" if AMOUNT.fullmatch(text.strip()) else text
                cells.append(text)
        found.append(cells)
    return found


def row_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """One list item for each row below the header; a table without a header keeps its cells as they stand."""
    cleaned = [[" ".join(cell.split()) for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    if not filled:
        return []
    header, *body = _under_one_header(filled)
    if not body or not is_header(header):
        return [f"- {' | '.join(cell for cell in row if cell)}" for row in filled]
    return [line for row in body if (line := named_row(header, row))]


def _under_one_header(rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """Two rows of names, the upper one with a name for several columns, as one: 目标 above GMV is 目标 GMV."""
    if len(rows) < 3 or not is_header(rows[1]) or len(rows[0]) != len(rows[1]):
        return list(rows)
    upper, lower, *body = rows
    is_shared = any(name and name == after for name, after in pairwise(upper))
    if not is_shared or not any(NUMERIC.fullmatch(cell) for row in body for cell in row if cell):
        return list(rows)
    names = [" ".join(dict.fromkeys(filter(None, pair))) for pair in zip(upper, lower, strict=True)]
    return [names, *body]


def is_header(cells: Sequence[str]) -> bool:
    """True for a first row of names: nothing in it is a mere number, and two cells at least are filled."""
    named = [cell for cell in cells if cell]
    return len(named) >= 2 and not any(NUMERIC.fullmatch(cell) for cell in named)


def named_row(header: Sequence[str], row: Sequence[str]) -> str:
    """`- 类目：母婴，转化率：1.8%`; "" for an empty row. A cell without a heading stands by itself.

    So does the first cell of a wide table when it is the only one: a note across the table, or the name of a group.
    """
    cells = [(header[index] if index < len(header) else "", cell) for index, cell in enumerate(row) if cell]
    if len(cells) == 1 and len(header) > 2 and row[0]:
        return f"- {row[0]}"
    chinese = any(HANZI.search(name + cell) for name, cell in cells)
    colon, comma = ("：", "，") if chinese else (": ", ", ")
    return f"- {comma.join(f'{name}{colon}{cell}' if name else cell for name, cell in cells)}" if cells else ""


def unfold_tables(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The lines of a Markdown text with each table's rows unfolded; (index of the line it is from, line)."""
    held: list[tuple[int, str]] = []
    for index, line in enumerate(lines):
        if line.lstrip().startswith("|") or (held and line.count("|") >= 1 and line.strip()):
            held.append((index, line))
            continue
        yield from _unfolded(held)
        held = []
        yield index, line
    yield from _unfolded(held)


def _unfolded(held: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """A header, its rule and rows; what only looks like a table stays as it is."""
    if len(held) < 2 or not RULE_ROW.match(held[1][1]):
        yield from held
        return
    header = _cells(held[0][1])
    if len(held) == 2:
        yield held[0]
    for index, line in held[2:]:
        yield index, named_row(header, _cells(line))


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [cell.replace("\\|", "|").strip() for cell in CELL_BORDER.split(inner)]


def shown_number(value: float, pattern: str) -> str:
    """A number as a format of Office shows it, as far as words and figures go."""
    bare = LITERAL.sub("", pattern)
    if "%" in bare:
        decimals = len(re.findall("[0#?]", bare.split("%")[0].partition(".")[2]))
        return f"{value * 100:.{decimals}f}%"
    shown = f"{value:.10g}" if abs(value) < 1e15 else str(value)
    return f"{shown}%" if "%" in pattern else shown
