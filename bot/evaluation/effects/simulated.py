"""Simulated shops with a tactic of known effect: season, promotions, autocorrelated noise and shocks of categories."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from metrics.effects.panel import Floats, Panel, Series

REVIEWS = (7, 14, 28)
NO_EFFECT_SHARE = 0.5
WEAKEST, STRONGEST = 0.05, 0.35
SHOCKS_A_YEAR = 4.0  # of one category: a stock-out, a price war, a video that went round


@dataclass(frozen=True)
class Case:
    """One tactic."""

    panel: Panel
    truth: float  # log effect that was planted; 0.0 for a tactic that did nothing


def simulate(seed: int) -> Case:
    """The same seed gives the same shop."""
    random = np.random.default_rng([seed, 20_000])
    after = int(random.choice(REVIEWS))
    before = int(random.integers(120, 380))
    count = int(random.integers(4, 12))
    is_rate = bool(random.random() < 0.5)
    days = tuple(date(2026, 10, 20) - timedelta(days=before + after - n) for n in range(before + after))
    clean = np.ones(len(days), dtype=bool)
    levels = _levels(random, len(days), count + 1)
    series = tuple(_drawn(random, f"segment {n}", levels[:, n], is_rate) for n in range(count + 1))
    _promote(random, clean)
    truth = 0.0
    if random.random() >= NO_EFFECT_SHARE:
        truth = float(random.uniform(WEAKEST, STRONGEST) * random.choice((-1, 1)))
    panel = Panel(days, series[0], series[1:], before, clean)
    return Case(planted(panel, truth), truth)


def planted(panel: Panel, truth: float) -> Panel:
    """The panel as it were with a tactic of that log effect in the touched segment."""
    factors = np.ones(len(panel.days))
    factors[panel.start :] = np.exp(truth)
    return replace(panel, treated=panel.treated.scaled(factors))


def _levels(random: np.random.Generator, days: int, count: int) -> Floats:
    """Log level of each segment by day."""
    when = np.arange(days)
    week = 0.06 * np.sin(2 * np.pi * (when[:, None] - 4) / 7) * random.uniform(0.3, 1.8, count)
    phase, size = random.uniform(0, 2 * np.pi, count), random.uniform(0.02, 0.12, count)
    year = size * np.cos(2 * np.pi * when[:, None] / 365 + phase)
    shop = _wandering(random, days, 0.9, 0.02)[:, None] * random.uniform(0.7, 1.3, count)
    memory = random.uniform(0.2, 0.8, count)
    own = np.column_stack([_wandering(random, days, held, random.uniform(0.02, 0.07)) for held in memory])
    growth = random.normal(0.25, 0.15, count) * when[:, None] / 365
    levels: Floats = week + year + shop + own + growth + _shocks(random, days, count)
    return levels


def _wandering(random: np.random.Generator, days: int, memory: float, step: float) -> Floats:
    """Autocorrelated noise."""
    found = np.zeros(days)
    for day in range(1, days):
        found[day] = memory * found[day - 1] + random.normal(0, step)
    return found


def _shocks(random: np.random.Generator, days: int, count: int) -> Floats:
    found = np.zeros((days, count))
    for segment in range(count):
        for _ in range(random.poisson(SHOCKS_A_YEAR * days / 365)):
            first, length = int(random.integers(0, days)), int(random.integers(2, 15))
            found[first : first + length, segment] += random.choice((-1, 1)) * random.uniform(0.05, 0.25)
    return found


def _drawn(random: np.random.Generator, name: str, level: Floats, is_rate: bool) -> Series:
    """Counted people, with the chance that is in counting them."""
    size = float(np.exp(random.uniform(np.log(40), np.log(2000))))
    if not is_rate:
        return Series(name, random.poisson(size * np.exp(level)).astype(float))
    rate = random.uniform(0.015, 0.05)
    visitors = random.poisson(size / rate * np.exp(random.normal(0, 0.1, len(level)))).astype(float)
    return Series(name, random.poisson(visitors * rate * np.exp(level)).astype(float), visitors)


def _promote(random: np.random.Generator, clean: np.ndarray) -> None:
    """Some spans that are not compared, as promotions and holidays are."""
    for _ in range(int(random.integers(0, 4))):
        first = int(random.integers(0, max(1, len(clean) - 60)))
        clean[first : first + int(random.integers(5, 20))] = False
