"""The keys of a table in sources.yaml that shape its rows: filters, formulas, constants, sheets, what amounts mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from metrics.located import Node, Reader, nearest
from metrics.model import SemanticModel, Table
from metrics.sources.cells import boolean
from metrics.sources.expressions import Formula, FormulaError, parse

FORMULA_TYPES = ("number", "integer")  # what a formula can give
TRUTH = {True: "true", False: "false"}


def columns(reader: Reader, node: Node, table: Table) -> dict[str, tuple[str, ...]]:
    """Logical column -> its possible names in a file."""
    found = {}
    for name, child in reader.mapping(node, "columns"):
        _check_known(reader, name, child, table)
        names = (child.text,) if child.text else tuple(item.text for item in child.items if item.text)
        if child.kind in ("mapping", "list") and len(names) != max(1, len(child.items)):
            reader.wrong(child, "must be the column's name in the file, or a list of possible names")
        found[name] = names or (name,)
    return found


def _check_known(reader: Reader, name: str, node: Node, table: Table, types: Sequence[str] = ()) -> bool:
    known = dict(table.columns) | dict.fromkeys(table.dimensions, "text")
    fitting = [id for id, kind in known.items() if not types or kind in types]
    if name not in fitting:
        reader.wrong(node, f"table {table.id} has no such column {name!r} here; {nearest(name, fitting)}")
    return name in fitting


def derive(reader: Reader, node: Node, table: Table) -> dict[str, Formula]:
    """Logical column -> the formula that gives it."""
    found = {}
    for name, child in reader.mapping(node, "derive"):
        try:
            formula = parse(child.text or "")
        except FormulaError as error:
            reader.wrong(child, str(error))
            continue
        if _check_known(reader, name, child, table, FORMULA_TYPES):
            found[name] = formula
    return found


def constants(reader: Reader, node: Node, table: Table, model: SemanticModel) -> dict[str, str]:
    """Logical column -> the one value that all rows have."""
    found = {}
    for name, child in reader.mapping(node, "constants"):
        if not _check_known(reader, name, child, table, ("text", "id", "integer", "number", "boolean")):
            continue
        if not child.text:
            reader.wrong(child, "must be one value")
        elif name in table.dimensions and name in model.dimensions:
            _check_value(reader, child, name, model)
        found[name] = child.text or ""
    return found


def _check_value(reader: Reader, node: Node, dimension: str, model: SemanticModel) -> None:
    known = [value.id for value in model.dimensions[dimension].values]
    if node.text not in known:
        reader.wrong(node, f"{node.text!r} is no {dimension}; {nearest(node.text or '', known)}")


def from_name(reader: Reader, node: Node, table: Table) -> dict[str, str]:
    """Logical column -> the regular expression whose first group is its value in a file's name."""
    found = {}
    for name, child in reader.mapping(node, "from_name"):
        try:
            groups = re.compile(child.text or "").groups
        except re.error as error:
            reader.wrong(child, f"is no regular expression: {error}")
            continue
        if groups < 1:
            reader.wrong(child, "needs a group in parentheses, e.g. '订单_(.*?)_'; its text is the value")
        elif _check_known(reader, name, child, table, ("text", "time")):
            found[name] = child.text or ""
    return found


def rows(reader: Reader, node: Node, name: str) -> dict[str, tuple[str, ...]]:
    """`keep` or `drop`: column of the file -> the values whose rows stay or go."""
    found = {}
    for column, child in reader.mapping(node, name):
        texts = (child.text,) if child.text is not None else tuple(item.text or "" for item in child.items)
        if not texts:
            reader.wrong(child, "must be a value or a list of values")
        found[column] = texts
    return found


def values(reader: Reader, node: Node, table: Table, model: SemanticModel) -> dict[str, dict[str, str]]:
    """Dimension or boolean column -> value in the file -> canonical value."""
    found = {}
    for name, child in reader.mapping(node, "values"):
        if table.columns.get(name) == "boolean":
            found[name] = _truths(reader, child)
        elif name in table.dimensions:
            for _, value in child:
                _check_value(reader, value, name, model)
            found[name] = {written: value.text or "" for written, value in child}
        else:
            reader.wrong(child, f"table {table.id} has no dimension {name!r}; {nearest(name, table.dimensions)}")
    return found


def _truths(reader: Reader, node: Node) -> dict[str, str]:
    found = {}
    for written, value in node:
        try:
            truth = boolean(value.text)
        except ValueError:
            truth = None
        if truth is None:
            reader.wrong(value, f"{value.text!r} must be true or false")
            continue
        found[written] = TRUTH[truth]
    return found


def check_once(reader: Reader, node: Node, found: Sequence[tuple[str, Mapping[str, object]]]) -> None:
    """A column with two origins: nobody can tell which one counts."""
    places: dict[str, str] = {}
    for key, columns in found:
        for name in columns:
            if places.setdefault(name, key) != key:
                reader.wrong(node, f"{name} stands under {places[name]} and under {key}; keep one")


def only_for_files(reader: Reader, node: Node, keys: Sequence[str]) -> None:
    """Notes each key that means nothing for a table of a database."""
    for key in keys:
        child = node.get(key)
        if child is not None:
            reader.wrong(child, f"{key} is about files, and this table is read from a database")
