"""What would be counted twice, or should not be counted at all: overlapping files, repeated totals, open statuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from metrics.errors import SourceError
from metrics.proposing import headers
from metrics.proposing.headers import plain
from metrics.proposing.kinds import fits
from metrics.proposing.proposal import IDS
from metrics.proposing.recognising import ORDERS_LOOKED_AT, REPEATED, uncounted
from metrics.proposing.samples import look as sampled
from metrics.proposing.writing import scalar
from metrics.sources import warehouse
from metrics.sources.table_files import TableState
from metrics.table_checks import SHOWN, Finding, Look

STATUS_FILES = 3  # looked at for statuses: the newest ones


def twice(look: Look) -> Iterator[Finding]:
    """Ids that stand in several files: the same export twice, or exports whose periods overlap."""
    state, id = look.state, IDS.get(look.id, "")
    if not isinstance(state, TableState) or not id or id in state.missing or len(state.files) < 2:
        return
    amount = "amount" if "amount" not in state.missing else ""
    rows = _rows_by_file(state, id, amount)
    first = exp.Window(this=exp.Min(this=exp.column("file")), partition_by=[exp.column("id")])
    marked = exp.select("id", "file", "amount", exp.alias_(first, "first")).from_(rows.subquery("held"))
    query = exp.select("first", "file", "count(DISTINCT id)", "count(*)", "sum(amount)").from_(
        marked.subquery("marked")
    )
    found = look.ask(query.where("id IS NOT NULL AND file > first").group_by("1", "2").order_by("4 DESC"))
    if not found:
        return
    names = {number: file.name for file, (_, number) in state.places.items()}
    pairs = [f"{names[one]} and {names[other]}" for one, other, *_ in found[:SHOWN]]
    ids, count, money = (sum(row[place] or 0 for row in found) for place in (2, 3, 4))
    worth = f", {money:,.2f} of {amount}" if amount else ""
    text = f"{ids:,} values of {id} stand in more than one file: {count:,} rows{worth} are counted twice"
    more = f" and {len(found) - SHOWN} more pairs" if len(found) > SHOWN else ""
    yield Finding("twice", "todo", f"{text} ({', '.join(pairs)}{more}); take one of the files away")


def _rows_by_file(state: TableState, id: str, amount: str) -> exp.Query:
    """Id, amount and file number of every row."""
    numbers: dict[str, list[int]] = {}
    for relation, number in state.places.values():
        numbers.setdefault(relation, []).append(number)
    legs = []
    for relation, held in numbers.items():
        own = relation.endswith("__rows")
        file = exp.column(warehouse.FILE_COLUMN) if own else exp.Literal.number(held[0])
        value = exp.column(amount, quoted=True) if amount else exp.cast(exp.null(), "DOUBLE")
        chosen = (exp.cast(exp.column(id, quoted=True), "VARCHAR"), file, value)
        names = ("id", "file", "amount")
        aliased = [exp.alias_(column, name) for column, name in zip(chosen, names, strict=True)]
        legs.append(exp.select(*aliased).from_(warehouse.quoted(relation)))
    return exp.union(*legs, distinct=False) if len(legs) > 1 else legs[0]


def repeated(look: Look) -> Iterator[Finding]:
    """An order's total that stands on each of its lines."""
    if look.id != "orders" or look.state.missing.keys() & {"order_id", "amount"}:
        return
    per_order = "CASE WHEN min(amount) = max(amount) AND min(amount) <> 0 THEN 1 ELSE 0 END"
    inner = look.query(["order_id", "count(*) AS lines", f"{per_order} AS same"]).group_by("1")
    ((orders, same),) = look.ask(exp.select("count(*)", "sum(same)").from_(inner.subquery("o")).where("lines > 1"))
    if orders >= ORDERS_LOOKED_AT and (same or 0) >= REPEATED * orders:
        text = f"in {same:,} of {orders:,} orders of several lines each line holds the same amount, as a total does"
        yield Finding("amount", "todo", f"{text}; added up it counts too often: map the amount of a line, or a formula",
                      "derive: {amount: UNIT PRICE * QUANTITY}")  # fmt: skip


def statuses(look: Look) -> Iterator[Finding]:
    """Status columns that no keep or drop looks at, although some of their rows did not come about."""
    state = look.state
    if not isinstance(state, TableState) or not state.files:
        return
    filtered = {plain(name) for key in (*look.source.keep, *look.source.drop) for name in look.source.names_of(key)}
    counted: dict[str, Counter[str]] = {}
    for file in sorted(state.files, key=lambda file: file.modified_ns)[-STATUS_FILES:]:
        for header, cells in _status_cells(file.path):
            if plain(header) not in filtered:
                counted.setdefault(header, Counter()).update(cells)
    for header, found in counted.items():
        left = uncounted(look.id, found)
        if left:
            shown = ", ".join(f"{cell} ({found[cell]:,})" for cell in left[:SHOWN])
            listed = ", ".join(scalar(cell) for cell in left)
            text = f"{header} is not filtered, and among the rows looked at are: {shown}"
            yield Finding("status", "note", text, f"drop: {{{scalar(header)}: [{listed}]}}")


def _status_cells(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    try:
        sample = sampled(path)
    except SourceError:
        return  # said where the file is read
    for header in sample.headers:
        cells = sample.filled(header)
        if plain(header) in headers.load().statuses.names and fits("label", cells):
            yield header, cells
