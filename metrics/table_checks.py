"""What `opsbot check` finds in one table: what was recognised, what was left out, what would count wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlglot import exp

from metrics.model import SemanticModel
from metrics.proposing.writing import scalar
from metrics.sources import warehouse
from metrics.sources.database_table import DatabaseState
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import Constant, Derived, Origin
from metrics.sources.reading import Reading, dialect_of
from metrics.sources.table_files import TableState

Level = Literal["ok", "note", "todo"]  # todo: to be mended before figures can be relied on
State = TableState | DatabaseState
SHOWN = 5  # values, days or files named in one line
LEFT_OUT = {
    "filtered": "by keep and drop",
    "without_time": "without a time",
    "total": "totals",
    "note": "notes",
    "repeated_header": "headers in between",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is so in a table."""

    topic: str
    level: Level
    text: str
    add: str = ""  # the line that sources.yaml wants, "" when none does
    values: tuple[str, ...] = ()  # of a dimension: those that the catalogue does not know


@dataclass(frozen=True)
class Look:
    """One table as it is looked at."""

    state: State
    model: SemanticModel
    reading: Reading
    now: datetime  # naive local

    @property
    def source(self) -> TableSource:
        return self.state.source

    @property
    def id(self) -> str:
        return self.source.table.id

    def query(self, columns: Sequence[str | exp.Expr]) -> exp.Select:
        """A query over all rows of the table."""
        if isinstance(self.state, DatabaseState):
            return exp.select(*columns).from_(self.state.projection.rows().subquery("source"))
        return exp.select(*columns).from_(warehouse.quoted(self.id))

    def ask(self, query: exp.Query) -> list[Any]:
        """A query in the dialect of the place. Raises SourceError."""
        place = self.source.database
        return self.reading.rows(place, query.sql(dialect_of(place)), [self.id])


def recognised(look: Look) -> Iterator[Finding]:
    """Logical ← physical, and the columns that only some files have."""
    if isinstance(look.state, DatabaseState):
        names = {logical: (_physical(origin),) for logical, origin in look.state.projection.origins.items()}
        yield Finding("columns", "ok", _arrows(names))
        return
    found: dict[str, dict[str, None]] = {}
    for held in look.state.contents.values():
        for page in held.pages:
            for logical, origin in page.origins.items():
                found.setdefault(logical, {})[_physical(origin)] = None
    usable = {logical: tuple(names) for logical, names in found.items() if logical not in look.state.missing}
    yield Finding("columns", "ok", _arrows(usable))
    yield from _changed(look.state)


def _arrows(found: Mapping[str, tuple[str, ...]]) -> str:
    """Logical ← physical; those of the same name in one list."""
    same = [logical for logical, names in found.items() if names == (logical,)]
    others = [f"{logical} ← {' | '.join(names)}" for logical, names in found.items() if logical not in same]
    return ", ".join([*others, *(["by their own names: " + ", ".join(same)] if same else [])])


def _physical(origin: Origin) -> str:
    if isinstance(origin, Constant):
        return f"always {origin.value!r}"
    if isinstance(origin, Derived):
        return f"a formula over {', '.join(origin.columns.values())}"
    return origin.column


def _changed(state: TableState) -> Iterator[Finding]:
    """Columns that not every file has: an export whose form changed, or a file that does not belong here."""
    pages = [page for held in state.contents.values() for page in held.pages]
    counted = Counter(name for page in pages for name in set(page.names) if name)
    some = [f"{name} ({count} of {len(pages)})" for name, count in sorted(counted.items()) if count < len(pages)]
    if some:
        yield Finding("changed", "ok", f"columns that only some files have: {_some(some)}")


def missing(look: Look) -> Iterator[Finding]:
    """Columns that cannot be used: those that only some files have or that are mapped in vain, then all others."""
    source = look.source
    mapped = {*source.columns, *source.derive, *source.constants, *source.from_name}
    held = _held(look.state)
    wrong = [logical for logical in look.state.missing if logical in mapped or logical in held]
    for logical in wrong:
        yield Finding("missing", "todo", look.state.missing[logical])
    absent = [logical for logical in look.state.missing if logical not in wrong]
    if absent:
        example = ", ".join(f"{logical}: HEADER" for logical in absent)
        text = f"none found for {', '.join(absent)}; if a column holds it under another name, say which"
        yield Finding("missing", "note", text, f"columns: {{{example}}}")


def _held(state: State) -> set[str]:
    if isinstance(state, DatabaseState):
        return set()
    return {logical for held in state.contents.values() for page in held.pages for logical in page.origins}


