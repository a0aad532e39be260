"""What `opsbot check` says of the numbers: each table and metric, ok or what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from metrics.model import Metric, SemanticModel
from metrics.sources.shop import Shop
from metrics.targets import Targets


@dataclass(frozen=True)
class Checked:
    """The state of one table, one metric or the targets."""

    kind: Literal["table", "metric", "targets"]
    id: str
    ok: bool
    problem: str = ""  # what is wrong and the next move, one English sentence; "" when ok
    rows: int | None = None  # of a table
    first: date | None = None
    last: date | None = None
    files: int | None = None
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # dimension -> values not in the catalogue


def check_all(model: SemanticModel, shop: Shop, targets: Targets, now: datetime) -> tuple[Checked, ...]:
    """Tables first, then metrics, then the targets, in the catalogue's order."""
    tables = tuple(_table(id, model, shop) for id in model.tables)
    metrics = tuple(_metric(metric, model, shop) for metric in model.metrics.values())
    return (*tables, *metrics, _targets(shop, targets))


def _table(id: str, model: SemanticModel, shop: Shop) -> Checked:
    state = shop.snapshot.tables.get(id)
    if state is None:
        return Checked("table", id, False, _reason(id, shop) or f"table {id} is not there")
    days = state.history.days
    unmapped = {name: values for name, values in _unmapped(id, model, shop) if values}
    problems = [state.problem, *state.missing.values(), *(_advice(id, *found) for found in unmapped.items())]
    problem = "; ".join(text for text in problems if text)
    return Checked(
        kind="table",
        id=id,
        ok=not problem,
        problem=problem,
        rows=sum(day.rows for day in days),
        first=days[0].day if days else None,
        last=days[-1].day if days else None,
        files=len(state.files),
        unmapped=unmapped,
    )


def _unmapped(id: str, model: SemanticModel, shop: Shop) -> Iterator[tuple[str, tuple[str, ...]]]:
    state = shop.snapshot.tables[id]
    with shop.reading() as reading:
        for name in model.tables[id].dimensions:
            if name not in state.missing:
                known = {value.id for value in model.dimensions[name].values}
                yield name, tuple(sorted(shop.values(reading, shop.snapshot, id, name) - known))


def _advice(table: str, dimension: str, values: tuple[str, ...]) -> str:
    shown = ", ".join(repr(value) for value in values[:5]) + (", …" if len(values) > 5 else "")
    return (
        f"{dimension} has values that the catalogue does not know: {shown}; map them in sources.yaml under "
        f"{table}.values.{dimension}, or add them to your catalogue"
    )


def _metric(metric: Metric, model: SemanticModel, shop: Shop) -> Checked:
    for measure in model.measures_of(metric):
        state = shop.snapshot.tables.get(measure.table)
        if state is None:
            return Checked("metric", metric.id, False, _reason(measure.table, shop))
        for column in (measure.column, measure.event, *measure.where):
            if column is not None and column in state.missing:
                return Checked("metric", metric.id, False, state.missing[column])
    return Checked("metric", metric.id, True)


def _targets(shop: Shop, targets: Targets) -> Checked:
    if shop.mapped.targets is None:
        return Checked("targets", "targets", True, rows=0)
    problem = _reason("targets", shop)
    if targets.unknown:
        problem = f"targets name metrics that the catalogue does not know: {', '.join(targets.unknown[:5])}"
    elif targets.conflicts:
        problem = f"targets are given twice with different values: {', '.join(targets.conflicts[:5])}; keep one"
    return Checked("targets", "targets", not problem, problem, rows=len(targets.values))


def _reason(table: str, shop: Shop) -> str:
    """Why a table cannot be used, "" when it can."""
    problem = shop.snapshot.problems.get(table)
    return problem.reason if problem is not None else ""
