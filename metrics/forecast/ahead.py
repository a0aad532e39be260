"""The days after the last one known: what each should bring, and how far their sum has been off before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from metrics.anomalies.eventdays import EventDays, earlier
from metrics.anomalies.season import DRIFT, EFFECT_DOUBT, Floats, Grid, Season

QUANTILE = 1.5  # spreads on either side: so wide, `opsbot eval forecast` finds nine sums in ten inside
SLOPE_DAYS = 56  # that the present trend is read from
SLOPE_KEPT = 0.5  # of a trend is still there; trends end
DAMPING_DAYS = 30.0
ORIGINS = 120  # past days that a forecast is made from again
LEAST_ORIGINS = 20


@dataclass(frozen=True)
class Ahead:
    """The days ahead of one series, in its own unit."""

    days: tuple[date, ...]
    values: Floats
    noise: float  # everyday spread
    doubts: Floats  # variance of the level by then
    effects: Floats
    unknown: tuple[date, ...]  # days of events of which no earlier year tells
    errors: Mapping[int, float]  # days ahead -> spread of the log error of sums over so many days, where measured

    def spread_of_sums(self, rest: Floats) -> Floats:
        """Half width of the 90 % interval of the sum of the first 1, 2, … days, on the log scale."""
        found = []
        for count in range(1, len(rest) + 1):
            weight = rest[:count] / max(float(rest[:count].sum()), 1e-12)
            own = float((weight**2).sum()) * self.noise**2
            shared = float((weight * np.sqrt(self.doubts[:count])).sum()) ** 2
            event = (EFFECT_DOUBT * float((weight * np.abs(self.effects[:count])).sum())) ** 2
            found.append(QUANTILE * max(np.sqrt(own + shared + event), self._measured(count)))
        return np.array(found)

    def _measured(self, count: int) -> float:
        near = [days for days in self.errors if days <= count]
        return self.errors[max(near)] if near else 0.0


def ahead(season: Season, grid: Grid, places: EventDays, days: tuple[date, ...]) -> Ahead:
    """The first series of `season` after its last day."""
    level, noise = float(season.last_level[0]), float(season.noise[0])
    slope = _slope(season, len(season.days))
    effects, unknown = _effects(season, grid, places, days)
    values = np.array([_expected(level, slope, at, season.weekday[0], day) for at, day in enumerate(days)]) + effects
    steps = np.arange(1, len(days) + 1)
    doubts = float(season.last_doubt[0]) + (DRIFT * noise) ** 2 * steps + (0.0015 * steps) ** 2
    errors = _errors(season, grid, len(days))
    return Ahead(days, np.exp(values + noise**2 / 2), noise, doubts, effects, unknown, errors)


def _expected(level: float, slope: float, at: int, weekday: Floats, day: date) -> float:
    gone = DAMPING_DAYS * (1 - np.exp(-(at + 1) / DAMPING_DAYS))  # a trend that fades
    return float(level + slope * gone + weekday[day.weekday()])


def _slope(season: Season, until: int) -> float:
    """The present trend of the level a day, half believed."""
    recent = season.level[0, max(0, until - SLOPE_DAYS) : until]
    seen = np.isfinite(recent)
    if seen.sum() < SLOPE_DAYS // 2:
        return 0.0
    return SLOPE_KEPT * float(np.polyfit(np.flatnonzero(seen), recent[seen], 1)[0])


def _effects(season: Season, grid: Grid, places: EventDays, days: tuple[date, ...]) -> tuple[Floats, tuple[date, ...]]:
    """What events add on each day by their earlier year, and the days where none is known."""
    found, unknown = np.zeros(len(days)), []
    index = {day: at for at, day in enumerate(season.days)}
    for at, day in enumerate(days):
        place = places.get(day)
        if place is None:
            continue
        held = {one: other for one, other in places.of(place.event).items() if one in index}
        like = [index[one] for one in earlier(place, held)]
        known = [one for one in (_effect(season, grid, spot) for spot in like) if np.isfinite(one)]
        if known:
            found[at] = float(np.median(known))
        elif not place.is_aftermath:
            unknown.append(day)
    return found, tuple(unknown)


def _effect(season: Season, grid: Grid, at: int) -> float:
    """By how much the day was off what an ordinary one would have brought."""
    base = season.level[0, at] + season.weekday[0, season.days[at].weekday()]
    later = season.level[0, min(at + 21, len(season.days) - 1)] - season.level[0, at]
    return float(grid.values[0, at] - base - later / 2)


def _errors(season: Season, grid: Grid, longest: int) -> Mapping[int, float]:
    """How far sums over so many days were off when made from past days, with what was known then of the level."""
    length = len(season.days)
    found = {}
    for count in sorted({1, 3, 7, 14, 21, 28, longest} - {0}):
        if count > longest:
            continue
        errors = []
        for origin in range(max(60, length - count - ORIGINS), length - count + 1):
            window = slice(origin, origin + count)
            effect, actual = season.effect[0, window], grid.values[0, window]
            if not (np.isfinite(effect).all() and np.isfinite(actual).all() and np.isfinite(season.level[0, origin])):
                continue
            slope = _slope(season, origin)
            days = season.days[window]
            level = float(season.level[0, origin])
            made = [_expected(level, slope, at, season.weekday[0], day) for at, day in enumerate(days)]
            errors.append(float(np.log(np.exp(actual).sum() / np.exp(np.array(made) + effect).sum())))
        if len(errors) >= LEAST_ORIGINS:
            found[count] = float(np.sqrt(np.mean(np.square(errors))))
    return found
