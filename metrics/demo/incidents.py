"""What goes wrong (and once right) in the sample shop, on days counted from the day it was first built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import numpy as np

from metrics.demo.market import CATEGORIES, CELLS, CHANNELS, REGIONS, Floats

Lever = Literal["visitors", "conversion", "spend", "refund", "same_day", "stock"]

RUNS_ON_DAYS = 6  # an incident that is still open on the anchor day lasts this many days more


@dataclass(frozen=True)
class Incident:
    """One planted cause: a lever that is moved for one cut of the shop on certain days."""

    id: str
    lever: Lever
    factor: float  # the lever against its normal level, once fully reached
    first: date
    last: date
    category: str | None = None  # None: all
    channel: str | None = None
    region: str | None = None
    ramp_days: int = 0  # days over which the factor builds up from 1

    def on(self, day: date) -> float:
        """The factor in force on `day`; 1.0 outside its days."""
        if not self.first <= day <= self.last:
            return 1.0
        reached = min(1.0, ((day - self.first).days + 1) / (self.ramp_days + 1))
        return 1 + (self.factor - 1) * reached


def week_before(anchor: date, weeks: int = 1) -> date:
    """Monday of the last whole week before the anchor day's week, or of an earlier one."""
    return anchor - timedelta(days=anchor.weekday() + 7 * weeks)


@lru_cache(maxsize=4)
def planted(anchor: date) -> tuple[Incident, ...]:
    """Every incident of a shop that was first built on `anchor`."""
    last_week, week_before_last = week_before(anchor), week_before(anchor, 2)
    still_open = anchor + timedelta(days=RUNS_ON_DAYS)
    members_day = last_week + timedelta(days=4)
    empty_from, empty_to = week_before_last + timedelta(days=1), week_before_last + timedelta(days=6)

    def ago(days: int) -> date:
        return anchor - timedelta(days=days)

    return (
        Incident("baby_live_conversion", "conversion", 0.67, last_week, still_open, "母婴", "直播"),
        Incident("short_video_spend", "spend", 1.60, ago(14), still_open, channel="短视频"),
        Incident("fashion_live_quality", "refund", 1.70, ago(21), still_open, "服饰", "直播", ramp_days=10),
        Incident("south_late_parcels", "same_day", 0.60, ago(10), still_open, "3C", region="华南"),
        Incident("appliance_stock_out", "stock", 0.01, empty_from, empty_to, "家电", region="西南"),
        Incident("appliance_stock_out", "conversion", 0.08, empty_from, empty_to, "家电", region="西南"),
        Incident("fashion_members_day", "visitors", 2.20, members_day, members_day, "服饰", "私域"),
        Incident("fashion_members_day", "conversion", 1.60, members_day, members_day, "服饰", "私域"),
    )


@lru_cache(maxsize=128)
def factors(anchor: date, day: date, lever: Lever) -> Floats:
    """What the incidents do to a lever on a day, by cell."""
    result = np.ones(CELLS)
    for incident in planted(anchor):
        if incident.lever == lever and incident.first <= day <= incident.last:
            result[_cells(incident)] *= incident.on(day)
    result.flags.writeable = False  # shared by every caller of the day
    return result


def _cells(incident: Incident) -> tuple[int | slice, int | slice, int | slice]:
    def place(names: tuple[str, ...], name: str | None) -> int | slice:
        return slice(None) if name is None else names.index(name)

    return (
        place(CATEGORIES, incident.category),
        place(CHANNELS, incident.channel),
        place(REGIONS, incident.region),
    )


def promotion_in_visitors_only(anchor: date, day: date) -> Floats:
    """By category 1.0 where a promotion may lift conversion, 0.0 where it only brings visitors.

    A fall in conversion must be seen whatever the day of the first build: where a promotion would end or begin next
    to the incident, its own swing in conversion would be larger than what is planted.
    """
    result = np.ones(len(CATEGORIES))
    for incident in planted(anchor):
        near = incident.first - timedelta(days=7) <= day <= incident.last
        if incident.id == "baby_live_conversion" and near and incident.category is not None:
            result[CATEGORIES.index(incident.category)] = 0.0
    return result
