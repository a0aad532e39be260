"""YAML into the semantic model; every mistake is listed at once, with its file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from metrics import catalog_rules
from metrics.errors import DefinitionError, Mistake
from metrics.located import Node, Reader, merged, nearest, read
from metrics.model import (
    Aggregation,
    Audience,
    Dimension,
    DimensionValue,
    Measure,
    Metric,
    Name,
    SemanticModel,
    Table,
)

BUNDLED = Path(__file__).with_name("definitions") / "catalog.yaml"
AGGREGATIONS: tuple[Aggregation, ...] = (
    "sum",
    "count",
    "count_distinct",
    "count_repeated",
    "retained",
    "retained_base",
)
COLUMN_TYPES = ("text", "id", "integer", "number", "boolean", "time")
GRAINS = ("event", "hour", "day")
UNITS = ("cny", "count", "fraction", "multiple", "days")
SECTIONS = ("tables", "measures", "metrics", "dimensions", "ambiguous")
DEFAULT_DECIMALS = {"cny": 2, "count": 0, "fraction": 2, "multiple": 2, "days": 1}


def load(extra: Path | None = None) -> SemanticModel:
    """The bundled catalogue, with the user's file merged over it. Raises DefinitionError with every mistake."""
    mistakes: list[Mistake] = []
    root = read(BUNDLED, mistakes)
    if extra is not None:
        root = merged(root, read(extra, mistakes))
    return build(root, mistakes)


def build(root: Node, mistakes: list[Mistake]) -> SemanticModel:
    """The model out of a parsed file; `mistakes` holds what was found so far."""
    reader = Reader(mistakes)
    if root.kind != "mapping":
        raise DefinitionError((root.mistake("a catalogue is a mapping with the keys " + ", ".join(SECTIONS)),))
    reader.known_keys(root, SECTIONS)
    tables = {id: _table(reader, id, node) for id, node in reader.mapping(root, "tables", required=True)}
    dimensions = {id: _dimension(reader, id, node) for id, node in reader.mapping(root, "dimensions")}
    measures = {id: _measure(reader, id, node) for id, node in reader.mapping(root, "measures", required=True)}
    metrics = {id: _metric(reader, id, node) for id, node in reader.mapping(root, "metrics", required=True)}
    words = _ambiguous(reader, root)
    model = SemanticModel(metrics, dimensions, measures, tables, words)
    catalog_rules.check(reader, root, model)
    if mistakes:
        raise DefinitionError(tuple(sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line))))
    return model


def _table(reader: Reader, id: str, node: Node) -> Table:
    reader.known_keys(node, ("time", "grain", "dimensions", "columns", "net"))
    columns = {}
    for name, child in reader.mapping(node, "columns", required=True):
        columns[name] = child.text or ""
        if columns[name] not in COLUMN_TYPES:
            reader.wrong(child, f"{columns[name]!r} is no column type; {nearest(columns[name], COLUMN_TYPES)}")
    grain = reader.choice(node, "grain", GRAINS)
    net = _sentences(reader, node, "net") if node.get("net") is not None else None
    return Table(id, reader.text(node, "time"), grain, reader.texts(node, "dimensions"), columns, net)  # type: ignore[arg-type]  # one of GRAINS


def _name(reader: Reader, node: Node) -> Name:
    return Name(reader.text(node, "zh"), reader.text(node, "en"), reader.texts(node, "aliases"))


def _dimension(reader: Reader, id: str, node: Node) -> Dimension:
    reader.known_keys(node, ("zh", "en", "aliases", "values"))
    values = []
    for value, child in reader.mapping(node, "values", required=True):
        reader.known_keys(child, ("zh", "en", "aliases", "narrower"))
        zh = reader.text(child, "zh", value)  # the canonical value is its own Chinese name unless said otherwise
        narrower = reader.texts(child, "narrower")
        name = Name(zh, reader.text(child, "en"), reader.texts(child, "aliases") + narrower)
        values.append(DimensionValue(value, name, narrower))
    return Dimension(id, _name(reader, node), tuple(values))


def _measure(reader: Reader, id: str, node: Node) -> Measure:
    reader.known_keys(node, ("table", "event", "where", *AGGREGATIONS))
    used = [name for name in AGGREGATIONS if node.get(name) is not None]
    if len(used) != 1:
        reader.wrong(node, f"needs exactly one aggregation of {', '.join(AGGREGATIONS)}, e.g. sum: amount")
    aggregation = used[0] if used else "sum"
    column = reader.text(node, aggregation) if used else ""
    event = reader.text(node, "event", "") or None
    where = {name: _constants(reader, node, child) for name, child in reader.mapping(node, "where")}
    return Measure(id, reader.text(node, "table"), aggregation, column, event, where)


def _constants(reader: Reader, node: Node, child: Node) -> tuple[str | bool, ...]:
    texts = (child.text,) if child.text is not None else tuple(item.text for item in child.items)
    if not texts or None in texts:
        reader.wrong(child, "must be a value or a list of values")
    booleans: Mapping[str, bool] = {"true": True, "false": False}
    return tuple(booleans.get(text.lower(), text) for text in texts if text is not None)


def _metric(reader: Reader, id: str, node: Node) -> Metric:
    allowed = (
        "zh",
        "en",
        "aliases",
        "definition",
        "net_definition",
        "formula",
        "unit",
        "decimals",
        "better",
        "audience",
    )
    reader.known_keys(node, (*allowed, "minimum_denominator", "minimum_days", "drivers"))
    numerator, denominator = _formula(reader, node)
    unit = reader.choice(node, "unit", UNITS)
    return Metric(
        id=id,
        name=_name(reader, node),
        definition=_sentences(reader, node, "definition"),
        numerator=numerator,
        denominator=denominator,
        unit=unit,
        decimals=int(reader.number(node, "decimals", DEFAULT_DECIMALS[unit])),
        higher_is_better=reader.choice(node, "better", ("higher", "lower"), "higher") == "higher",
        audience=cast(Audience, reader.choice(node, "audience", ("everyone", "manager"), "everyone")),
        minimum_denominator=reader.number(node, "minimum_denominator", 0.0),
        minimum_days=int(reader.number(node, "minimum_days", 1)),
        net_definition=_sentences(reader, node, "net_definition") if node.get("net_definition") is not None else None,
        drivers=reader.texts(node, "drivers"),
    )


def _sentences(reader: Reader, node: Node, key: str) -> Name:
    child = node.get(key)
    if child is None or child.kind != "mapping":
        reader.wrong(child or node, f"{key} is missing; write {{zh: …, en: …}}, one sentence each")
        return Name("", "")
    return Name(reader.text(child, "zh"), reader.text(child, "en"))


def _formula(reader: Reader, node: Node) -> tuple[str, str | None]:
    """`a` or `a / b`: a ratio of two measures is all that stays right at every cut."""
    text = reader.text(node, "formula")
    parts = [part.strip() for part in text.split("/")]
    if text and (len(parts) > 2 or not all(part.isidentifier() for part in parts)):
        reader.wrong(node.get("formula") or node, f"{text!r} is no formula; write one measure, or measure / measure")
        return "", None
    return parts[0], parts[1] if len(parts) == 2 else None


def _ambiguous(reader: Reader, root: Node) -> dict[str, tuple[str, ...]]:
    section = root.get("ambiguous") or root
    return {word: reader.texts(section, word) for word, _ in reader.mapping(root, "ambiguous")}
