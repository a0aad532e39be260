"""What an unusual stretch of days is, and what a scan comes back with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from metrics.query import Figure, Period, Scope


@dataclass(frozen=True)
class Anomaly:
    """One metric of one cut that stood outside its expected range, from its first such day on."""

    metric: str  # catalogue id
    scope: Scope
    figure: Figure  # the exact value over `span`
    span: Period  # the unusual days, from the first to the last one judged
    started: date  # first day of the run; also before the days that were asked for
    expected: float  # what `span` should have brought, in the metric's unit
    low: float  # of the range that it would have stayed in
    high: float
    direction: Literal[-1, 1]  # by value
    is_bad: bool  # in the metric's own sense
    money: float | None  # signed, in the shop's currency: below 0 was lost or overspent; None: not in money
    score: float  # how many spreads off, by magnitude
    is_running: bool  # whether the last day judged belongs to it
    hours: tuple[int, int] | None = None  # of today: the hours compared, from and up to but without

    @property
    def value(self) -> float:
        """What `span` brought, in the metric's unit."""
        return self.figure.value or 0.0

    @property
    def relative(self) -> float:
        """How far off, as a fraction of what was expected."""
        return (self.value - self.expected) / abs(self.expected) if self.expected else 0.0


@dataclass(frozen=True)
class Scan:
    """The unusual of some days, worst first, and what could not be judged."""

    found: tuple[Anomaly, ...]
    more: int = 0  # unusual cuts beyond those listed
    series: int = 0  # how many were judged
    missing: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # table -> days without rows
    unjudged: tuple[date, ...] = ()  # days of a promotion or holiday that no earlier year tells of
