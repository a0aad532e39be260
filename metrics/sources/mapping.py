"""sources.yaml: where the rows of each table are, what their columns are called, and the zone of their times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from metrics.errors import DefinitionError, Mistake, SourceError
from metrics.located import Node, Reader, nearest, read
from metrics.model import SemanticModel, Table

DEFAULT_ZONE = "Asia/Shanghai"
# targets are read like any other table but are no fact: nothing is grouped over them
TARGETS = Table("targets", "month", "day", ("category",), {"month": "time", "metric": "text", "value": "number"})


@dataclass(frozen=True)
class TableSource:
    """The files of one logical table."""

    table: Table
    files: tuple[str, ...]  # glob patterns, relative to the folder of sources.yaml
    columns: Mapping[str, str] = field(default_factory=dict)  # logical -> name in the file, where they differ
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension -> value in file -> canonical

    def physical(self, column: str) -> str:
        return self.columns.get(column, column)


@dataclass(frozen=True)
class SourceMap:
    """All of sources.yaml."""

    root: Path  # its folder
    zone: ZoneInfo
    tables: Mapping[str, TableSource]
    targets: TableSource | None


def load(path: Path, model: SemanticModel) -> SourceMap:
    """The mapping in `path`. Raises SourceError when there is none, DefinitionError with every mistake in it."""
    if not path.is_file():
        raise SourceError(
            f"there is no {path.name} in {path.parent.name or 'the home folder'}; run `opsbot demo` for a sample shop, "
            "or write one that says where your files are (metrics/README.md, 'Add a source')",
            table="",
        )
    mistakes: list[Mistake] = []
    root = read(path, mistakes)
    reader = Reader(mistakes)
    if root.kind != "mapping":
        raise DefinitionError((root.mistake("must be a mapping with the keys zone, tables and targets"),))
    reader.known_keys(root, ("zone", "tables", "targets"))
    zone = _zone(reader, root)
    tables = _tables(reader, root, model)
    node = root.get("targets")
    targets = _source(reader, node, TARGETS, model) if node is not None and node.kind != "empty" else None
    if mistakes:
        raise DefinitionError(tuple(mistakes))
    return SourceMap(path.parent, zone, tables, targets)


def _zone(reader: Reader, root: Node) -> ZoneInfo:
    name = reader.text(root, "zone", DEFAULT_ZONE)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        reader.wrong(root.get("zone") or root, f"{name!r} is no IANA time zone; write one like {DEFAULT_ZONE}")
        return ZoneInfo(DEFAULT_ZONE)


def _tables(reader: Reader, root: Node, model: SemanticModel) -> dict[str, TableSource]:
    found = {}
    for id, node in reader.mapping(root, "tables", required=True):
        if id in model.tables:
            found[id] = _source(reader, node, model.tables[id], model)
        else:
            reader.wrong(node, f"the catalogue has no table {id!r}; {nearest(id, [*model.tables])}")
    return found


def _source(reader: Reader, node: Node, table: Table, model: SemanticModel) -> TableSource:
    reader.known_keys(node, ("files", "columns", "values"))
    files = reader.texts(node, "files")
    if not files:
        reader.wrong(node, "files is missing; write a pattern, e.g. files: data/orders/*.csv")
    known = (*table.columns, *table.dimensions)
    columns = {}
    for name, child in reader.mapping(node, "columns"):
        if name not in known:
            reader.wrong(child, f"table {table.id} has no column {name!r}; {nearest(name, known)}")
        columns[name] = child.text or name
    values = {name: _values(reader, name, child, table, model) for name, child in reader.mapping(node, "values")}
    return TableSource(table, files, columns, values)


def _values(reader: Reader, dimension: str, node: Node, table: Table, model: SemanticModel) -> dict[str, str]:
    if dimension not in table.dimensions:
        reader.wrong(node, f"table {table.id} has no dimension {dimension!r}; {nearest(dimension, table.dimensions)}")
        return {}
    known = [value.id for value in model.dimensions[dimension].values]
    for _, child in node:
        if child.text not in known:
            reader.wrong(child, f"{child.text!r} is no {dimension}; {nearest(child.text or '', known)}")
    return {name: child.text or "" for name, child in node}
