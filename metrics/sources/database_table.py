"""One logical table over a table or view of a database: what it holds, counted cheaply; its rows are read live."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from metrics.coverage import DayRows, History
from metrics.errors import SourceError
from metrics.sources import database_catalog, database_counts, database_faults
from metrics.sources.database import COUNT_TIMEOUT_SECONDS, Connections, Session
from metrics.sources.database_faults import LostConnectionError
from metrics.sources.database_projection import Projection
from metrics.sources.files import FileState
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import ColumnError, find, origins
from metrics.sources.spreadsheet import FileReading
from metrics.windows import Window, local, midnight

OVERLAP = timedelta(days=2)  # rows that come in later than this are counted by the daily count of the whole table
SHARE_OF_TIME = 0.05  # of one connection that looking for new rows may take
WHOLE_EVERY = timedelta(days=1)

Texts = Mapping[str, frozenset[str]]  # dimension -> every text that the database has there, "" for none


@dataclass(frozen=True)
class DatabaseState:
    """A table as it was last looked at; its rows may be newer."""

    source: TableSource
    projection: Projection
    history: History
    texts: Texts
    missing: Mapping[str, str] = field(default_factory=dict)  # logical column -> why it cannot be read
    targets: tuple[tuple[object, ...], ...] = ()  # the rows themselves, which are few and have to be compared whole
    # what only files have
    files: tuple[FileState, ...] = ()
    on_disk: tuple[FileState, ...] = ()
    readings: tuple[FileReading, ...] = ()
    problem: str = ""

    @property
    def matched(self) -> Mapping[str, Mapping[str, str]]:
        """Dimension -> value in the database -> the catalogue's own word for it."""
        named = self.projection.renamed.items()
        return {name: {held: own for held, own in words.items() if own} for name, words in named}

    def values(self, dimension: str) -> frozenset[str]:
        """Every canonical value of the dimension, "" for none."""
        names = self.projection.renamed.get(dimension, {})
        return frozenset(names.get(text, text) or "" for text in self.texts.get(dimension, ()))

    def relations(self, window: Window) -> tuple[exp.Query, ...]:
        """The one query that stands for the table."""
        return (self.projection.rows(window),)


class DatabaseTable:
    """Follows one table of a database."""

    def __init__(self, source: TableSource, connections: Connections, zone: ZoneInfo) -> None:
        self._source = source
        self._id = source.table.id
        self._connections = connections
        self._zone = zone
        self._next_look = 0.0  # monotonic
        self._next_count = datetime.min.replace(tzinfo=zone)
        self.state: DatabaseState | None = None

    def refresh(self, *, at_once: bool = False) -> bool:
        """Looks for new rows, unless it did just now; True when the table is different now. Raises SourceError."""
        now = datetime.now(self._zone)
        before = self.state
        is_whole = before is None or now >= self._next_count
        if not is_whole and not at_once and time.monotonic() < self._next_look:
            return False
        started = time.monotonic()
        try:
            with self._connections.session(COUNT_TIMEOUT_SECONDS) as session:
                held = None if is_whole else before
                self.state = self._counted(session) if held is None else self._followed(session, held, now)
        except SourceError as error:
            if error.table and not isinstance(error, LostConnectionError):
                self.state = None  # the table was changed; after a lost connection the count goes on where it stopped
                if not is_whole:
                    return self.refresh(at_once=True)
            raise database_faults.of_table(error, self._id) from None
        if is_whole:
            self._next_count = now + WHOLE_EVERY
        else:
            self._next_look = time.monotonic() + (time.monotonic() - started) / SHARE_OF_TIME
        return self.state != before

    def _counted(self, session: Session) -> DatabaseState:
        """Everything anew: columns, days, values, and the targets themselves."""
        projection, missing = self._projected(session)
        found = database_counts.count(session, projection)
        return self._state(session, projection, found.days, found.texts, missing)

    def _followed(self, session: Session, state: DatabaseState, now: datetime) -> DatabaseState:
        """The last days anew; later rows than now, which should not be, must not hide those of now."""
        held = state.history.days
        last = min(held[-1].last, local(now, self._zone)) if held else database_counts.FIRST + OVERLAP
        since = midnight((last - OVERLAP).date())
        found = database_counts.count(session, state.projection, since)
        days = (*(row for row in held if row.day < since.date()), *found.days)
        texts = {name: state.texts[name] | more for name, more in found.texts.items()}
        return self._state(session, state.projection, days, texts, state.missing)

    def _state(
        self,
        session: Session,
        projection: Projection,
        days: Sequence[DayRows],
        texts: Texts,
        missing: Mapping[str, str],
    ) -> DatabaseState:
        named = database_counts.renamed(self._source, texts)
        projection = projection if named == projection.renamed else replace(projection, renamed=named)
        history = History.of(self._source.table.grain, [days])
        targets = database_counts.target_rows(session, projection)
        return DatabaseState(self._source, projection, history, texts, missing, targets)

    def _projected(self, session: Session) -> tuple[Projection, dict[str, str]]:
        """How the table is read, and what it lacks. Raises SourceError when it cannot be read at all."""
        relation = database_catalog.find(session, self._source.relation, self._id)
        columns = {column.name: column for column in database_catalog.columns(session, relation)}
        try:
            found = origins(self._source, "", tuple(columns))
            self._require(columns, (*self._source.keep, *self._source.drop))
        except ColumnError as error:
            raise self._unusable(f"table {self._id}: {self._source.relation} {error}") from None
        missing = {name: self._absence(name, columns) for name in logical_types(self._source) if name not in found}
        if self._source.table.time in missing:
            raise self._unusable(missing[self._source.table.time])
        return Projection(self._source, relation, columns, found, self._zone), missing

    def _require(self, columns: Mapping[str, object], names: Sequence[str]) -> None:
        for name in names:
            possible = self._source.columns.get(name, (name,))
            if find(list(columns), possible) is None:
                raise self._unusable(self._lacks(repr(possible[0]), columns) + " to keep or drop rows by")

    def _absence(self, logical: str, columns: Mapping[str, object]) -> str:
        names = " or ".join(repr(name) for name in self._source.names_of(logical))
        if logical in self._source.derive:
            formula = self._source.derive[logical]
            lost = [name for name in formula.names if find(list(columns), (name,)) is None]
            return self._lacks(repr(lost[0]), columns) + f" for {self._id}.derive.{logical}"
        advice = f"name it in sources.yaml under {self._id}.columns, e.g. {logical}: name in the database"
        return f"{self._lacks(names, columns)}; {advice}"

    def _lacks(self, names: str, columns: Mapping[str, object]) -> str:
        return f"table {self._id}: {self._source.relation} has no column {names} (it has {', '.join([*columns][:12])})"

    def _unusable(self, reason: str) -> SourceError:
        return SourceError(reason, table=self._id, is_connected=False)
