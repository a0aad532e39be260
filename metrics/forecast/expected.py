"""What a forecast comes back with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.query import Figure, Period, Scope

Reason = Literal["ratio", "not_additive", "too_short", "no_data", "too_small", "over", "too_far"]


@dataclass(frozen=True)
class NotForecast:
    """Why nothing is expected of this."""

    reason: Reason
    metric: str


@dataclass(frozen=True)
class ExpectedDay:
    """One day of the course of a period."""

    day: date
    total: float  # since the period began, by the end of that day
    low: float
    high: float
    is_past: bool


@dataclass(frozen=True)
class Forecast:
    """Where one metric of one scope is heading."""

    metric: str
    scope: Scope
    period: Period  # the whole period
    so_far: Figure
    expected: float  # of the whole period
    low: float  # 90 % interval
    high: float
    course: tuple[ExpectedDay, ...]
    target: float | None
    days_left: float  # of the period, the rest of today included
    recent_a_day: float | None  # mean of the last whole days
    unknown_events: tuple[str, ...]  # ids of those ahead of which no earlier year tells

    @property
    def needed_a_day(self) -> float | None:
        """What every day left must bring to reach the target; 0 where it is reached; None without one."""
        if self.target is None or self.days_left <= 0:
            return None
        return max(0.0, self.target - (self.so_far.value or 0.0)) / self.days_left
