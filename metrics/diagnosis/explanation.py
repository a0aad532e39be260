"""What a diagnosis comes to: the change, the parts that add up to it, its causes and what was looked at beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from metrics.query import Change, Figure, KpiQuery, KpiResult, Period, Scope, Unit

PartKind = Literal["driver", "segment", "rate", "mix", "volume", "overlap", "new", "vanished", "rest"]
# What a cause is: a driver that moved in a cut, or a cut whose weight in the whole moved.
CauseKind = Literal["driver", "mix"]
EventCode = Literal["promotion", "stock_out", "watched_move", "missing_data", "driver_target"]


@dataclass(frozen=True)
class Part:
    """One share of a change; parts of the same list add up to it."""

    id: str  # "driver:visitors", "segment:channel=直播", "mix:channel"
    kind: PartKind
    metric: str  # catalogue id of what moved, "" where it is no metric (overlap, rest)
    scope: Scope  # where, the asked filters included
    contribution: float  # in the unit of the explanation
    share: float | None  # of the change; None where that is 0
    before: float | None = None  # the metric there, on both sides; None where there was none
    now: float | None = None
    inside: tuple[Part, ...] = ()  # what it is made of; adds up to `contribution`


@dataclass(frozen=True)
class Normal:
    """How far like periods of the past moved."""

    within: bool | None  # None: the past says nothing, or the two periods are not alike
    low: float | None  # the range to be expected now, from the baseline and the moves of the past
    high: float | None
    periods: int  # moves of the past that this rests on
    reason: str = ""  # why `within` is None: "unlike_events", "little_history", "no_history"


@dataclass(frozen=True)
class Cause:
    """A driver and a cut that moved by themselves, and what that did to the whole."""

    id: str
    kind: CauseKind
    metric: str  # what moved
    scope: Scope  # where, the asked filters included
    cut: Scope  # where within what was asked; empty: everywhere
    contribution: float
    share: float | None
    current: Figure  # of `metric` at `scope`
    baseline: Figure
    surprise: float  # in noise units: how far it left the others
    normal: Normal | None = None
    since: date | None = None  # the day from which it left its range
    inside: tuple[Part, ...] = ()  # for a ratio: what its numerator and denominator added at this cut


@dataclass(frozen=True)
class Event:
    """Something that happened at the same time; no proof of anything."""

    code: EventCode
    metric: str = ""  # of a watched metric that moved
    scope: Scope = field(default_factory=dict)
    current: Figure | None = None
    baseline: Figure | None = None
    data: Mapping[str, str] = field(default_factory=dict)  # "events" of a promotion as in the notice


@dataclass(frozen=True)
class Explanation:
    """Why a figure moved, as far as the numbers can say."""

    query: KpiQuery  # what was explained: one metric, its scope, the period and the comparison
    metric: str
    unit: Unit
    change: Change | None  # None: nothing to hold the figure against, see the notices of `result`
    total: float  # the change itself; 0.0 without one
    residual: float  # total − the sum of its drivers (or of the first list of segments)
    drivers: tuple[Part, ...] = ()
    segments: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)  # dimension → parts that add up
    effects: tuple[Part, ...] = ()  # of an amount over its smallest cells: volume, mix, rates; add up
    causes: tuple[Cause, ...] = ()  # the few that explain most, largest first
    reversed_by: tuple[str, ...] = ()  # dimensions whose every segment moved against the whole
    money: Part | None = None  # what a rate's move cost or brought, in money
    normal: Normal = Normal(None, None, None, 0, "no_history")
    events: tuple[Event, ...] = ()
    unmoved: tuple[str, ...] = ()  # drivers and watched metrics that hardly moved
    not_found: tuple[str, ...] = ()  # codes of what was looked for: "stock_out", "promotion", metric ids
    hidden: tuple[str, ...] = ()  # metrics that the audience may not see and that would be part of it
    due: float = 1.0  # against a target: the part of it that is due by now; `total` is the gap to that part
    result: KpiResult | None = None  # the figures of the whole on both sides, with their notices
    period: Period | None = None  # the days compared, where they are fewer than asked

    @property
    def is_explained(self) -> bool:
        """Whether there is a change to speak of."""
        return self.change is not None and self.change.absolute is not None

    @property
    def since(self) -> date | None:
        """The day from which the leading cause left its range."""
        return self.causes[0].since if self.causes else None
