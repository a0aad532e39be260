"""The one class that the bot talks to: opens the sources, answers queries, says how fresh and whole the data are."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from metrics import catalog
from metrics.calendar import Calendar
from metrics.currency import priced
from metrics.engine import Engine
from metrics.errors import SourceError
from metrics.model import SemanticModel
from metrics.net_amounts import reworded
from metrics.query import UNKNOWN, KpiQuery, KpiResult
from metrics.sources import mapping
from metrics.sources.database_url import Database
from metrics.sources.shop import Shop
from metrics.targets import Targets
from metrics.windows import aware, local

if TYPE_CHECKING:
    from metrics.checks import Checked


class Analyst:
    """Figures over one shop; safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._version = engine.shop.snapshot.version  # of the tables, when they were last looked at here
        self._targets = self._read_targets()

    @classmethod
    def open(
        cls,
        sources: Path,
        *,
        catalog: Path | None = None,
        calendar: Path | None = None,
        week_start: str = "monday",
        cache: Path | None = None,
    ) -> Analyst:
        """Opens what `sources` (a sources.yaml) names; a table that cannot be read is left to `check`.

        `cache` is a folder for the rows of spreadsheets, which are slow to read; it may be emptied at any time.

        Raises DefinitionError with every mistake in a definition file, SourceError when there are no sources.
        """
        model = load_model(catalog)
        mapped = mapping.load(sources, model)
        shop = Shop(mapped, tuple(model.tables), cache)
        model = priced(reworded(model, mapped.net_tables), mapped.currency)
        return cls(Engine(model, shop, Calendar.load(calendar), week_start))

    @property
    def model(self) -> SemanticModel:
        return self._engine.model

    @property
    def calendar(self) -> Calendar:
        return self._engine.calendar

    @property
    def zone(self) -> ZoneInfo:
        return self._engine.shop.zone

    @property
    def databases(self) -> Mapping[str, Database]:
        """The databases of sources.yaml; their addresses are for the driver alone."""
        return self._engine.shop.mapped.databases

    @property
    def targets(self) -> Targets:
        return self._targets

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """The figures as of `now`; rows later than that are never read. Raises QueryError or SourceError."""
        return self._engine.run(query, local(now, self.zone), self._targets)

    def freshness(self, now: datetime) -> Mapping[str, datetime]:
        """Table id -> the moment that its rows reach to; a table without rows is not in it."""
        moment = local(now, self.zone)
        shop = self._engine.shop
        snapshot = shop.snapshot
        found = {}
        for id in self.model.tables:
            # each by itself, because after a lost connection the others are still fresh
            with suppress(SourceError), shop.reading() as reading:
                held = shop.cover(reading, snapshot, id, moment)
                if held is not None:
                    found[id] = aware(held.data_to, self.zone)
        return found

    def span(self, now: datetime) -> tuple[date, date] | None:
        """First and last day of data as of `now`, over all tables; None without any."""
        last = local(now, self.zone).date()
        tables = self._engine.shop.snapshot.tables
        days = [
            row.day for id in self.model.tables if id in tables for row in tables[id].history.days if row.day <= last
        ]
        return (min(days), max(days)) if days else None

    def unlisted(self) -> Mapping[str, frozenset[str]]:
        """Dimension id -> values that occur in the data and not in the catalogue.

        Asked of the first readable table that carries the dimension: what is sold is where values turn up first.
        """
        found: dict[str, frozenset[str]] = {}
        shop = self._engine.shop
        snapshot = shop.snapshot
        for table in (self.model.tables[id] for id in self.model.tables if id in snapshot.tables):
            missing = snapshot.tables[table.id].missing
            wanted = [id for id in table.dimensions if id not in found and id not in missing]
            with suppress(SourceError), shop.reading() as reading:
                found |= {id: shop.values(reading, snapshot, table.id, id) for id in wanted}
        listed = {id: {value.id for value in dimension.values} for id, dimension in self.model.dimensions.items()}
        return {id: frozenset(value or UNKNOWN for value in values - listed[id]) for id, values in found.items()}

    def refresh(self) -> bool:
        """Looks for new and changed files; True when any table is different now, also by what an answer took in."""
        self._engine.shop.refresh()
        version = self._engine.shop.snapshot.version
        changed, self._version = version != self._version, version
        if changed:
            self._targets = self._read_targets()
        return changed

    def check(self, now: datetime) -> tuple[Checked, ...]:
        """Every table, metric and the targets: ok, or what to do."""
        from metrics.checks import check_all  # late: it knows how exports look, which no answer needs

        return check_all(self.model, self._engine.shop, self._targets, local(now, self.zone))

    def close(self) -> None:
        self._engine.shop.close()

    def _read_targets(self) -> Targets:
        shop = self._engine.shop
        if "targets" not in shop.snapshot.tables:
            return Targets()
        with shop.reading() as reading:
            return Targets.read(shop.target_rows(reading), self.model)


def load_model(extra: Path | None) -> SemanticModel:
    """The catalogue that a shop is read by; a function of its own because `open` has a `catalog` argument."""
    return catalog.load(extra)
