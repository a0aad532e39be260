"""What a day should have brought: level, weekday and event effects of many series at once, and which days break them.

Values travel on a log scale (fractions as logits). The level follows the days slowly, robustly, and not at all while
a run of unusual days lasts, so that an incident does not become the new normal; after `ACCEPTED_AFTER` days it does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from metrics.anomalies.eventdays import EventDay, EventDays, earlier

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.int8]
Whole = npt.NDArray[np.int64]

LEVEL_GAIN = 0.12  # at least; more while little is known of the level
SEASON_GAIN = 0.08
CAMPAIGN_GAIN = 0.35
WARM_UP_DAYS = 28
NOISE_DAYS = 84  # that the everyday spread is measured on
NOISE_EVERY = 7
LEAST_NOISE = 0.015
DRIFT = 0.12  # of the everyday spread beyond mere chance that the level may move by in a day
CHANCE_DRIFT = 0.04  # and of all of it
LEAST_DRIFT = 0.006
TAIL = 0.95  # share of ordinary days that lie within two spreads, also where their tails are heavy
CLIP = 2.5  # spreads that one day may move the level by
WINDOWS = {1: 3.1, 3: 3.1, 7: 3.2, 14: 3.4}  # days together -> spreads from which on they are unusual
STAYS = 1.2  # spreads from which on the next day belongs to the same run
ACCEPTED_AFTER = 28  # days of a run
EFFECT_DOUBT = 0.11  # of an event's effect may be different this year
SHARED_DOUBT = 0.3  # of an event's effect on the whole may be different in a part


@dataclass(frozen=True)
class Grid:
    """Series side by side over the same days."""

    days: tuple[date, ...]  # in order; a gap begins a new stretch
    values: Floats  # (series, day) on the log or logit scale; NaN: not measured
    sampling: Floats  # (series, day) variance that the day's own volume adds to the everyday one
    chance: Floats  # (series, day) variance that no day of that volume can be below


def stacked(grids: Sequence[Grid]) -> Grid:
    """Several grids over the same days as one."""
    return Grid(
        grids[0].days,
        np.vstack([grid.values for grid in grids]),
        np.vstack([grid.sampling for grid in grids]),
        np.vstack([grid.chance for grid in grids]),
    )


@dataclass
class Season:
    """What the filter holds of every series and day."""

    days: tuple[date, ...]
    expected: Floats  # NaN where a day cannot be judged
    spread: Floats  # of one day around `expected`, by itself
    doubt: Floats  # variance of the level, which days close to each other share
    effect: Floats  # of the event on that day, NaN where unknown, 0 on ordinary days
    level: Floats  # before the day
    weekday: Floats  # (series, 7) after the last day
    flags: Flags  # +1 unusually high, -1 unusually low, 0 as expected
    started: Whole  # index of the first day of the run that a flagged day belongs to
    noise: Floats  # everyday spread of a series after the last day
    last_level: Floats  # after the last day
    last_doubt: Floats  # variance of that level
    last_campaign: Floats  # by how much the running campaign is off its earlier year

    def split(self, sizes: Sequence[int]) -> tuple[Season, ...]:
        """The same for each of the grids that were stacked."""
        ends = list(accumulate(sizes))
        arrays = [field.name for field in fields(self) if field.name != "days"]
        return tuple(
            Season(self.days, **{name: getattr(self, name)[end - size : end] for name in arrays})
            for size, end in zip(sizes, ends, strict=True)
        )


def filtered(grid: Grid, places: EventDays, shared: Floats | None = None, strictness: float = 1.0) -> Season:
    """The filter run over all days; `shared` is the event effect of the series that each one is a part of.

    `strictness` multiplies how far off a day must be: of many series one is always far off by chance.
    """
    run = _Run(grid, places, shared, strictness)
    for index in range(len(grid.days)):
        run.step(index)
    return run.season()


class _Run:
    """The state of the filter, one column of numbers a day."""

    def __init__(self, grid: Grid, places: EventDays, shared: Floats | None, strictness: float) -> None:
        count, length = grid.values.shape
        self._strictness = strictness
        self._grid, self._places, self._shared = grid, places, shared
        self._occurrences = _occurrences(grid.days, places)
        nothing = np.full((count, length), np.nan)
        self._expected, self._spread, self._level = nothing.copy(), nothing.copy(), nothing.copy()
        self._doubts = nothing.copy()
        self._doubt = np.zeros(count)
        self._effect, self._residual, self._plain = np.zeros((count, length)), nothing.copy(), nothing.copy()
        self._flags = np.zeros((count, length), dtype=np.int8)
        self._started = np.zeros((count, length), dtype=np.int64)
        self._now = np.full(count, np.nan)  # level
        self._weekday = np.zeros((count, 7))
        self._noise = np.full(count, np.nan)
        self._campaign = np.zeros(count)
        self._running: tuple[str, int] | None = None
        self._sign = np.zeros(count, dtype=np.int8)
        self._since = np.zeros(count, dtype=np.int64)
        self._stretch = 0  # first day of the stretch

    def season(self) -> Season:
        return Season(
            self._grid.days, self._expected, self._spread, self._doubts, self._effect, self._level, self._weekday,
            self._flags, self._started, self._noise, self._now, self._doubt, self._campaign,
        )  # fmt: skip

    def step(self, index: int) -> None:
        day = self._grid.days[index]
        if index == 0 or day - self._grid.days[index - 1] != timedelta(days=1):
            self._warm_up(index)
        self._level[:, index] = self._now
        place = self._places.get(day)
        self._enter(place)
        effect, doubt = self._event_effect(index, place)
        self._effect[:, index] = effect
        season = self._weekday[:, day.weekday()]
        expected = self._now + season + effect + self._campaign
        swing = np.maximum(0.0, self._noise**2 - 0.8 * self._grid.chance[:, index])
        self._doubt = self._doubt + DRIFT**2 * swing + (CHANCE_DRIFT * self._noise) ** 2 + LEAST_DRIFT**2
        own = np.maximum(self._noise**2, self._grid.chance[:, index]) + self._grid.sampling[:, index] + doubt
        self._expected[:, index], self._spread[:, index] = expected, np.sqrt(own)
        self._doubts[:, index] = self._doubt
        residual = self._grid.values[:, index] - expected
        self._residual[:, index] = residual
        self._judge(index, residual, np.sqrt(own + self._doubt + (EFFECT_DOUBT * np.nan_to_num(effect)) ** 2))
        self._learn(index, place, residual)
        if (index - self._stretch) % NOISE_EVERY == 0:
            self._measure_noise(index)

    def _warm_up(self, index: int) -> None:
        """A stretch begins with the level, weekdays and spread of its own first four weeks."""
        self._stretch = index
        days = range(index, min(index + WARM_UP_DAYS, len(self._grid.days)))
        values = self._grid.values[:, list(days)].copy()
        for at, one in enumerate(days):
            place = self._places.get(self._grid.days[one])
            if place is not None and not place.is_aftermath:
                values[:, at] = np.nan
        self._now = _median(values)
        left = values - self._now[:, None]
        weekdays = np.array([self._grid.days[one].weekday() for one in days])
        for weekday in range(7):
            own = left[:, weekdays == weekday]
            seen = np.isfinite(own).sum(axis=1)
            self._weekday[:, weekday] = np.nan_to_num(_median(own)) * seen / (seen + 1.0)
            left[:, weekdays == weekday] -= self._weekday[:, [weekday]]
        self._noise = np.maximum(LEAST_NOISE, _spread_of(left))
        self._doubt = self._noise**2 / 8
        self._sign[:] = 0

    def _enter(self, place: EventDay | None) -> None:
        running = None if place is None or not place.is_campaign else (place.event, place.year)
        if running != self._running:
            self._campaign = np.zeros_like(self._campaign)
        self._running = running

    def _event_effect(self, index: int, place: EventDay | None) -> tuple[Floats, Floats]:
        """The effect expected on the day and the variance of that expectation; NaN where no year tells it."""
        count = len(self._now)
        if place is None:
            return np.zeros(count), np.zeros(count)
        own = self._own_effect(index, place)
        own_doubt = 1.2 * self._noise**2
        if self._shared is None:
            effect, doubt = own, own_doubt
        else:
            shared = self._shared[:, index]
            shared_doubt = (SHARED_DOUBT * shared) ** 2 + 0.03**2
            weight = np.where(np.isfinite(own), shared_doubt / (shared_doubt + own_doubt), 0.0)
            weight = np.where(np.isfinite(shared), weight, 1.0)
            effect = np.where(weight > 0, weight * np.nan_to_num(own), 0.0) + (1 - weight) * np.nan_to_num(shared)
            effect = np.where(np.isfinite(own) | np.isfinite(shared), effect, np.nan)
            doubt = np.where(weight < 1, 1 / (1 / np.maximum(shared_doubt, 1e-9) + weight / own_doubt), own_doubt)
        if place.part == "before":  # a faint effect: where no year tells it, none is the best guess
            effect = np.nan_to_num(effect)
        return effect, doubt

    def _own_effect(self, index: int, place: EventDay) -> Floats:
        found = []
        for at in earlier(place, self._occurrences[place.event]):
            base = self._base(at, place.event)
            found.append(self._grid.values[:, at] - base - self._weekday[:, self._grid.days[at].weekday()])
        return _median(np.array(found).T) if found else np.full(len(self._now), np.nan)

    def _base(self, at: int, event: str) -> Floats:
        """The level under an earlier occurrence, on the line from before it to after it."""
        held = self._occurrences[event]
        spots = [spot for spot, other in held.items() if other.year == held[at].year]
        first, last = min(spots), max(spots)
        after = min(last + 8, len(self._grid.days) - 1)
        is_held = after > last and self._grid.days[after] - self._grid.days[last] == timedelta(days=after - last)
        before = self._level[:, first]
        later = self._level[:, after] if is_held else before
        share = (at - first) / max(1, after - first)
        return np.asarray(before + (np.where(np.isfinite(later), later, before) - before) * share)

    def _judge(self, index: int, residual: Floats, spread: Floats) -> None:
        is_judged = np.isfinite(residual) & (index - self._stretch >= WARM_UP_DAYS // 2)
        score = np.where(is_judged, residual / spread, 0.0)
        stays = (self._sign != 0) & is_judged & (self._sign * score >= STAYS)
        ends = (self._sign != 0) & is_judged & ~stays
        self._accept(index, stays)
        self._sign = np.where(ends, 0, self._sign).astype(np.int8)
        stays &= self._sign != 0
        self._flags[:, index] = np.where(stays, self._sign, 0)
        self._started[:, index] = np.where(stays, self._since, index)
        for days, bound in WINDOWS.items():
            self._open(index, days, bound, is_judged & (self._sign == 0), score)

    def _accept(self, index: int, stays: npt.NDArray[np.bool_]) -> None:
        """A run that lasts for weeks is how things are now."""
        is_old = stays & (index - self._since >= ACCEPTED_AFTER)
        if is_old.any():
            recent = _median(self._residual[:, max(self._stretch, index - 13) : index + 1])
            self._now = np.where(is_old, self._now + np.nan_to_num(recent), self._now)
            self._sign = np.where(is_old, 0, self._sign).astype(np.int8)

    def _open(self, index: int, days: int, bound: float, free: npt.NDArray[np.bool_], score: Floats) -> None:
        """Begins a run where the last `days` together are further off than chance takes them."""
        first = index - days + 1
        if first < self._stretch + WARM_UP_DAYS // 2:
            return
        window = slice(first, index + 1)
        off = self._residual[:, window] + self._level[:, window] - self._level[:, [first]]
        spread = self._spread[:, window]
        seen = np.isfinite(off)
        total = np.where(seen, off, 0.0).sum(axis=1)
        shared = days**2 * np.nan_to_num(self._doubts[:, window]).max(axis=1)
        shared += (EFFECT_DOUBT * np.nan_to_num(self._effect[:, window]).sum(axis=1)) ** 2  # of one size all along
        variance = np.where(seen, spread**2, 0.0).sum(axis=1) + shared
        together = np.where(seen.all(axis=1), total / np.sqrt(np.maximum(variance, 1e-12)), 0.0)
        sign = np.sign(together).astype(np.int8)
        opens = free & (np.abs(together) >= bound * self._strictness) & (sign * score >= (0.8 if days > 1 else 0.0))
        late = np.nan_to_num(off[:, -(days // 3 + 1) :]).mean(axis=1)
        opens &= sign * late >= 0.5 * np.abs(total) / days  # what is over is not news
        if not opens.any():
            return
        start = np.full(len(opens), index)
        for at in range(days - 1, -1, -1):  # the run begins with the first day of the window that is off by itself
            is_off = opens & (sign * off[:, at] >= STAYS * spread[:, at])
            start = np.where(is_off, first + at, start)
        self._begin(index, first, opens, sign, start, off)

    def _begin(
        self, index: int, first: int, opens: npt.NDArray[np.bool_], sign: Flags, start: Whole, off: Floats
    ) -> None:
        for at in range(first, index + 1):
            inside = opens & (at >= start) & ((sign * off[:, at - first] > 0) | (at == index))
            shift = self._level[:, first] - self._level[:, at]
            self._flags[:, at] = np.where(inside, sign, self._flags[:, at])
            self._started[:, at] = np.where(inside, start, self._started[:, at])
            self._expected[:, at] = np.where(inside, self._expected[:, at] + shift, self._expected[:, at])
        self._now = np.where(opens, self._level[:, first], self._now)
        self._sign = np.where(opens, sign, self._sign).astype(np.int8)
        self._since = np.where(opens, start, self._since)

    def _learn(self, index: int, place: EventDay | None, residual: Floats) -> None:
        may = np.isfinite(residual) & (self._sign == 0)
        step = np.clip(np.where(may, residual, 0.0), -CLIP * self._noise, CLIP * self._noise)
        if place is not None and not place.is_aftermath:
            if place.is_campaign and place.part != "day":
                self._campaign = self._campaign + CAMPAIGN_GAIN * step
            return
        known = self._doubt / (self._doubt + self._noise**2)
        gain = np.where(may, np.maximum(LEVEL_GAIN, known) * (1.0 if place is None else 0.5), 0.0)
        self._doubt = (1 - gain) ** 2 * self._doubt + gain**2 * self._noise**2
        self._now = self._now + gain * step
        if place is None:
            weekday = self._grid.days[index].weekday()
            self._weekday[:, weekday] += SEASON_GAIN * step
            self._plain[:, index] = np.where(may, residual, np.nan)

    def _measure_noise(self, index: int) -> None:
        """The everyday spread out of the last ordinary days, mixed with what was known while there are few."""
        recent = self._plain[:, max(self._stretch, index - NOISE_DAYS) : index + 1]
        seen = np.isfinite(recent).sum(axis=1)
        measured = _spread_of(recent)
        weight = np.where(np.isfinite(measured), seen / (seen + 10.0), 0.0)
        mixed = weight * np.nan_to_num(measured) + (1 - weight) * self._noise
        self._noise = np.maximum(LEAST_NOISE, mixed)


def _occurrences(days: tuple[date, ...], places: EventDays) -> Mapping[str, dict[int, EventDay]]:
    """Event -> index of each of its days -> the place of that day."""
    events = {places[day].event for day in days if day in places}
    index = {day: at for at, day in enumerate(days)}
    return {id: {index[day]: one for day, one in places.of(id).items() if day in index} for id in events}


def _spread_of(residuals: Floats) -> Floats:
    """By the median of the distances, or by how far the rare ones reach where that is more."""
    sizes = np.sort(np.abs(residuals), axis=1)
    count = np.isfinite(residuals).sum(axis=1)
    far = np.clip(np.ceil(TAIL * count).astype(np.int64) - 1, 0, max(0, sizes.shape[1] - 1))
    tail = sizes[np.arange(len(sizes)), far] if sizes.shape[1] else np.full(len(sizes), np.nan)
    return np.where(count > 0, np.maximum(1.4826 * _median(np.abs(residuals)), tail / 2.0), np.nan)


def _median(values: Floats) -> Floats:
    """Over the last axis without what is missing; NaN where nothing is left."""
    if values.shape[-1] == 0:
        return np.full(values.shape[0], np.nan)
    ordered = np.sort(values, axis=1)  # NaN go last
    count = np.isfinite(values).sum(axis=1)
    rows = np.arange(len(values))
    low, high = (
        ordered[rows, np.maximum(0, (count - 1) // 2)],
        ordered[rows, np.minimum(count // 2, values.shape[1] - 1)],
    )
    return np.where(count > 0, (low + high) / 2, np.nan)
