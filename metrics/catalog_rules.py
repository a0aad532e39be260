"""What must hold between the parts of a catalogue: every name that is used is defined, and means one thing."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.located import Node, Reader, nearest
from metrics.model import Measure, Name, SemanticModel, Table
from metrics.naming import fold


def check(reader: Reader, root: Node, model: SemanticModel) -> None:
    """Notes every reference that leads nowhere and every word with two meanings."""
    _check_tables(reader, _section(root, "tables"), model)
    _check_measures(reader, _section(root, "measures"), model)
    _check_metrics(reader, _section(root, "metrics"), model)
    _check_words(reader, root, model)


def _section(root: Node, name: str) -> Node:
    return root.get(name) or root


def _at(node: Node, *path: str) -> Node:
    """The deepest node along the path that exists."""
    for name in path:
        node = node.get(name) or node
    return node


def _check_tables(reader: Reader, section: Node, model: SemanticModel) -> None:
    for table in model.tables.values():
        place = _at(section, table.id)
        if table.time and table.columns.get(table.time) != "time":
            reader.wrong(_at(place, "time"), f"{table.time!r} is no column of type time; {_columns(table)}")
        for id in table.dimensions:
            if id not in model.dimensions:
                reader.wrong(_at(place, "dimensions"), f"unknown dimension {id!r}; {nearest(id, [*model.dimensions])}")


def _columns(table: Table) -> str:
    return f"columns of {table.id}: {', '.join(table.columns)}"


def _check_measures(reader: Reader, section: Node, model: SemanticModel) -> None:
    for measure in model.measures.values():
        place = _at(section, measure.id)
        table = model.tables.get(measure.table)
        if table is None:
            if measure.table:
                problem = f"unknown table {measure.table!r}; {nearest(measure.table, [*model.tables])}"
                reader.wrong(_at(place, "table"), problem)
            continue
        _check_columns(reader, place, measure, table)
        _check_filter(reader, place, measure, table, model)


def _check_columns(reader: Reader, place: Node, measure: Measure, table: Table) -> None:
    for key, column in ((measure.aggregation, measure.column), ("event", measure.event)):
        if column and column not in table.columns:
            problem = f"unknown column {column!r}; {nearest(column, [*table.columns])}"
            reader.wrong(_at(place, key), problem)
    if measure.aggregation == "sum" and table.columns.get(measure.column) in ("text", "id", "boolean", "time"):
        reader.wrong(_at(place, "sum"), f"{measure.column!r} is no number and cannot be summed")
    if measure.aggregation == "count_repeated" and not measure.event:
        reader.wrong(place, "count_repeated needs event: the column whose distinct values are counted")


def _check_filter(reader: Reader, place: Node, measure: Measure, table: Table, model: SemanticModel) -> None:
    for name, values in measure.where.items():
        here = _at(place, "where", name)
        if name in table.dimensions and name in model.dimensions:
            known = [value.id for value in model.dimensions[name].values]
            for value in values:
                if value not in known:
                    reader.wrong(here, f"unknown value {value!r}; {nearest(str(value), known)}")
        elif name not in table.columns:
            reader.wrong(here, f"unknown column {name!r}; {nearest(name, [*table.columns, *table.dimensions])}")


def _check_metrics(reader: Reader, section: Node, model: SemanticModel) -> None:
    for metric in model.metrics.values():
        place = _at(section, metric.id)
        for id in (metric.numerator, metric.denominator):
            if id and id not in model.measures:
                reader.wrong(_at(place, "formula"), f"unknown measure {id!r}; {nearest(id, [*model.measures])}")
        for id in metric.drivers:
            if id not in model.metrics:
                reader.wrong(_at(place, "drivers"), f"unknown metric {id!r}; {nearest(id, [*model.metrics])}")
    for word, ids in model.ambiguous.items():
        place = _at(section, word)
        if len(ids) < 2:
            reader.wrong(place, f"{word!r} needs two metrics or more; with one reading make it an alias")
        for id in ids:
            if id not in model.metrics:
                reader.wrong(place, f"{word!r} names the unknown metric {id!r}; {nearest(id, [*model.metrics])}")


def _check_words(reader: Reader, root: Node, model: SemanticModel) -> None:
    """A word means one metric, one dimension and one value at most."""
    metrics = [(m.id, m.name, _at(root, "metrics", m.id)) for m in model.metrics.values()]
    spoken = _check_unique(reader, "metric", metrics)
    for word in model.ambiguous:
        if fold(word) in spoken:
            owner = spoken[fold(word)]
            reader.wrong(_at(root, "ambiguous", word), f"{word!r} is also a name of {owner}; remove it there or here")
    dimensions = [(d.id, d.name, _at(root, "dimensions", d.id)) for d in model.dimensions.values()]
    _check_unique(reader, "dimension", dimensions)
    values = [
        (value.id, value.name, _at(root, "dimensions", dimension.id, "values", value.id))
        for dimension in model.dimensions.values()
        for value in dimension.values
    ]
    _check_unique(reader, "value", values)


def _check_unique(reader: Reader, kind: str, named: Iterable[tuple[str, Name, Node]]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for id, name, place in named:
        for word in {fold(text) for text in (id, name.zh, name.en, *name.aliases) if text}:
            owner = owners.setdefault(word, id)
            if owner != id:
                reader.wrong(place, f"{word!r} already names the {kind} {owner}; a word may mean one {kind} only")
    return owners
