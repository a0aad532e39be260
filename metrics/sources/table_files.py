"""One logical table over its files, kept up to date: what is new is taken in, what is gone leaves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from metrics.coverage import History
from metrics.errors import SourceError
from metrics.sources import warehouse
from metrics.sources.contents import Contents
from metrics.sources.converted import ConvertedRows
from metrics.sources.files import FileState, Watch
from metrics.sources.intake import Intake, Part, Taken
from metrics.sources.mapping import TableSource
from metrics.sources.spreadsheet import FileReading
from metrics.windows import Window

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RETRY_SECONDS = 60.0  # a file that could not be read is read again after this long, though it looks the same


@dataclass(frozen=True)
class TableState:
    """A table as it could last be read."""

    source: TableSource
    parts: tuple[Part, ...]
    history: History  # the days of all parts together
    files: tuple[FileState, ...]
    missing: Mapping[str, str] = field(default_factory=dict)  # logical column -> why it cannot be read
    on_disk: tuple[FileState, ...] = ()  # those that every query reads anew
    codes: Mapping[str, int] = field(default_factory=dict)  # id column -> how many codes its values have, in every part
    problem: str = ""  # why newer files are not in yet, "" when they are
    readings: tuple[FileReading, ...] = ()  # of spreadsheets: what was recognised and left out
    matched: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # dimension -> value in a file -> canonical
    contents: Mapping[FileState, Contents] = field(default_factory=dict)  # the columns of each file
    places: Mapping[FileState, tuple[str, int]] = field(default_factory=dict)  # relation, and the file's number in it

    def relations(self, window: Window) -> tuple[str, ...]:
        """The relations that can hold rows of `window`; the first one when none does, so that a query stays whole."""
        return tuple(part.relation for part in self.parts if part.meets(window)) or (self.parts[0].relation,)


class TableFiles:
    """Follows one table's files and keeps its relations in the database up to date."""

    def __init__(self, source: TableSource, watch: Watch, zone: ZoneInfo, converted: ConvertedRows) -> None:
        self._converted = converted
        self._source = source
        self._watch = watch
        self._zone = zone
        self._id = source.table.id
        self._taken = Taken()
        self._failure: tuple[tuple[FileState, ...], float, SourceError] | None = None
        self.state: TableState | None = None

    def refresh(self, connection: DuckDBPyConnection) -> bool:
        """Takes in what changed; True when the table is different now. Raises SourceError and stays as it was."""
        files = self._watch.settled()
        if self.state is not None and files == self.state.files:
            return False
        self._check_files(files)
        try:
            self._take_in(connection, files)
        except SourceError as error:
            self._failure = (files, time.monotonic(), error)
            raise
        self._failure = None
        return True

    def _check_files(self, files: tuple[FileState, ...]) -> None:
        if not files:
            patterns = ", ".join(self._source.files)
            raise SourceError(
                f"table {self._id}: no file matches {patterns}; correct tables.{self._id}.files in sources.yaml",
                table=self._id,
                is_connected=False,
            )
        if self._failure is not None:
            failed, moment, error = self._failure
            if failed == files and time.monotonic() - moment < RETRY_SECONDS:
                raise error  # reading large files again every few seconds would not make them better

    def _take_in(self, connection: DuckDBPyConnection, files: tuple[FileState, ...]) -> None:
        import duckdb

        try:
            with warehouse.transaction(connection) as cursor:
                taken = Intake(self._source, self._zone, cursor, self._taken, self._converted).run(files)
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise SourceError(f"table {self._id}: its files cannot be read ({reason})", table=self._id) from None
        self._taken = taken
        self.state = TableState(
            source=self._source,
            parts=taken.parts,
            history=History.of(self._source.table.grain, [part.days for part in taken.parts]),
            files=files,
            missing=taken.missing,
            on_disk=tuple(taken.views),
            readings=tuple(reading for held in taken.contents.values() for reading in held.readings),
            matched=taken.matched,
            contents=taken.contents,
            places=taken.places(f"{self._id}__rows"),
        )
