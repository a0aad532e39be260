"""sources.yaml: where the rows of each table are, what their columns are called, and the zone of their times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from metrics.currency import CODE, DEFAULT_CURRENCY
from metrics.errors import DefinitionError, Mistake, SourceError
from metrics.located import Node, Reader, nearest, read
from metrics.model import SemanticModel, Table
from metrics.naming import value_words
from metrics.sources import table_keys
from metrics.sources.database_url import Database
from metrics.sources.expressions import Formula
from metrics.sources.moments import DayOrder

Amounts = Literal["gross", "net_of_refunds"]

DEFAULT_ZONE = "Asia/Shanghai"
FILE_KEYS = ("from_name", "sheet", "dates")  # that say nothing about a table of a database
KEYS = ("files", "database", "table", "columns", "values", "derive", "constants", "keep", "drop", "amounts", *FILE_KEYS)
# targets are read like any other table but are no fact: nothing is grouped over them
TARGETS = Table("targets", "month", "day", ("category",), {"month": "time", "metric": "text", "value": "number"})


@dataclass(frozen=True)
class TableSource:
    """The files, or the table of a database, that one logical table is read from."""

    table: Table
    files: tuple[str, ...]  # glob patterns, relative to the folder of sources.yaml; none for a database
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # logical -> possible names in a file
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension -> value in file -> canonical
    database: str = ""  # id under `databases`, "" for files
    relation: str = ""  # table or view in it, with its schema where it has one
    known_values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension -> folded word -> canonical
    derive: Mapping[str, Formula] = field(default_factory=dict)  # logical -> its formula over columns of the file
    constants: Mapping[str, str] = field(default_factory=dict)  # logical -> the value of every row
    from_name: Mapping[str, str] = field(default_factory=dict)  # logical -> regular expression on the file's name
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # column of the file -> values of rows that count
    drop: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # … of rows that do not
    sheet: str = ""  # name, number or pattern; "": the one with the mapped columns
    dates: DayOrder | None = None  # how 01/02/2026 is meant where no row tells
    amounts: Amounts = "gross"  # whether refunds are taken off already

    def names_of(self, column: str) -> tuple[str, ...]:
        """The possible names of a logical column in a file, the preferred one first."""
        return self.columns.get(column) or (column,)


def logical_types(source: TableSource) -> dict[str, str]:
    """Every logical column of the table with its type; dimensions are text."""
    return {**source.table.columns, **dict.fromkeys(source.table.dimensions, "text")}


@dataclass(frozen=True)
class SourceMap:
    """All of sources.yaml."""

    root: Path  # its folder
    zone: ZoneInfo
    tables: Mapping[str, TableSource]
    targets: TableSource | None
    databases: Mapping[str, Database] = field(default_factory=dict)
    currency: str = DEFAULT_CURRENCY  # ISO code of all its amounts

    @property
    def net_tables(self) -> frozenset[str]:
        """Tables whose amounts have refunds taken off already."""
        return frozenset(id for id, source in self.tables.items() if source.amounts == "net_of_refunds")


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
        raise DefinitionError((root.mistake("must be a mapping with the keys zone, currency, tables and targets"),))
    reader.known_keys(root, ("zone", "currency", "databases", "tables", "targets"))
    zone = _zone(reader, root)
    currency = _currency(reader, root)
    tables = _tables(reader, root, model)
    node = root.get("targets")
    targets = _source(reader, node, TARGETS, model) if node is not None and node.kind != "empty" else None
    databases = _databases(reader, root)
    _check_databases(reader, root, databases, [*tables.values(), *([targets] if targets else [])])
    if mistakes:
        raise DefinitionError(tuple(mistakes))
    return SourceMap(path.parent, zone, tables, targets, databases, currency)


def _databases(reader: Reader, root: Node) -> dict[str, Database]:
    node = root.get("databases")
    if node is not None and node.kind not in ("mapping", "empty"):  # not by `mapping`, which would show an address
        reader.wrong(node, "must be a mapping of a name to an address, e.g. shop: ${SHOP_DATABASE_URL}")
        return {}
    return {id: Database.of(id, child.text or "") for id, child in reader.mapping(root, "databases")}


def _check_databases(
    reader: Reader, root: Node, databases: Mapping[str, Database], sources: Sequence[TableSource]
) -> None:
    for source in sources:
        if source.database and source.database not in databases:
            node = (root.get("tables") or root).get(source.table.id) or root.get(source.table.id) or root
            named = "an address" if ":" in source.database else repr(source.database)  # which may hold a password
            reader.wrong(node, f"database must be a name under databases, not {named}; {nearest('', [*databases])}")


def _zone(reader: Reader, root: Node) -> ZoneInfo:
    name = reader.text(root, "zone", DEFAULT_ZONE)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        reader.wrong(root.get("zone") or root, f"{name!r} is no IANA time zone; write one like {DEFAULT_ZONE}")
        return ZoneInfo(DEFAULT_ZONE)


def _currency(reader: Reader, root: Node) -> str:
    code = reader.text(root, "currency", DEFAULT_CURRENCY).upper()
    if CODE.fullmatch(code) is None or code == "RMB":
        told = f"{code!r} is no ISO 4217 code of a currency; write one like {DEFAULT_CURRENCY}, USD or EUR"
        reader.wrong(root.get("currency") or root, told)
        return DEFAULT_CURRENCY
    return code


def _tables(reader: Reader, root: Node, model: SemanticModel) -> dict[str, TableSource]:
    found = {}
    for id, node in reader.mapping(root, "tables", required=True):
        if id in model.tables:
            found[id] = _source(reader, node, model.tables[id], model)
        else:
            reader.wrong(node, f"the catalogue has no table {id!r}; {nearest(id, [*model.tables])}")
    return found


def _source(reader: Reader, node: Node, table: Table, model: SemanticModel) -> TableSource:
    reader.known_keys(node, KEYS)
    files = reader.texts(node, "files")
    database, relation = reader.text(node, "database", ""), reader.text(node, "table", "")
    if not files and not database:
        reader.wrong(node, "files is missing; write a pattern, e.g. files: data/orders/*.csv")
    elif files and database:
        reader.wrong(node, "files and database exclude each other; keep the one that holds the rows")
    elif relation and not database:
        reader.wrong(node, "table names no database; write database: NAME beside it")
    amounts = node.get("amounts")
    if amounts is not None and table.net is None:
        reader.wrong(amounts, f"the catalogue does not say what net amounts of {table.id} mean; remove it")
    if database:
        table_keys.only_for_files(reader, node, FILE_KEYS)
    columns = table_keys.columns(reader, node, table)
    derive = table_keys.derive(reader, node, table)
    constants = table_keys.constants(reader, node, table, model)
    from_name = table_keys.from_name(reader, node, table)
    table_keys.check_once(
        reader, node, [("columns", columns), ("derive", derive), ("constants", constants), ("from_name", from_name)]
    )
    dates = reader.choice(node, "dates", get_args(DayOrder)) if node.get("dates") is not None else None
    return TableSource(
        table=table,
        files=files,
        columns=columns,
        values=table_keys.values(reader, node, table, model),
        database=database,
        relation=relation or table.id,
        known_values={name: value_words(model, name) for name in table.dimensions if name in model.dimensions},
        derive=derive,
        constants=constants,
        from_name=from_name,
        keep=table_keys.rows(reader, node, "keep"),
        drop=table_keys.rows(reader, node, "drop"),
        sheet=reader.text(node, "sheet", ""),
        dates=cast(DayOrder | None, dates),
        amounts=cast(Amounts, reader.choice(node, "amounts", get_args(Amounts), "gross")),
    )
