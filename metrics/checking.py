"""A query held against the model: every id known, every cut one that each metric's tables can make."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from metrics.errors import QueryError
from metrics.model import Metric, SemanticModel
from metrics.naming import fold, metric_words, nearest_ids, nearest_through, value_words
from metrics.query import KpiQuery

Occurring = Callable[[str], frozenset[str]]  # dimension -> values that the data hold, listed or not


def check(query: KpiQuery, model: SemanticModel, occurring: Occurring = lambda dimension: frozenset()) -> None:
    """Raises QueryError, with its code and what would work instead, for the first thing that cannot be answered."""
    _check_names(query, model, occurring)
    _check_shape(query)
    for id in query.metrics:
        for dimension in (*query.by, *query.where):
            _check_cut(model.metrics[id], dimension, model)
        _check_grain(model.metrics[id], query, model)


def _check_names(query: KpiQuery, model: SemanticModel, occurring: Occurring) -> None:
    if not query.metrics:
        raise QueryError("no metric is asked for; name one, e.g. gmv", code="no_metric")
    for id in query.metrics:
        if id not in model.metrics:
            near = nearest_through(id, metric_words(model))
            raise QueryError(f"there is no metric {id!r}{_meant(near)}", code="unknown_metric", suggestions=near)
    for id in chain(query.by, query.where):
        if id not in model.dimensions:
            near = nearest_ids(id, model.dimensions) or tuple(model.dimensions)
            raise QueryError(f"there is no dimension {id!r}{_meant(near)}", code="unknown_dimension", suggestions=near)
    for dimension, values in query.where.items():
        _check_values(dimension, values, model, occurring)


def _check_values(dimension: str, values: tuple[str, ...], model: SemanticModel, occurring: Occurring) -> None:
    known = [value.id for value in model.dimensions[dimension].values]
    if not values:
        raise QueryError(f"the filter on {dimension} holds no value; leave it out for all", code="empty_filter")
    for value in values:
        if value not in known and value not in occurring(dimension):
            words = value_words(model, dimension)
            near = (words[fold(value)],) if fold(value) in words else nearest_through(value, words)
            message = f"{dimension} has no value {value!r}{_meant(near)}"
            raise QueryError(message, code="unknown_value", suggestions=near or tuple(known))


def _meant(near: Iterable[str]) -> str:
    names = ", ".join(near)
    return f"; did you mean {names}?" if names else ""


def _check_shape(query: KpiQuery) -> None:
    if query.period.end < query.period.start:
        message = f"the period ends ({query.period.end}) before it starts ({query.period.start})"
        raise QueryError(message, code="bad_period")
    if len(set(query.by)) != len(query.by):
        raise QueryError("a dimension is named twice in `by`; once is enough", code="repeated_dimension")
    if query.top == 0:
        raise QueryError("top must be +n for the largest or -n for the smallest", code="bad_top")
    if query.top is not None and not query.by:
        raise QueryError("a ranking needs a dimension to rank, e.g. by category", code="top_without_by")


def _check_cut(metric: Metric, dimension: str, model: SemanticModel) -> None:
    for measure in model.measures_of(metric):
        table = model.tables[measure.table]
        if dimension in measure.where:
            _refuse(metric, dimension, "dimension_fixed", f"is itself a share of one {dimension}", model)
        if dimension not in table.dimensions:
            _refuse(metric, dimension, "dimension_missing", f"is not recorded by {dimension} in {table.id}", model)


def _refuse(metric: Metric, dimension: str, code: str, why: str, model: SemanticModel) -> None:
    possible = cuts_of(metric, model)
    instead = f"possible: {', '.join(possible)}" if possible else "it cannot be cut"
    raise QueryError(f"{metric.id} {why}, so it cannot be cut by it; {instead}", code=code, suggestions=possible)


def cuts_of(metric: Metric, model: SemanticModel) -> tuple[str, ...]:
    """The dimensions that the metric can be filtered and grouped by."""
    measures = model.measures_of(metric)
    return tuple(
        id
        for id in model.dimensions
        if all(id in model.tables[measure.table].dimensions and id not in measure.where for measure in measures)
    )


def _check_grain(metric: Metric, query: KpiQuery, model: SemanticModel) -> None:
    daily = [table.id for table in model.tables_of(metric) if table.grain == "day"]
    if query.grain == "hour" and daily:
        message = f"{metric.id} has no hours: {daily[0]} is settled by the day; ask by day"
        raise QueryError(message, code="grain_missing", suggestions=("day", "week", "month"))
