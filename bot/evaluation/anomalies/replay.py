"""Puts incidents into the simulated shop and asks the detector about the days that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.evaluation.anomalies.shop import Cells, Floats, cut
from metrics.anomalies.eventdays import event_days
from metrics.anomalies.judged import judged_metrics
from metrics.anomalies.lineage import without_repeats
from metrics.anomalies.readings import Panel
from metrics.anomalies.runs import Stretch, stretches
from metrics.anomalies.scan import STRICTNESS, series_of, shared_effects
from metrics.anomalies.season import filtered, stacked
from metrics.anomalies.series import Series, grid_of, judged
from metrics.calendar import Calendar
from metrics.demo.market import CATEGORIES, CHANNELS
from metrics.model import SemanticModel

CUTS: tuple[tuple[str, ...], ...] = ((), ("category",), ("channel",), ("category", "channel"))
# What each lever moves, and the metrics that may be named for it.
LEVERS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "visitors": (
        ("visitors", "buyers", "gmv", "refund_amount", "delivered", "delivered_same_day"),
        ("visitors", "gmv"),
    ),
    "conversion": (("buyers", "gmv", "refund_amount", "delivered", "delivered_same_day"), ("conversion_rate", "gmv")),
    "basket": (("gmv", "refund_amount"), ("aov", "gmv")),
    "refunds": (("refund_amount",), ("refund_rate",)),
    "spend": (("ad_spend",), ("ad_spend", "roi")),
    "delivery": (("delivered_same_day",), ("same_day_rate",)),
}
SIZES = (0.15, 0.60)
LENGTHS = (1, 10)


@dataclass(frozen=True)
class Injected:
    """One incident: a lever moved for one cut on some days."""

    lever: str
    category: str | None
    channel: str | None
    factor: float
    first: date
    last: date
    strength: float  # |log factor| × √days in everyday spreads of the lever in that cut
    touches_event: bool

    @property
    def place(self) -> dict[str, str]:
        """Dimension -> value."""
        named = {"category": self.category, "channel": self.channel}
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True)
class Replayed:
    """What became of one incident."""

    incident: Injected
    is_found: bool
    is_exact: bool  # named by exactly the cut that it was put into
    days_late: int  # from its first day to the first scan that names it; -1 when it never is
    right: int  # reports about it, of all that its last day's scan gives of the cuts that it shows in
    wrong: int  # and the others


class Replay:
    """One simulated shop and the detector over it."""

    def __init__(self, cells: Cells, model: SemanticModel, calendar: Calendar) -> None:
        self._cells, self._model = cells, model
        self._places = event_days(calendar, cells.days[0] - timedelta(days=400), cells.days[-1])
        kept = [
            m for m in judged_metrics(model, "manager") if {x.id for x in model.measures_of(m)} <= set(cells.measures)
        ]
        self._metrics = kept

    def series(self, cells: Cells) -> list[Series]:
        """Every cut judged, as a scan does it."""
        found: dict[tuple[str, ...], dict[str, Series]] = {}
        for by in CUTS:
            keys, measures = cut(cells, by)
            panel = Panel(by, keys, cells.days, measures)
            wholes = None if not by else found[by[:-1] if len(by) > 1 else ()]
            found[by] = series_of(self._metrics, panel, wholes, self._places, self._model)
        return [one for held in found.values() for one in held.values()]

    def alarms(self, first: date) -> tuple[int, int, int, int]:
        """Without any incident: (flagged, judged) series-days of ordinary days, and the same of days of events."""
        totals = [0, 0, 0, 0]
        for one in self.series(self._cells):
            parts = one.is_judged
            for index, day in enumerate(one.panel.days):
                if day < first:
                    continue
                is_event = day in self._places and not self._places[day].is_aftermath
                known = np.isfinite(one.season.expected[parts, index])
                totals[2 * is_event] += int((one.season.flags[parts, index] != 0)[known].sum())
                totals[2 * is_event + 1] += int(known.sum())
        return totals[0], totals[1], totals[2], totals[3]

    def incidents(self, chance: np.random.Generator, count: int, first: date) -> Iterator[Injected]:
        """Random lever, cut, size, direction, length and days."""
        for _ in range(count):
            lever = str(chance.choice(list(LEVERS)))
            category, channel = self._random_cut(chance)
            length = int(chance.integers(LENGTHS[0], LENGTHS[1] + 1))
            room = (self._cells.days[-1] - first).days - length
            start = first + timedelta(days=int(chance.integers(0, room)))
            size = float(chance.uniform(*SIZES))
            factor = 1 - size if chance.random() < 0.7 else 1 + size
            last = start + timedelta(days=length - 1)
            days = [start + timedelta(days=number) for number in range(length)]
            spread = self._spread(lever, category, channel)
            strength = abs(float(np.log(factor))) * length**0.5 / spread
            yield Injected(
                lever, category, channel, factor, start, last, strength, any(d in self._places for d in days)
            )

    def judge(self, incidents: Sequence[Injected]) -> list[Replayed]:
        """Scans the shop with each incident in it, on each of its days, as a team would see it."""
        found: list[list[Series]] = [[] for _ in incidents]
        wholes: dict[tuple[str, ...], list[dict[str, Series]]] = {}
        panels = {by: [self._panel(self._with(one), by, one) for one in incidents] for by in CUTS}
        for by in CUTS:  # all incidents at once: the filter goes day by day
            above = wholes.get(by[:-1] if len(by) > 1 else ()) if by else None
            wholes[by] = self._judged(panels[by], above)
            for number, held in enumerate(wholes[by]):
                found[number] += held.values()
        return [self._outcome(one, series) for one, series in zip(incidents, found, strict=True)]

    def _panel(self, cells: Cells, by: tuple[str, ...], incident: Injected) -> Panel:
        """The parts of one cut that the incident shows in."""
        keys, measures = cut(cells, by)
        place = incident.place
        kept = [
            at
            for at, key in enumerate(keys)
            if all(place.get(name, value) == value for name, value in zip(by, key, strict=True))
        ]
        return Panel(by, tuple(keys[at] for at in kept), cells.days, {id: held[kept] for id, held in measures.items()})

    def _judged(self, panels: Sequence[Panel], wholes: Sequence[dict[str, Series]] | None) -> list[dict[str, Series]]:
        pairs = [(number, metric) for number in range(len(panels)) for metric in self._metrics]
        grids = [grid_of(metric, panels[number], self._model) for number, metric in pairs]
        shared = None
        if wholes is not None:
            shared = np.vstack([shared_effects(panels[number], wholes[number][metric.id]) for number, metric in pairs])
        season = filtered(stacked(grids), self._places, shared, STRICTNESS[len(panels[0].by)])
        parts = season.split([len(panels[number].keys) for number, _ in pairs])
        found: list[dict[str, Series]] = [{} for _ in panels]
        for (number, metric), part, grid in zip(pairs, parts, grids, strict=True):
            found[number][metric.id] = judged(metric, panels[number], part, grid.values, self._model)
        return found

    def _outcome(self, incident: Injected, series: list[Series]) -> Replayed:
        said = self._said(series, incident.first, incident.last)
        right = sum(_fits(one, incident) for one in said)
        for number in range((incident.last - incident.first).days + 1):
            day = incident.first + timedelta(days=number)
            named = [one for one in self._said(series, incident.first, day) if _fits(one, incident)]
            if named:
                is_exact = any(one.place == incident.place for one in named)
                return Replayed(incident, True, is_exact, number, right, len(said) - right)
        return Replayed(incident, False, False, -1, right, len(said) - right)

    def _said(self, series: list[Series], first: date, day: date) -> tuple[Stretch, ...]:
        found = [stretch for one in series for stretch in stretches(one, self._model, first, day)]
        return without_repeats(found, self._model)

    def _random_cut(self, chance: np.random.Generator) -> tuple[str | None, str | None]:
        kind = chance.choice(["category", "channel", "both"], p=[0.3, 0.2, 0.5])
        category = str(chance.choice(CATEGORIES)) if kind != "channel" else None
        return category, str(chance.choice(CHANNELS)) if kind != "category" else None

    def _rows(self, category: str | None, channel: str | None) -> tuple[int | slice, int | slice]:
        return (
            slice(None) if category is None else CATEGORIES.index(category),
            slice(None) if channel is None else CHANNELS.index(channel),
        )

    def _spread(self, lever: str, category: str | None, channel: str | None) -> float:
        """Of a cut of several cells: about that of their mean, weighted by what they sell."""
        rows = self._rows(category, channel)
        spread = np.atleast_1d(self._cells.spread[lever][rows]).ravel()
        weight = np.atleast_1d(self._cells.measures["gmv"].sum(axis=2)[rows]).ravel()
        weight = weight / max(float(weight.sum()), 1.0)
        return float(np.sqrt((weight**2 * spread**2).sum())) or float(spread.max())

    def _with(self, incident: Injected) -> Cells:
        days = [at for at, day in enumerate(self._cells.days) if incident.first <= day <= incident.last]
        measures = dict(self._cells.measures)
        category, channel = self._rows(incident.category, incident.channel)
        for id in LEVERS[incident.lever][0]:
            changed: Floats = measures[id].copy()
            changed[category, channel, days[0] : days[-1] + 1] *= incident.factor
            measures[id] = (
                np.round(changed) if id in ("visitors", "buyers", "delivered", "delivered_same_day") else changed
            )
        return Cells(self._cells.days, measures, self._cells.spread)


def _fits(one: Stretch, incident: Injected) -> bool:
    """The right metric and direction, and the cut itself, what contains it, or a part of it."""
    place, own = incident.place.items(), one.place.items()
    is_near = own <= place or place <= own
    up = incident.factor > 1
    goes_up = up if one.series.metric.id != "roi" or incident.lever != "spend" else not up
    is_there = one.days[0] <= incident.last and incident.first <= one.days[1]
    return one.series.metric.id in LEVERS[incident.lever][1] and (one.sign > 0) == goes_up and is_near and is_there
