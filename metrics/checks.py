"""What `opsbot check` says of the numbers: each table and metric, ok or what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from metrics import double_checks, table_checks
from metrics.errors import SourceError
from metrics.model import Metric, SemanticModel
from metrics.sources.reading import Reading
from metrics.sources.shop import Shop
from metrics.table_checks import Finding, Level, Look
from metrics.targets import Targets

LOOKS = (
    table_checks.recognised,
    table_checks.missing,
    table_checks.left_out,
    table_checks.filters,
    table_checks.days,
    double_checks.twice,
    double_checks.repeated,
    double_checks.statuses,
    table_checks.values,
    table_checks.amounts,
)


@dataclass(frozen=True)
class Checked:
    """The state of one table, one metric or the targets."""

    kind: Literal["table", "metric", "targets"]
    id: str
    level: Level
    problem: str = ""  # what is wrong and the next move, English; "" when ok
    add: str = ""  # the line that sources.yaml wants, "" when none does
    needs: tuple[str, ...] = ()  # of a metric: the tables and columns that it lacks, none when it is available
    rows: int | None = None  # of a table
    first: date | None = None
    last: date | None = None
    data_to: datetime | None = None  # naive local
    place: str = ""  # the files or the relation
    files: int | None = None
    unmapped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # dimension -> values not in the catalogue
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return self.level == "ok"


def check_all(model: SemanticModel, shop: Shop, targets: Targets, now: datetime) -> tuple[Checked, ...]:
    """Tables first, then metrics, then the targets, in the catalogue's order."""
    with shop.reading() as reading:
        tables = tuple(_table(id, model, shop, reading, now) for id in model.tables)
    metrics = tuple(_metric(metric, model, shop) for metric in model.metrics.values())
    return (*tables, *metrics, _targets(shop, targets))


def verdict(checked: tuple[Checked, ...]) -> str:
    """How many metrics there are, and what would bring the most others."""
    metrics = [item for item in checked if item.kind == "metric"]
    available = sum(item.ok for item in metrics)
    lacking = Counter(item.needs[0] for item in metrics if len(item.needs) == 1)
    best = [f"{need} for {count} more" for need, count in lacking.most_common(3)]
    more = f"; add {', '.join(best)}" if best else ""
    return f"{available} of {len(metrics)} metrics available{more}"


def _table(id: str, model: SemanticModel, shop: Shop, reading: Reading, now: datetime) -> Checked:
    state = shop.snapshot.tables.get(id)
    if state is None:
        level: Level = "todo" if id in shop.mapped.tables else "note"
        return Checked("table", id, level, _reason(id, shop) or f"table {id} is not there", place=_place(id, shop))
    try:
        held = shop.cover(reading, shop.snapshot, id, now)
    except SourceError as error:  # a file that broke since it was taken in
        return Checked("table", id, "todo", str(error), place=_place(id, shop), findings=_one("files", str(error)))
    days = state.history.days
    findings = tuple(_findings(Look(state, model, reading, now)))
    problems = [state.problem, *(f"{found.text}{_where(id, found)}" for found in findings if found.level != "ok")]
    level = "todo" if state.problem else _worst(findings)
    held = shop.cover(reading, shop.snapshot, id, now)
    return Checked(
        kind="table",
        id=id,
        level=level,
        problem="; ".join(text for text in problems if text),
        rows=sum(day.rows for day in days),
        first=days[0].day if days else None,
        last=days[-1].day if days else None,
        data_to=held.data_to if held else None,
        place=_place(id, shop),
        files=len(state.files),
        unmapped={found.topic: found.values for found in findings if found.values},
        findings=(*(_one("files", state.problem) if state.problem else ()), *findings),
    )


def _one(topic: str, problem: str) -> tuple[Finding, ...]:
    return (Finding(topic, "todo", problem),)


def _findings(look: Look) -> Iterator[Finding]:
    """Everything that can be looked at; a database that gives no answer in time is said and not waited for."""
    if not look.state.history.days:
        yield Finding("rows", "todo", "no row counts; are the filters and the time column right?")
    for find in LOOKS:
        try:
            yield from find(look)
        except SourceError as error:
            yield Finding(find.__name__, "note", f"could not be looked at: {error}")


def _where(id: str, found: Finding) -> str:
    return f"; add under {id}: {found.add}" if found.add else ""


def _worst(findings: Sequence[Finding | Checked]) -> Level:
    levels = {found.level for found in findings}
    return "todo" if "todo" in levels else "note" if "note" in levels else "ok"


def _place(id: str, shop: Shop) -> str:
    source = shop.mapped.targets if id == "targets" else shop.mapped.tables.get(id)
    if source is None:
        return ""
    return f"{source.database}: {source.relation}" if source.database else ", ".join(source.files)


def _metric(metric: Metric, model: SemanticModel, shop: Shop) -> Checked:
    """Available, or what it lacks: of several lacks all are named, and the line to add is that of the first."""
    lacks = list({lack.needs: lack for lack in _lacks(metric, model, shop)}.values())
    if not lacks:
        return Checked("metric", metric.id, "ok")
    needs = tuple(need for lack in lacks for need in lack.needs)
    return replace(lacks[0], level=_worst(lacks), needs=needs)


def _lacks(metric: Metric, model: SemanticModel, shop: Shop) -> Iterator[Checked]:
    for measure in model.measures_of(metric):
        id = measure.table
        state = shop.snapshot.tables.get(id)
        if state is None:
            level: Level = "todo" if id in shop.mapped.tables else "note"
            columns = ", ".join(f"{name}: HEADER" for name in model.tables[id].columns)
            add = f"under tables: {id}: {{files: data/{id}/*, columns: {{{columns}}}}}" if level == "note" else ""
            yield Checked("metric", metric.id, level, _reason(id, shop), add, needs=(f"table {id}",))
            continue
        for column in (measure.column, measure.event, *measure.where):
            if column is not None and column in state.missing:
                add = f"under {id}.columns: {column}: HEADER"
                needs = (f"column {id}.{column}",)
                yield Checked("metric", metric.id, "note", state.missing[column], add, needs=needs)


def _targets(shop: Shop, targets: Targets) -> Checked:
    if shop.mapped.targets is None:
        return Checked("targets", "targets", "ok", rows=0)
    problem = _reason("targets", shop)
    if targets.unknown:
        problem = f"targets name metrics that the catalogue does not know: {', '.join(targets.unknown[:5])}"
    elif targets.conflicts:
        problem = f"targets are given twice with different values: {', '.join(targets.conflicts[:5])}; keep one"
    level: Level = "todo" if problem else "ok"
    return Checked("targets", "targets", level, problem, rows=len(targets.values), place=_place("targets", shop))


def _reason(table: str, shop: Shop) -> str:
    """Why a table cannot be used, "" when it can."""
    problem = shop.snapshot.problems.get(table)
    return problem.reason if problem is not None else ""
