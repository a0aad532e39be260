"""The names under which exports carry each logical column, read from definitions/headers.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from metrics.naming import fold

Kind = Literal["time", "number", "count", "id", "person", "label", "flag"]
FILE = Path(__file__).parents[1] / "definitions" / "headers.yaml"
# 实付金额（元）, spend(CNY), 成交金额_元: the unit is no part of the name
UNIT = re.compile(r"[(\[（【][^)\]）】]*[)\]）】]\s*$|[_/ ](?:元|件|个|人|次|cny|rmb|usd|yuan)$")
PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Reading:
    """One meaning that a column may have, with the names that say so."""

    names: frozenset[str]  # as `plain` gives them
    means: str  # what tells it from the other readings; "" when there is only one


@dataclass(frozen=True)
class ColumnNames:
    """What a logical column is called, preferred reading first."""

    kind: Kind
    readings: tuple[Reading, ...]


@dataclass(frozen=True)
class TableNames:
    """How a logical table is recognised."""

    id: str
    files: tuple[str, ...]  # words in the names of its files
    needs: tuple[str, ...]  # columns without which it is not this table
    any_of: tuple[str, ...]  # of these, one at least
    columns: Mapping[str, ColumnNames]


@dataclass(frozen=True)
class StatusNames:
    """Columns that say whether a row counts, and for each table the words of rows that do not."""

    names: frozenset[str]
    left_out: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Headers:
    """All of headers.yaml."""

    tables: tuple[TableNames, ...]
    statuses: StatusNames


@lru_cache(maxsize=20_000)
def plain(header: str) -> str:
    """The form in which headers are compared: no case, space, punctuation or unit; camel case taken apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    folded = fold(apart)
    bare = PUNCTUATION.sub("", UNIT.sub("", folded))
    return bare or PUNCTUATION.sub("", folded)


@cache
def load() -> Headers:
    """The bundled names."""
    import yaml  # late: only `opsbot init` reads them

    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    tables = tuple(_table(id, entry) for id, entry in raw["tables"].items())
    statuses = raw["statuses"]
    left_out = {table: tuple(words) for table, words in statuses["left_out"].items()}
    return Headers(tables, StatusNames(_plain_all(statuses["names"]), left_out))


@cache
def known_names() -> frozenset[str]:
    """Every name of every column, as `plain` gives them."""
    columns = [column for table in load().tables for column in table.columns.values()]
    return load().statuses.names.union(*(reading.names for column in columns for reading in column.readings))


def _table(id: str, entry: Mapping[str, Any]) -> TableNames:
    columns = {name: _column(name, column) for name, column in entry["columns"].items()}
    return TableNames(id, tuple(entry["files"]), tuple(entry["needs"]), tuple(entry["any_of"]), columns)


def _column(name: str, entry: Mapping[str, Any]) -> ColumnNames:
    """The logical name itself is always one of the preferred reading's."""
    readings = [Reading(_plain_all(item["names"]), item.get("means", "")) for item in entry["readings"]]
    readings[0] = Reading(readings[0].names | {plain(name)}, readings[0].means)
    return ColumnNames(entry["kind"], tuple(readings))


def _plain_all(names: list[str]) -> frozenset[str]:
    return frozenset(plain(str(name)) for name in names)
