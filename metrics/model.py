"""The semantic model: what each metric, dimension, measure and table means; frozen, built by catalog.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from metrics.query import Unit

Aggregation = Literal["sum", "count", "count_distinct", "count_repeated", "retained", "retained_base"]
Audience = Literal["everyone", "manager"]
Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Name:
    """What something is called, in both languages, with every other way people write it."""

    zh: str
    en: str
    aliases: tuple[str, ...] = ()  # zh and en mixed; matched case-insensitively after folding

    def text(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class DimensionValue:
    id: str  # canonical value as it stands in the tables, e.g. "母婴"
    name: Name
    narrower: tuple[str, ...] = ()  # those aliases that are only a part of it (奶粉 of 母婴): say so in the answer


@dataclass(frozen=True)
class Dimension:
    id: str  # "category"
    name: Name
    values: tuple[DimensionValue, ...]


@dataclass(frozen=True)
class Table:
    """A logical table; `sources.yaml` says where its rows really are."""

    id: str
    time: str  # logical time column
    grain: Literal["event", "hour", "day"]  # rows are moments, hour buckets (start) or days
    dimensions: tuple[str, ...]  # dimension ids that its rows carry
    columns: Mapping[str, str]  # logical column -> type: "text", "id", "integer", "number", "boolean", "time"
    net: Name | None = None  # what to say when its amounts have refunds taken off; None: they cannot have


@dataclass(frozen=True)
class Measure:
    """One aggregation over one table."""

    id: str
    table: str
    aggregation: Aggregation
    # sum: the column summed. count_distinct: the column counted. count_repeated: entities with at least
    # two distinct `event` values. retained: entities of the window before that are seen again in this
    # one; retained_base: entities of the window before.
    column: str
    event: str | None = None
    where: Mapping[str, tuple[str | bool, ...]] = field(default_factory=dict)  # fixed row filter


@dataclass(frozen=True)
class Metric:
    """What people ask for: one measure, or a ratio of two that is recomputed at every cut."""

    id: str
    name: Name
    definition: Name  # 口径, one sentence each; aliases unused
    numerator: str  # measure id
    denominator: str | None  # measure id; None for a plain measure
    unit: Unit
    decimals: int  # digits printed after the point, in the printed unit
    higher_is_better: bool
    audience: Audience = "everyone"
    minimum_denominator: float = 0.0  # a ratio over less is "too small to say"
    minimum_days: int = 1  # a shorter period says little: people rarely come back within a day
    net_definition: Name | None = None  # the definition where refunds are taken off the amounts already
    drivers: tuple[str, ...] = ()  # metric ids whose product (or whose level) moves this one


@dataclass(frozen=True)
class SemanticModel:
    """Everything the catalogue defines, by id, in the catalogue's order."""

    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    measures: Mapping[str, Measure]
    tables: Mapping[str, Table]
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # word -> equally likely metric ids

    def measures_of(self, metric: Metric) -> tuple[Measure, ...]:
        """Numerator and, for a ratio, denominator."""
        ids = (metric.numerator,) if metric.denominator is None else (metric.numerator, metric.denominator)
        return tuple(self.measures[id] for id in ids)

    def tables_of(self, metric: Metric) -> tuple[Table, ...]:
        """The tables that its measures read, each once."""
        ids = dict.fromkeys(measure.table for measure in self.measures_of(metric))
        return tuple(self.tables[id] for id in ids)
