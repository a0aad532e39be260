"""Which logical table a group of files holds, and which of its columns is which."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from metrics.naming import fold
from metrics.proposing import headers
from metrics.proposing.grouping import Group
from metrics.proposing.headers import ColumnNames, TableNames, plain
from metrics.proposing.kinds import fits, is_masked
from metrics.proposing.samples import Sample

FILE_NAME_BONUS = 3.0  # as good as three recognised columns: 退款*.csv holds refunds though it has an order's columns
OWN_COLUMN = 1.0
SHARED_COLUMN = 0.25  # dimensions and times stand in every table and tell little
ORDERS_LOOKED_AT = 5  # orders of several lines that are needed to tell a repeated total
REPEATED = 0.95
PAID = "when it was paid"  # the reading of a time, in headers.yaml


@dataclass(frozen=True)
class Choice:
    """One header that may be the logical column."""

    header: str
    means: str  # what tells it from the others; "" when nothing needs to be told
    doubt: str = ""  # why it must not be used as it is


@dataclass(frozen=True)
class Recognised:
    """A group of files as a logical table."""

    table: str
    group: Group
    columns: Mapping[str, tuple[Choice, ...]]  # logical column -> candidates, the best first
    drops: Mapping[str, tuple[str, ...]]  # status header -> cells whose rows do not count
    kept: Mapping[str, tuple[str, ...]]  # status header -> its other cells
    values: Mapping[str, Mapping[str, int]]  # dimension -> sampled value and how many rows hold it
    doubts: tuple[str, ...]  # headers that look right but whose cells do not
    score: float

    @property
    def unused(self) -> tuple[str, ...]:
        """Headers that mean nothing here."""
        used = {choice.header for choices in self.columns.values() for choice in choices} | {*self.drops, *self.kept}
        return tuple(name for name in self.group.sample.headers if name not in used)

    def paid_among(self, header: str, cell: str) -> tuple[int, int]:
        """Of the sampled rows with this status: how many have a time of payment, and how many there are."""
        times = [choice for choice in self.columns.get("ordered_at", ()) if choice.means == PAID]
        sample = self.group.sample
        if header not in sample.headers or not times:
            return 0, 0
        pairs = zip(sample.cells(header), sample.cells(times[0].header), strict=True)
        moments = [moment for status, moment in pairs if status == cell]
        return sum(bool(moment) for moment in moments), len(moments)


def recognise(group: Group) -> Recognised | None:
    """The table that fits best, None when none does."""
    found = [table for names in headers.load().tables if (table := _as_table(group, names))]
    return max(found, key=lambda table: table.score, default=None)


def _as_table(group: Group, names: TableNames) -> Recognised | None:
    sample = group.sample
    doubts: list[str] = []
    columns = {}
    for logical, known in names.columns.items():
        choices = tuple(_choices(sample, logical, known, doubts))
        if choices:
            columns[logical] = choices
    columns = _without_repeats(columns)
    any_of = not names.any_of or any(column in columns for column in names.any_of)
    if not any_of or any(column not in columns for column in names.needs):
        return None
    columns = _examined(sample, columns)
    drops, kept = _statuses(sample, names.id)
    dimensions = ("category", "channel", "region")
    values = {name: Counter(sample.filled(columns[name][0].header)) for name in dimensions if name in columns}
    return Recognised(names.id, group, columns, drops, kept, values, tuple(doubts), _score(group, names, columns))


def _choices(sample: Sample, logical: str, known: ColumnNames, doubts: list[str]) -> Iterator[Choice]:
    """Headers with one of the names, in the order of the readings; those whose cells do not fit become doubts."""
    for reading in known.readings:
        for header in sample.headers:
            if plain(header) not in reading.names:
                continue
            cells = sample.filled(header)
            if fits(known.kind, cells):
                yield Choice(header, reading.means)
            elif cells:
                doubts.append(
                    f"{header}: named like {logical}, but its cells are no {known.kind}, e.g. {cells[0][:30]!r}"
                )
            else:
                doubts.append(f"{header}: named like {logical}, but every cell looked at is empty")


def _without_repeats(columns: Mapping[str, tuple[Choice, ...]]) -> dict[str, tuple[Choice, ...]]:
    """A header stands for one column: the one in which it is the only candidate, else the first."""
    taken: dict[str, str] = {}
    for logical, choices in sorted(columns.items(), key=lambda item: len(item[1])):
        taken.setdefault(choices[0].header, logical)
    left = {
        logical: tuple(choice for choice in choices if taken.get(choice.header, logical) == logical)
        for logical, choices in columns.items()
    }
    return {logical: choices for logical, choices in left.items() if choices}


def _score(group: Group, names: TableNames, columns: Mapping[str, tuple[Choice, ...]]) -> float:
    shared = {"category", "channel", "region", "day", "hour"}
    points = sum(SHARED_COLUMN if column in shared else OWN_COLUMN for column in columns)
    called = fold(" ".join(group.names))
    return points + (FILE_NAME_BONUS if any(word in called for word in names.files) else 0.0)


def _examined(sample: Sample, columns: Mapping[str, tuple[Choice, ...]]) -> dict[str, tuple[Choice, ...]]:
    """The choices with what speaks against them; sound ones first."""
    order = columns.get("order_id", ())
    lines = _lines_of_orders(sample, order[0].header) if order else []
    found = {}
    for logical, choices in columns.items():
        judged = [Choice(c.header, c.means, _doubt(sample, logical, c.header, lines, columns)) for c in choices]
        found[logical] = tuple(sorted(judged, key=lambda choice: bool(choice.doubt)))
    return found


def _doubt(
    sample: Sample, logical: str, header: str, lines: list[list[int]], columns: Mapping[str, tuple[Choice, ...]]
) -> str:
    if logical == "buyer_id" and is_masked(sample.filled(header)):
        return "masked: two people may look like one, so buyers cannot be counted by it"
    cells = sample.cells(header)
    if logical == "amount" and _is_repeated(cells, lines):
        return "every line of an order holds the same amount, as an order's total does; added up it would count twice"
    if logical == "units" and "ordered_at" in columns:
        times = sample.cells(columns["ordered_at"][0].header)
        if any(cells[row] and not times[row] and times[group[0]] for group in lines for row in group):
            return (
                f"only the first line of an order has its {columns['ordered_at'][0].header}; the others would be lost"
            )
    return ""


def _lines_of_orders(sample: Sample, header: str) -> list[list[int]]:
    """The row numbers of each order that has several."""
    rows = defaultdict(list)
    for number, cell in enumerate(sample.cells(header)):
        if cell:
            rows[cell].append(number)
    return [numbers for numbers in rows.values() if len(numbers) > 1]


def _is_repeated(cells: tuple[str, ...], lines: list[list[int]]) -> bool:
    equal = sum(len({cells[row] for row in numbers}) == 1 for numbers in lines)
    return len(lines) >= ORDERS_LOOKED_AT and equal >= REPEATED * len(lines)


def _statuses(sample: Sample, table: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Cells of status columns whose rows do not count in `table`, and the others."""
    drops, kept = {}, {}
    for header in sample.headers:
        cells = sample.filled(header)
        if plain(header) in headers.load().statuses.names and fits("label", cells):
            counted = Counter(cells)
            left = uncounted(table, counted)
            drops[header] = left
            kept[header] = tuple(cell for cell, _ in counted.most_common() if cell not in left)
    return {header: cells for header, cells in drops.items() if cells}, kept


def uncounted(table: str, cells: Counter[str]) -> tuple[str, ...]:
    """Those statuses whose rows do not count in `table`, the most frequent first."""
    words = headers.load().statuses.left_out.get(table, ())
    return tuple(cell for cell, _ in cells.most_common() if any(word in fold(cell) for word in words))
