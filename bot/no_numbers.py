"""Stands in for the analyst while no data is connected: knows every metric, has no figure, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, Self
from zoneinfo import ZoneInfo

from metrics import catalog
from metrics.calendar import Calendar
from metrics.errors import QueryError
from metrics.model import SemanticModel
from metrics.query import KpiQuery
from metrics.targets import Targets


@dataclass(frozen=True)
class NoNumbers:
    """The catalogue without data; definitions and documents still work."""

    model: SemanticModel
    calendar: Calendar
    zone: ZoneInfo

    @classmethod
    def load(cls, catalog_file: Path | None, calendar_file: Path | None, zone: ZoneInfo) -> Self:
        """Raises DefinitionError when the catalogue or calendar has mistakes."""
        return cls(catalog.load(catalog_file), Calendar.load(calendar_file), zone)

    def run(self, query: KpiQuery, now: datetime) -> NoReturn:
        """Always refuses: there is nothing to compute on."""
        raise QueryError("no data is connected: run `opsbot demo` or write sources.yaml", code="not_connected")

    def span(self, now: datetime) -> tuple[date, date] | None:
        """No data, no span."""
        return None

    @property
    def targets(self) -> Targets:
        """Nothing was planned either."""
        return Targets()

    def unlisted(self) -> Mapping[str, frozenset[str]]:
        """No data, no values."""
        return {}

    def refresh(self) -> bool:
        """Nothing can change."""
        return False

    def close(self) -> None:
        """Nothing is held."""