def left_out(look: Look) -> Iterator[Finding]:
    """Rows that do not count, by reason."""
    counted: Counter[str] = Counter()
    for reading in look.state.readings if isinstance(look.state, TableState) else ():
        counted.update(reading.left_out)
    if counted:
        reasons = ", ".join(f"{count:,} {LEFT_OUT.get(reason, reason)}" for reason, count in counted.most_common())
        yield Finding("left out", "ok", f"{sum(counted.values()):,} rows do not count: {reasons}")
    if look.source.amounts == "net_of_refunds":
        yield Finding("amounts", "ok", "net of refunds, as sources.yaml says: GMV is what is left after refunds")


def filters(look: Look) -> Iterator[Finding]:
    """Filters that a file lacks the column for."""
    lacking: dict[str, list[str]] = {}
    for reading in look.state.readings if isinstance(look.state, TableState) else ():
        for name in reading.unfiltered:
            lacking.setdefault(name, []).append(reading.file)
    for name, files in lacking.items():
        yield Finding("filters", "note", f"{_some(files)} has no {name}, so its rows are not kept or dropped by it")


def days(look: Look) -> Iterator[Finding]:
    """Days without rows where there should be many, and rows of the future."""
    holes = [day.isoformat() for day in sorted(look.state.history.holes)]
    if holes:
        yield Finding("days", "note", f"{len(holes)} days without a row: {_some(holes)}; is a file missing?")
    later = [day for day in look.state.history.days if day.day > look.now.date()]
    if later and look.id != "targets":
        rows = sum(day.rows for day in later)
        text = f"{rows:,} rows lie after today (to {later[-1].day}); are day and month the right way round?"
        yield Finding("days", "note", text)


def values(look: Look) -> Iterator[Finding]:
    """Values that the catalogue does not know, with what they weigh."""
    for name in look.source.table.dimensions:
        if name in look.state.missing:
            continue
        counted = {_text(value): int(rows) for value, rows in look.ask(look.query([name, "count(*)"]).group_by("1"))}
        total = sum(counted.values())
        known = {value.id for value in look.model.dimensions[name].values}
        unknown = {value: counted[value] for value in sorted(counted, key=lambda v: -counted[v]) if value not in known}
        if unknown and look.id != "targets":
            yield _unmapped(name, unknown, total, look.model)


def _unmapped(name: str, unknown: Mapping[str, int], total: int, model: SemanticModel) -> Finding:
    shown = [f"{value!r} {rows:,} rows ({rows / total:.1%})" for value, rows in unknown.items()]
    written = [value for value in unknown if value][:SHOWN]
    one_of = ", ".join(value.id for value in model.dimensions[name].values)
    text = f"values that the catalogue does not know: {_some(shown)}"
    if not written:
        return Finding(name, "note", f"{text}; they count in totals only", values=tuple(unknown))
    pairs = ", ".join(f"{scalar(value)}: ?" for value in written)
    return Finding(
        name, "note", f"{text}; for each ? one of {one_of}", f"values: {{{name}: {{{pairs}}}}}", tuple(unknown)
    )


def amounts(look: Look) -> Iterator[Finding]:
    """Sums of money that cannot be meant: all zero, or below zero."""
    types = logical_types(look.source)
    names = [name for name, kind in types.items() if kind == "number" and name not in look.state.missing]
    if not names or look.id == "targets":
        return
    asked = [text for name in names for text in _sums(name)]
    (row,) = look.ask(look.query(asked))
    for place, name in enumerate(names):
        negative, below, nonzero, empty = row[4 * place : 4 * place + 4]
        if not nonzero:
            yield Finding(name, "note", f"every {name} is 0 or empty; is it the right column?")
        if negative:
            hint = "refunds among the rows? then write what the amounts are" if name == "amount" else "is that meant?"
            add = "amounts: net_of_refunds" if name == "amount" and look.id == "orders" else ""
            yield Finding(name, "note", f"{negative:,} rows have {name} below 0 ({below:,.2f} in all); {hint}", add)
        if empty and nonzero:
            yield Finding(name, "note", f"{empty:,} rows have no {name} and add nothing to it")


def _sums(name: str) -> tuple[str, str, str, str]:
    quoted = exp.column(name, quoted=True).sql()
    return (
        f"count(CASE WHEN {quoted} < 0 THEN 1 END)",
        f"coalesce(sum(CASE WHEN {quoted} < 0 THEN {quoted} END), 0)",
        f"count(CASE WHEN {quoted} <> 0 THEN 1 END)",
        f"count(CASE WHEN {quoted} IS NULL THEN 1 END)",
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:SHOWN]) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")
