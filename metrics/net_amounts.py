"""Definitions for a shop whose amounts have refunds taken off already: a figure never says gross and means net."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from metrics.model import Metric, Name, SemanticModel, Table


def reworded(model: SemanticModel, net_tables: Collection[str]) -> SemanticModel:
    """The model with the definition of each metric that sums an amount of one of the tables told as net."""
    if not net_tables:
        return model
    metrics = {id: _reworded(metric, model, net_tables) for id, metric in model.metrics.items()}
    return replace(model, metrics=metrics)


def _reworded(metric: Metric, model: SemanticModel, net_tables: Collection[str]) -> Metric:
    tables = [
        model.tables[measure.table]
        for measure in model.measures_of(metric)
        if measure.table in net_tables
        and _sums_amounts(measure.column, model.tables[measure.table])
        and measure.aggregation == "sum"
    ]
    if not tables:
        return metric
    return replace(metric, definition=metric.net_definition or _with(metric.definition, tables[0].net))


def _sums_amounts(column: str, table: Table) -> bool:
    """Counts of pieces are whole numbers in the catalogue, amounts of money are not."""
    return table.columns.get(column) == "number"


def _with(definition: Name, net: Name | None) -> Name:
    if net is None:
        return definition
    return Name(f"{definition.zh}{net.zh}", f"{definition.en} {net.en}")
