"""Parts and wholes: one cause is one line, and never none."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from metrics import catalog
from metrics.anomalies.eventdays import EventDays
from metrics.anomalies.lineage import without_repeats
from metrics.anomalies.readings import Panel
from metrics.anomalies.runs import stretches
from metrics.anomalies.scan import series_of
from metrics.anomalies.series import Series

START, DAYS = date(2026, 3, 1), 80
LAST = START + timedelta(days=DAYS - 1)
CHANNELS = ("直播", "货架", "私域")
USUAL = (1000.0, 6000.0, 500.0)  # visitors a day


def judged(factor: float, hit: tuple[str, ...]) -> list[Series]:
    """Visitors of a shop with three channels, some of them off by `factor` on the last five days."""
    model, chance = catalog.load(), np.random.default_rng(1)
    days = tuple(START + timedelta(days=number) for number in range(DAYS))
    rows = np.array([usual * np.exp(0.03 * chance.standard_normal(DAYS)) for usual in USUAL])
    for row, name in enumerate(CHANNELS):
        rows[row, -5:] *= factor if name in hit else 1.0
    metric = model.metrics["visitors"]
    whole = series_of(
        [metric], Panel((), ((),), days, {"visitors": rows.sum(axis=0)[None]}), None, EventDays({}), model
    )
    keys = tuple((name,) for name in CHANNELS)
    parts = series_of([metric], Panel(("channel",), keys, days, {"visitors": rows}), whole, EventDays({}), model)
    return [*whole.values(), *parts.values()]


def said(factor: float, hit: tuple[str, ...]) -> list[dict[str, str]]:
    model = catalog.load()
    first = LAST - timedelta(days=4)
    found = [one for series in judged(factor, hit) for one in stretches(series, model, first, LAST)]
    return [one.place for one in without_repeats(found, model)]


def test_a_large_channel_that_pulls_the_whole_down_is_named_itself() -> None:
    """6,000 of 7,500 visitors at 70 %: the whole is at 76 %, hardly less, and the channel must not be lost in it."""
    assert said(0.7, ("货架",)) == [{"channel": "货架"}]


def test_where_every_channel_is_down_alike_the_whole_is_named() -> None:
    assert said(0.7, CHANNELS) == [{}]


def test_a_small_channel_is_named_where_the_whole_does_not_show_it() -> None:
    assert said(0.5, ("私域",)) == [{"channel": "私域"}]
