"""Daily measures of the sample shop straight from its plan, without building the shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt

from metrics import catalog
from metrics.anomalies.eventdays import event_days
from metrics.anomalies.lineage import without_repeats
from metrics.anomalies.readings import Panel, days_of
from metrics.anomalies.runs import Stretch, stretches
from metrics.anomalies.scan import series_of
from metrics.anomalies.series import Series
from metrics.calendar import Calendar
from metrics.demo.market import CATEGORIES, CHANNELS, REGIONS, order_value_at_rest
from metrics.demo.plan import ShopPlan, day_plan

NAMES = {"category": CATEGORIES, "channel": CHANNELS, "region": REGIONS}
CUTS = ((), ("category",), ("channel",), ("region",), ("category", "channel"), ("category", "region"))
METRICS = ("visitors", "conversion_rate", "gmv")
# The last months, and the autumn of the year before, as a scan reads them.
STRETCHES = ((date(2025, 9, 26), date(2025, 11, 30)), (date(2026, 8, 10), date(2026, 11, 21)))
DAYS = days_of(STRETCHES)

Floats = npt.NDArray[np.float64]


@cache
def measures(anchor: date) -> Mapping[str, Floats]:
    """By (category, channel, region, day); orders stand for buyers, and every order has the usual value."""
    drawn = [day_plan(ShopPlan(11, anchor, DAYS[0], 1.0), day) for day in DAYS]
    orders = np.stack([day.orders.astype(float) for day in drawn], axis=3)
    visitors = np.stack([day.visitors_by_hour.sum(axis=3).astype(float) for day in drawn], axis=3)
    return {"visitors": visitors, "buyers": orders, "gmv": orders * order_value_at_rest()[:, :, None, None]}


@cache
def judged(anchor: date) -> tuple[Series, ...]:
    """Every cut of the shop as a scan judges it."""
    model = catalog.load()
    places = event_days(Calendar.load(), DAYS[0], DAYS[-1])
    wanted = [model.metrics[id] for id in METRICS]
    found: dict[tuple[str, ...], dict[str, Series]] = {}
    for by in CUTS:
        axes = tuple(axis for axis, name in enumerate(NAMES) if name not in by)
        summed = {id: held.sum(axis=axes).reshape(-1, len(DAYS)) for id, held in measures(anchor).items()}
        keys: list[tuple[str, ...]] = [()]
        for name in by:
            keys = [(*key, value) for key in keys for value in NAMES[name]]
        found[by] = series_of(
            wanted, Panel(by, tuple(keys), DAYS, summed), found[by[:-1]] if by else None, places, model
        )
    return tuple(one for held in found.values() for one in held.values())


def unusual(anchor: date, first: date, last: date) -> tuple[Stretch, ...]:
    """What a scan of those days says."""
    model = catalog.load()
    found = [stretch for one in judged(anchor) for stretch in stretches(one, model, first, last)]
    return without_repeats(found, model)
