"""What a table of a database holds: its days, and the values of its dimensions; one scan tells both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlglot import exp

from metrics.coverage import DayRows
from metrics.sources import value_names
from metrics.sources.database import Session
from metrics.sources.database_projection import Projection
from metrics.sources.mapping import TARGETS, TableSource
from metrics.windows import Window

DAY_NAME = "day of the row"  # no column is called so
# what lies outside is no moment of a shop, and infinity none at all
FIRST, LAST = datetime(1970, 1, 1), datetime(2200, 1, 1)


@dataclass(frozen=True)
class Counted:
    """The days of a span, and every text that stands in each dimension there; "" for none."""

    days: tuple[DayRows, ...]
    texts: Mapping[str, frozenset[str]]


def count(session: Session, projection: Projection, since: datetime = FIRST) -> Counted:
    """One pass over the rows since then, grouped by the day and by each dimension."""
    dimensions = [name for name in projection.source.table.dimensions if name in projection.origins]
    rows = session.rows(_query(projection, since, dimensions).sql("postgres"), tables=[projection.source.table.id])
    by_day: list[Any] = []
    others: list[Any] = []
    for row in rows:
        (by_day if row[0] is not None else others).append(row)
    days = tuple(sorted((DayRows(*_day(row)) for row in by_day), key=lambda held: held.day))
    texts = {
        name: frozenset(
            "" if row[5 + place] is None else str(row[5 + place]) for row in others if not row[4] >> place & 1
        )
        for place, name in enumerate(dimensions)
    }
    return Counted(days, texts)


def _day(row: Sequence[Any]) -> tuple[date, datetime, datetime, int]:
    return row[0], row[1], row[2], row[3]


def _query(projection: Projection, since: datetime, dimensions: Sequence[str]) -> exp.Select:
    """Day, first, last, rows, which dimensions a row is not grouped by (bit by bit), and the dimensions' texts."""
    time = projection.source.table.time
    names = [exp.column(name, quoted=True) for name in dimensions]
    day = exp.Alias(
        this=exp.cast(exp.column(time, quoted=True), "DATE"), alias=exp.to_identifier(DAY_NAME, quoted=True)
    )
    inner = over(replace(projection, renamed={}), Window(since, LAST), [day, exp.column(time, quoted=True), *names])
    keys = [exp.column(DAY_NAME, quoted=True), *(name.copy() for name in names)]
    moment = exp.column(time, quoted=True)
    counted = [exp.Min(this=moment), exp.Max(this=moment.copy()), exp.Count(this=exp.Star())]
    bits: exp.Expr = exp.Literal.number(0)
    if names:  # the leftmost argument is the highest bit
        bits = exp.Anonymous(this="GROUPING", expressions=[name.copy() for name in reversed(names)])
    sets = exp.GroupingSets(expressions=[exp.Paren(this=key.copy()) for key in keys])
    whole = exp.Select(expressions=[keys[0], *counted, bits, *keys[1:]])
    query = whole.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=exp.to_identifier("rows", quoted=True))))
    query.set("group", exp.Group(expressions=[], grouping_sets=[sets]))
    return query


def over(projection: Projection, window: Window, chosen: Sequence[exp.Expr]) -> exp.Select:
    """The columns over the rows of a window."""
    column = exp.column(projection.source.table.time, quoted=True)
    first, last = (
        exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "TIMESTAMP") for moment in (window.start, window.end)
    )
    inside = exp.And(
        this=exp.GTE(this=column, expression=first), expression=exp.LT(this=column.copy(), expression=last)
    )
    source = exp.Subquery(
        this=projection.rows(window), alias=exp.TableAlias(this=exp.to_identifier("source", quoted=True))
    )
    return exp.Select(expressions=list(chosen)).from_(source, copy=False).where(inside, copy=False)


def latest_in(session: Session, projection: Projection, window: Window) -> datetime | None:
    """The last moment in the window, None without one."""
    query = over(projection, window, [exp.Max(this=exp.column(projection.source.table.time, quoted=True))])
    rows: list[tuple[datetime | None]] = session.rows(query.sql("postgres"), tables=[projection.source.table.id])
    return rows[0][0] if rows else None


def renamed(source: TableSource, texts: Mapping[str, frozenset[str]]) -> dict[str, dict[str, str | None]]:
    """Texts that the catalogue calls otherwise, with its own word; None for those that mean nothing."""
    found = {}
    for dimension, held in texts.items():
        tidy = value_names.tidied(held, source.values.get(dimension, {}), source.known_values.get(dimension, {}))
        if tidy:
            found[dimension] = tidy
    return found


def target_rows(session: Session, projection: Projection) -> tuple[tuple[object, ...], ...]:
    """Month, metric, category and value of every target; () for any other table."""
    if projection.source.table.id != TARGETS.id or {"metric", "value"} - projection.origins.keys():
        return ()
    category = exp.column("category", quoted=True) if "category" in projection.origins else exp.null()
    chosen = [*(exp.column(name, quoted=True) for name in ("month", "metric")), category]
    query = over(projection, Window(FIRST, LAST), [*chosen, exp.column("value", quoted=True)])
    query = query.where("value IS NOT NULL").order_by("1", "2", "3", "4")
    return tuple(tuple(row) for row in session.rows(query.sql("postgres"), tables=[TARGETS.id]))
