"""How honest the intervals of a forecast are: simulated shops forecast from many past days, and what then came."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.evaluation.anomalies.shop import cut, simulate
from metrics.anomalies.eventdays import EventDays, event_days
from metrics.anomalies.readings import Panel
from metrics.anomalies.season import filtered, stacked
from metrics.anomalies.series import grid_of
from metrics.calendar import Calendar
from metrics.forecast.ahead import ahead
from metrics.model import SemanticModel

DAYS, ORIGINS, EVERY = 640, 180, 9  # of history; the last that are forecast from, one in so many
HORIZONS = (5, 10, 20, 30)
LAST = date(2026, 11, 22)
APART = 131


@dataclass(frozen=True)
class Outcome:
    """One forecast of the money of one scope."""

    horizon: int
    error: float  # of the sum, relative
    is_inside: bool  # the sum lies in the 90 % interval


@dataclass(frozen=True)
class Report:
    """Every forecast."""

    outcomes: tuple[Outcome, ...]
    seconds: float

    def coverage(self, horizon: int | None = None) -> float:
        """Share inside the interval."""
        held = [one for one in self.outcomes if horizon in (None, one.horizon)]
        return sum(one.is_inside for one in held) / max(1, len(held))

    def error(self, horizon: int) -> float:
        """Middle size of the error."""
        held = [abs(one.error) for one in self.outcomes if one.horizon == horizon]
        return float(np.median(held)) if held else 0.0


def evaluate(model: SemanticModel, calendar: Calendar, shops: int, seed: int) -> Report:
    """GMV of the whole shop and every category, forecast from past days of simulated shops."""
    started, outcomes = time.perf_counter(), list[Outcome]()
    for number in range(shops):
        last = LAST - timedelta(days=APART * number)
        cells = simulate(seed + number, last, DAYS)
        places = event_days(calendar, cells.days[0] - timedelta(days=400), last)
        panels = [Panel(by, *_parts(cut(cells, by), cells.days)) for by in ((), ("category",))]
        for origin in range(DAYS - ORIGINS, DAYS - min(HORIZONS), EVERY):
            outcomes += [one for panel in panels for one in _from(panel, origin, places, model)]
    return Report(tuple(outcomes), time.perf_counter() - started)


def _parts(held: tuple[Any, Any], days: tuple[date, ...]) -> tuple[Any, Any, Any]:
    return held[0], days, held[1]


def _from(panel: Panel, origin: int, places: EventDays, model: SemanticModel) -> list[Outcome]:
    """Every part of the panel, forecast with what was known before `origin`."""
    metric = model.metrics["gmv"]
    known = Panel(
        panel.by, panel.keys, panel.days[:origin], {id: held[:, :origin] for id, held in panel.measures.items()}
    )
    grid = grid_of(metric, known, model)
    season = filtered(stacked([grid]), places)
    found = []
    for row, part in enumerate(season.split([1] * len(panel.keys))):
        own = type(grid)(grid.days, grid.values[[row]], grid.sampling[[row]], grid.chance[[row]])
        for horizon in HORIZONS:
            days = panel.days[origin : origin + horizon]
            actual = float(panel.measures[metric.numerator][row, origin : origin + horizon].sum())
            if len(days) < horizon or actual <= 0:
                continue
            next_days = ahead(part, own, places, days)
            if next_days.unknown:
                continue  # an answer says that it leaves them out
            total = float(next_days.values.sum())
            reach = float(next_days.spread_of_sums(next_days.values)[-1])
            found.append(Outcome(horizon, actual / total - 1, abs(np.log(actual / total)) <= reach))
    return found


def as_text(report: Report) -> list[str]:
    """Lines for a terminal."""
    lines = [
        f"{len(report.outcomes)} forecasts in {report.seconds:.0f} s",
        f"90% interval      holds {report.coverage():.1%}",
    ]
    for horizon in HORIZONS:
        held, middle = report.coverage(horizon), report.error(horizon)
        lines.append(f"  {horizon:>2} days ahead   holds {held:.1%}, off by {middle:.1%} in the middle")
    return lines


def as_json(report: Report) -> dict[str, Any]:
    """The same as one object."""
    by_horizon = {str(days): {"coverage": report.coverage(days), "error": report.error(days)} for days in HORIZONS}
    return {"forecasts": len(report.outcomes), "coverage": report.coverage(), "by_days_ahead": by_horizon}
