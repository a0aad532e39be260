"""Where each logical column of a table comes from in one file: a column of it, a constant, its name or a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from metrics.sources import value_names
from metrics.sources.cells import folded
from metrics.sources.expressions import Formula
from metrics.sources.mapping import TableSource, logical_types


@dataclass(frozen=True)
class Held:
    """A column of the file."""

    column: str  # as the file writes it


@dataclass(frozen=True)
class Constant:
    """The same value in every row."""

    value: str


@dataclass(frozen=True)
class Derived:
    """Computed from columns of the file."""

    formula: Formula
    columns: Mapping[str, str]  # name in the formula -> as the file writes it


Origin = Held | Constant | Derived


class ColumnError(ValueError):
    """Why a file's columns cannot be told apart or its rows not filtered: a clause that follows the file's name."""


def wanted(source: TableSource) -> list[tuple[str, ...]]:
    """The possible names of every column that the source would like to find in a file."""
    names = [source.names_of(logical) for logical in logical_types(source) if logical not in source.constants]
    operands = [(name,) for formula in source.derive.values() for name in formula.names]
    return [*names, *operands, *((name,) for name in (*source.keep, *source.drop))]


def origins(source: TableSource, file: str, names: Sequence[str]) -> dict[str, Origin]:
    """The origin of every logical column that the file has; `names` are its own column names. Raises ColumnError."""
    found: dict[str, Origin] = {}
    for logical in logical_types(source):
        origin = _origin(source, logical, file, names)
        if origin is not None:
            found[logical] = origin
    return found


def _origin(source: TableSource, logical: str, file: str, names: Sequence[str]) -> Origin | None:
    if logical in source.constants:
        return Constant(source.constants[logical])
    if logical in source.from_name:
        match = re.search(source.from_name[logical], file)
        return Constant(_canonical(source, logical, (match[1] or "").strip())) if match else None
    if logical in source.derive:
        formula = source.derive[logical]
        columns = {name: column for name in formula.names if (column := find(names, (name,))) is not None}
        return Derived(formula, columns) if len(columns) == len(formula.names) else None
    column = find(names, source.names_of(logical))
    return Held(column) if column is not None else None


def _canonical(source: TableSource, logical: str, value: str) -> str:
    mapped, known = source.values.get(logical, {}), source.known_values.get(logical, {})
    return value_names.canonical([value], mapped, known).get(value, value)


def find(names: Sequence[str], possible: Iterable[str]) -> str | None:
    """The first of the possible names that the file has, as the file writes it. Raises ColumnError."""
    for name in possible:
        if name in names and list(names).count(name) == 1:
            return name
        alike = [held for held in names if folded(held) == folded(name)]
        if len(alike) > 1:
            raise ColumnError(f"has {len(alike)} columns named {name!r}; rename one or take it away")
        if alike:
            return alike[0]
    return None


def filter_columns(source: TableSource, names: Sequence[str]) -> dict[str, str]:
    """Each column of `keep` and `drop` that the file has -> as the file writes it.

    Files of different systems may stand in one table, each with its own column for what counts. A file that has none
    of them cannot be filtered at all, and its cancelled orders must not count. Raises ColumnError.
    """
    named = (*source.keep, *source.drop)
    found = {name: column for name in named if (column := find(names, source.columns.get(name, (name,)))) is not None}
    if named and not found:
        has = ", ".join([name for name in names if name][:12])
        raise ColumnError(f"has no column {named[0]!r} to keep or drop rows by (it has {has}); correct the name")
    return found


def lacking_filters(source: TableSource, names: Sequence[str]) -> tuple[str, ...]:
    """Columns of `keep` and `drop` that the file does not have."""
    return tuple(name for name in (*source.keep, *source.drop) if name not in filter_columns(source, names))


def operands(found: Mapping[str, Origin]) -> tuple[str, ...]:
    """The columns of the file that formulas read, each once."""
    derived = [origin for origin in found.values() if isinstance(origin, Derived)]
    return tuple(dict.fromkeys(column for origin in derived for column in origin.columns.values()))
