"""One logical table over a table or view of a database: what it holds, counted cheaply; its rows are read live."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.coverage import DayRows, History
from metrics.errors import SourceError
from metrics.sources import database_catalog, database_faults
from metrics.sources.database import COUNT_TIMEOUT_SECONDS, Connections, Session
from metrics.sources.database_catalog import Column
from metrics.sources.database_faults import LostConnectionError
from metrics.sources.database_projection import Projection
from metrics.sources.files import FileState
from metrics.sources.mapping import TARGETS, TableSource
from metrics.sources.projection import logical_types
from metrics.windows import Window, local, midnight

OVERLAP = timedelta(days=2)  # rows that come in later than this are counted by the daily count of the whole table
SHARE_OF_TIME = 0.05  # of one connection that looking for new rows may take
WHOLE_EVERY = timedelta(days=1)
# what lies outside is no moment of a shop, and infinity none at all
FIRST, LAST = datetime(1970, 1, 1), datetime(2200, 1, 1)


@dataclass(frozen=True)
class DatabaseState:
    """A table as it was last looked at; its rows may be newer."""

    source: TableSource
    projection: Projection
    history: History
    missing: Mapping[str, str] = field(default_factory=dict)  # logical column -> why it cannot be read
    rows: tuple[tuple[object, ...], ...] = ()  # of the targets, which are few and have to be compared whole
    files: tuple[FileState, ...] = ()
    on_disk: tuple[FileState, ...] = ()
    problem: str = ""

    def relations(self, window: Window) -> tuple[exp.Query, ...]:
        """The one query that stands for the table."""
        return (self.projection.rows(window),)


class DatabaseTable:
    """Follows one table of a database."""

    def __init__(self, source: TableSource, connections: Connections, zone: ZoneInfo) -> None:
        self._source = source
        self._connections = connections
        self._zone = zone
        self._next_look = 0.0  # monotonic
        self._next_count = datetime.min.replace(tzinfo=zone)
        self.state: DatabaseState | None = None

    def refresh(self, *, at_once: bool = False) -> bool:
        """Looks for new rows, unless it did just now; True when the table is different now. Raises SourceError."""
        now = datetime.now(self._zone)
        before = self.state
        whole = before is None or now >= self._next_count
        if not whole and not at_once and time.monotonic() < self._next_look:
            return False
        started = time.monotonic()
        try:
            with self._connections.session(COUNT_TIMEOUT_SECONDS) as session:
                if whole or before is None:
                    self.state = self._counted(session)
                else:
                    self.state = self._followed(session, before, local(now, self._zone))
        except SourceError as error:
            self._forget(error)
            raise database_faults.of_table(error, self._source.table.id) from None
        if whole:
            self._next_count = now + WHOLE_EVERY
        took = time.monotonic() - started
        self._next_look = time.monotonic() + (0.0 if whole else took / SHARE_OF_TIME)
        return self.state != before

    def _forget(self, error: SourceError) -> None:
        """After a lost connection the count goes on where it stopped; a changed table is looked at anew."""
        if error.table and not isinstance(error, LostConnectionError):
            self.state = None

    def _counted(self, session: Session) -> DatabaseState:
        """Everything anew: columns, days, and the targets themselves."""
        projection, missing = self._projected(session)
        days = _days(session, projection, FIRST)
        history = History.of(self._source.table.grain, [days])
        return DatabaseState(self._source, projection, history, missing, _target_rows(session, projection))

    def _followed(self, session: Session, state: DatabaseState, now: datetime) -> DatabaseState:
        """The last days anew; later rows than now, which should not be, must not hide those of now."""
        held, projection = state.history.days, state.projection
        since = midnight((min(held[-1].last, now) - OVERLAP).date()) if held else FIRST
        days = [row for row in held if row.day < since.date()] + _days(session, projection, since)
        history = History.of(self._source.table.grain, [days])
        rows = _target_rows(session, projection)
        return DatabaseState(self._source, projection, history, state.missing, rows)

    def _projected(self, session: Session) -> tuple[Projection, dict[str, str]]:
        relation = database_catalog.find(session, self._source.relation, self._source.table.id)
        there = database_catalog.columns(session, relation)
        found, missing = {}, {}
        for logical in logical_types(self._source):
            column = _named(self._source.physical(logical), there)
            if column is None:
                missing[logical] = self._absence(logical, there)
            else:
                found[logical] = column
        if self._source.table.time in missing:
            raise SourceError(missing[self._source.table.time], table=self._source.table.id, is_connected=False)
        return Projection(self._source, relation, found, self._zone), missing

    def _absence(self, logical: str, there: Sequence[Column]) -> str:
        id = self._source.table.id
        has = ", ".join(column.name for column in there[:12])
        return (
            f"table {id}: {self._source.relation} has no column {self._source.physical(logical)!r} (it has {has}); "
            f"name it in sources.yaml under {id}.columns, e.g. {logical}: name in the database"
        )


def latest_in(session: Session, state: DatabaseState, window: Window) -> datetime | None:
    """The last moment in the window, None without one."""
    column = exp.column(state.source.table.time, quoted=True)
    query = _over(state.projection, window, [exp.Max(this=column)])
    rows: list[tuple[datetime | None]] = session.rows(query.sql("postgres"), tables=[state.source.table.id])
    return rows[0][0] if rows else None


def distinct(session: Session, state: DatabaseState, dimension: str) -> frozenset[str]:
    """Every value of a dimension; an empty one counts as ""."""
    column = exp.column(dimension, quoted=True)
    query = exp.select(column).distinct().from_(state.projection.rows().subquery("source"))
    rows = session.rows(query.sql("postgres"), tables=[state.source.table.id])
    return frozenset("" if value is None else str(value) for (value,) in rows)


def has_any(session: Session, state: DatabaseState, dimension: str, values: Sequence[str]) -> bool:
    """Whether one of the values stands somewhere in the table; ends at the first row that has one."""
    wanted = exp.In(
        this=exp.column(dimension, quoted=True), expressions=[exp.Literal.string(value) for value in values]
    )
    inner = exp.select(exp.Literal.number(1)).from_(state.projection.rows().subquery("source")).where(wanted)
    rows = session.rows(inner.limit(1).sql("postgres"), tables=[state.source.table.id])
    return bool(rows)


def _days(session: Session, projection: Projection, since: datetime) -> list[DayRows]:
    column = exp.column(projection.source.table.time, quoted=True)
    day = exp.cast(column.copy(), "DATE")
    counted = [exp.Min(this=column.copy()), exp.Max(this=column.copy()), exp.Count(this=exp.Star())]
    query = _over(projection, Window(since, LAST), [day, *counted]).group_by(exp.Literal.number(1))
    rows: list[tuple[date, datetime, datetime, int]] = session.rows(
        query.sql("postgres"), tables=[projection.source.table.id]
    )
    return sorted((DayRows(*row) for row in rows), key=lambda held: held.day)


def _over(projection: Projection, window: Window, chosen: Sequence[exp.Expr]) -> exp.Select:
    """The columns over the rows of a window."""
    column = exp.column(projection.source.table.time, quoted=True)
    first, last = (
        exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "TIMESTAMP") for moment in (window.start, window.end)
    )
    source = projection.rows(window).subquery("source")
    return exp.select(*chosen).from_(source).where(exp.and_(column >= first, column.copy() < last))


def _target_rows(session: Session, projection: Projection) -> tuple[tuple[object, ...], ...]:
    """Month, metric, category and value of every target; () for any other table."""
    if projection.source.table.id != TARGETS.id or {"metric", "value"} - projection.columns.keys():
        return ()
    category = exp.column("category", quoted=True) if "category" in projection.columns else exp.null()
    chosen = [exp.column("month", quoted=True), exp.column("metric", quoted=True), category,
              exp.column("value", quoted=True)]  # fmt: skip
    query = _over(projection, Window(FIRST, LAST), chosen).where("value IS NOT NULL").order_by("1", "2", "3", "4")
    return tuple(tuple(row) for row in session.rows(query.sql("postgres"), tables=["targets"]))


def _named(name: str, there: Sequence[Column]) -> Column | None:
    """The column of that name, or the only one that differs in case alone, as unquoted names do."""
    exact = [column for column in there if column.name == name]
    alike = exact or [column for column in there if column.name.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None
