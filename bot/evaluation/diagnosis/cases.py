"""Causes drawn at random: a lever, a cut and a size, in shops of several sizes and at all times of the year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bot.evaluation.diagnosis.shop import LEVERS, VALUES, Lever, Planted
from metrics.demo.market import CATEGORIES, CHANNELS, REGIONS, order_value_at_rest, orders_at_rest
from metrics.query import KpiQuery, Period

FIRST_DAY, DAYS = date(2025, 3, 3), 600  # a Monday; weeks asked about begin in these days
SCALES = (1.0, 3.0)  # of the sample shop, which sells for 3 million a day
CUTS = ((), ("category",), ("channel",), ("region",), ("category", "channel"), ("category", "region"))
LEAST_MONEY = 0.02  # of the shop: a smaller cut is nothing that a week's GMV could be explained by
QUESTION = {"refund_rate": "refund_rate", "ad_spend": "roi"}  # what is asked about; GMV for all other levers


@dataclass(frozen=True)
class Case:
    """One simulated shop and the question about it."""

    planted: Planted
    query: KpiQuery
    scale: float
    seed: int
    money: float  # the part of the shop that the cut is


def draw_cases(count: int, seed: int) -> Iterator[Case]:
    """The same cases for the same seed."""
    random = Random(seed)  # noqa: S311 — cases that can be drawn again, nothing secret
    for number in range(count):
        lever = LEVERS[number % len(LEVERS)]
        cut, money = _cut(random)
        monday = FIRST_DAY + timedelta(days=7 * random.randrange(DAYS // 7))
        period = Period(monday, monday + timedelta(days=6), "week")
        planted = Planted(lever, cut, _factor(random, lever, whole=not cut), monday)
        query = KpiQuery((QUESTION.get(lever, "gmv"),), period, compare=("previous",))
        yield Case(planted, query, random.choice(SCALES), random.randrange(2**31), money)


def _cut(random: Random) -> tuple[dict[str, str], float]:
    """A cut of one kind, by chance; drawn anew while it is too small to matter."""
    while True:
        cut = {name: random.choice(VALUES[name]) for name in random.choice(CUTS)}
        money = _money(cut)
        if money >= LEAST_MONEY:
            return cut, money


def _money(cut: dict[str, str]) -> float:
    cells = orders_at_rest() * order_value_at_rest()[:, :, None]
    lists = (CATEGORIES, CHANNELS, REGIONS)
    places = [
        [values.index(cut[name])] if name in cut else list(range(len(values)))
        for name, values in zip(VALUES, lists, strict=True)
    ]
    part = cells[places[0]][:, places[1]][:, :, places[2]]
    return float(part.sum() / cells.sum())


def _factor(random: Random, lever: Lever, *, whole: bool) -> float:
    """A fall or a rise; what moves a whole shop is smaller than what moves a corner of it."""
    size = random.uniform(0.12, 0.3) if whole else random.uniform(0.25, 0.6)
    rises = random.random() < (0.7 if lever in ("refund_rate", "ad_spend") else 0.4)
    return 1 + size * 1.4 if rises else 1 - size
