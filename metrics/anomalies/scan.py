"""Looks over the shop for what is unusual: whole, every part of every dimension, and the cuts of two dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.anomalies.eventdays import EventDays, earlier, event_days
from metrics.anomalies.judged import judged_metrics
from metrics.anomalies.lineage import without_repeats
from metrics.anomalies.outlays import is_outlay, value_metric
from metrics.anomalies.readings import Floats, Panel, Run, can_be_cut, read_panel, scope_of
from metrics.anomalies.runs import Stretch, stretches
from metrics.anomalies.season import filtered, stacked
from metrics.anomalies.series import Series, grid_of, judged
from metrics.calendar import Calendar
from metrics.model import Audience, Metric, SemanticModel
from metrics.query import KpiQuery, Period, Scope

HISTORY_DAYS = 120
CROSS_DAYS = 49  # of cuts of two dimensions, which take the effects of events from the first of them
LOOK_BACK = 7  # days before the first one judged that a run may have begun on
WARM_UP = 35
AFTER_EVENT = 14
MOST_CROSSED = 150  # parts of a cut of two dimensions
MOST_LISTED = 5
STRICTNESS = (1.0, 1.06, 1.18)  # by the number of dimensions of a cut: the finer, the more parts it has

Stretches = tuple[tuple[date, date], ...]


def find_anomalies(
    run: Run,
    model: SemanticModel,
    calendar: Calendar,
    period: Period,
    now: datetime,
    categories: tuple[str, ...] = (),
    audience: Audience = "everyone",
    metrics: tuple[str, ...] = (),
) -> tuple[Anomaly, ...]:
    """The unusual of the whole days in `period`, most money first, at most five; `metrics` limits what is judged."""
    return scan(run, model, calendar, period, now, categories, audience, metrics).found


def scan(
    run: Run,
    model: SemanticModel,
    calendar: Calendar,
    period: Period,
    now: datetime,
    categories: tuple[str, ...] = (),
    audience: Audience = "everyone",
    metrics: tuple[str, ...] = (),
    where: Scope | None = None,
    most: int = MOST_LISTED,
) -> Scan:
    """As `find_anomalies`, with what could not be judged; `where` limits the scan to a part of the shop."""
    end = min(period.end, now.date() - timedelta(days=1))
    if end < period.start:
        return Scan(())
    scope: Scope = {**({"category": categories} if categories else {}), **(where or {})}
    look = _Look(run, model, calendar, period.start, end, now, scope)
    wanted = judged_metrics(model, audience, metrics)
    series = look.all(wanted)
    found = [one for held in series for one in stretches(held, model, period.start, end)]
    kept = sorted(without_repeats(found, model), key=weight, reverse=True)
    listed = [look.anomaly(one) for one in kept[: most + 2]]
    shown = tuple(one for one in listed if one is not None)[:most]
    count = sum(int(held.is_judged.sum()) for held in series)
    return Scan(shown, max(0, len(kept) - len(shown)), count, look.missing(wanted), look.unjudged(series))


def weight(one: Stretch) -> tuple[bool, bool, float]:
    """Trouble before luck, money before what has none."""
    return one.is_bad, one.money is not None, abs(one.money) if one.money is not None else one.score


@dataclass
class _Look:
    """One scan on its way."""

    run: Run
    model: SemanticModel
    calendar: Calendar
    start: date
    end: date
    now: datetime
    scope: Scope

    def __post_init__(self) -> None:
        first = self.start - timedelta(days=LOOK_BACK + 400)
        self.places: EventDays = event_days(self.calendar, first - timedelta(days=60), self.end)

    def all(self, metrics: Sequence[Metric]) -> list[Series]:
        """Every series, wholes before their parts, whose event effects are shared with the parts."""
        whole = self._cut(metrics, (), self._long(), None)
        found = list(whole.values())
        single: dict[str, dict[str, Series]] = {}
        for dimension in self.model.dimensions:
            if len(self.scope.get(dimension, ())) != 1:
                single[dimension] = self._cut(metrics, (dimension,), self._long(), whole)
                found += single[dimension].values()
        for number, by in enumerate(self._crossed()):
            wanted = metrics if number == 0 else [one for one in metrics if not is_outlay(one, self.model)]
            found += self._cut(wanted, by, self._short(), single.get(by[0], whole)).values()
        return found

    def anomaly(self, one: Stretch) -> Anomaly | None:
        """The stretch with its exact figure; None when the exact figure is not out of the range after all."""
        scope = scope_of(one.series.panel.by, one.keys, self.scope)
        first, last = one.days
        span = Period(first, last, "day" if first == last else "range")
        figure = self.run(KpiQuery((one.series.metric.id,), span, scope), self.now).figures[0]
        if figure.value is None or not one.value:
            return None
        # Buyers of several days are fewer than the days' buyers added up: the expectation is over the same days.
        same = figure.value / one.value if one.value else 1.0
        return Anomaly(
            metric=one.series.metric.id,
            scope=scope,
            figure=figure,
            span=span,
            started=first,
            expected=one.expected * same,
            low=one.low * same,
            high=one.high * same,
            direction=1 if one.sign > 0 else -1,
            is_bad=one.is_bad,
            money=one.money,
            score=one.score,
            is_running=last == self.end,
        )

    def missing(self, metrics: Sequence[Metric]) -> Mapping[str, tuple[date, ...]]:
        """Days that were to be judged and on which a table held nothing."""
        return {}

    def unjudged(self, series: Sequence[Series]) -> tuple[date, ...]:
        """Days of events of which no earlier year is known."""
        whole = next((held for held in series if not held.panel.by and held.panel.keys == ((),)), None)
        if whole is None:
            return ()
        inside = [index for index, day in enumerate(whole.panel.days) if self.start <= day <= self.end]
        return tuple(whole.panel.days[index] for index in inside if not np.isfinite(whole.season.effect[0, index]))

    def _cut(
        self, metrics: Sequence[Metric], by: tuple[str, ...], days: Stretches, wholes: Mapping[str, Series] | None
    ) -> dict[str, Series]:
        wanted = [metric for metric in metrics if can_be_cut(metric, self.model, by)]
        if not wanted:
            return {}
        value = value_metric(self.model)
        read = [*wanted, value] if value is not None and can_be_cut(value, self.model, by) else wanted
        panel = read_panel(self.run, self.model, read, by, self.scope, days, self.now)
        if len(by) > 1 and len(panel.keys) > MOST_CROSSED:
            return {}
        return series_of(wanted, panel, wholes, self.places, self.model)

    def _crossed(self) -> Iterator[tuple[str, ...]]:
        """The first dimension with each of the others."""
        open_ones = [name for name in self.model.dimensions if len(self.scope.get(name, ())) != 1]
        for other in open_ones[1:]:
            yield (open_ones[0], other)

    def _short(self) -> Stretches:
        return ((self.start - timedelta(days=CROSS_DAYS), self.end),)

    def _long(self) -> Stretches:
        """The last months, and the weeks around the days of earlier years that the judged days are like."""
        recent = (self.start - timedelta(days=HISTORY_DAYS), self.end)
        first = self.start - timedelta(days=LOOK_BACK)
        touched = [place for day, place in self.places.items() if first <= day <= self.end]
        like = [day for place in touched for day in earlier(place, self.places.of(place.event)) if day < first]
        if not like:
            return (recent,)
        older = (min(like) - timedelta(days=WARM_UP), max(like) + timedelta(days=AFTER_EVENT))
        if older[1] >= recent[0]:
            return ((older[0], recent[1]),)
        return older, recent


def series_of(
    metrics: Sequence[Metric],
    panel: Panel,
    wholes: Mapping[str, Series] | None,
    places: EventDays,
    model: SemanticModel,
) -> dict[str, Series]:
    """Each metric over every part of the panel, judged; all at once, because the filter goes day by day."""
    grids = [grid_of(metric, panel, model) for metric in metrics]
    shared = None if wholes is None else np.vstack([shared_effects(panel, wholes.get(one.id)) for one in metrics])
    season = filtered(stacked(grids), places, shared, STRICTNESS[len(panel.by)])
    parts = season.split([len(panel.keys)] * len(metrics))
    zipped = zip(metrics, parts, grids, strict=True)
    return {metric.id: judged(metric, panel, part, grid.values, model) for metric, part, grid in zipped}


def shared_effects(panel: Panel, whole: Series | None) -> Floats:
    """The event effects of the whole that each part belongs to, on the days of the parts."""
    if whole is None:
        return np.full((len(panel.keys), len(panel.days)), np.nan)
    index = {day: at for at, day in enumerate(whole.panel.days)}
    rows = {keys: at for at, keys in enumerate(whole.panel.keys)}
    depth = len(whole.panel.by)
    found = np.full((len(panel.keys), len(panel.days)), np.nan)
    pairs = [(at, index[day]) for at, day in enumerate(panel.days) if day in index]
    known, columns = [at for at, _ in pairs], [column for _, column in pairs]
    for part, keys in enumerate(panel.keys):
        row = rows.get(keys[:depth])
        if row is not None:
            found[part, known] = whole.season.effect[row, columns]
    return found
