"""A watch rule: the bound on a figure that a chat wants to be told of, and when it counts as crossed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from metrics.query import Scope

BACK = 0.02  # of the bound: so far the figure must come back before the rule can fire again
COMPARED_DAYS = 7  # a relative rule compares with the same weekday


@dataclass(frozen=True)
class Watch:
    """One rule, as understood; checked once for each whole day."""

    metric: str  # catalogue id
    scope: Scope
    side: Literal["above", "below"]
    value: float  # in the metric's unit; of a relative rule the share by which it rose or fell, above 0
    is_relative: bool = False  # against the same weekday of the week before
    includes: bool = False  # the bound itself counts

    def measure(self, value: float | None, before: float | None) -> float | None:
        """What is held against the bound: the figure, or by which share it moved."""
        if not self.is_relative:
            return value
        if value is None or not before:
            return None
        moved = value / before - 1
        return -moved if self.side == "below" else moved

    def is_crossed(self, measured: float) -> bool:
        """Whether the bound is crossed."""
        if self.includes and measured == self.value:
            return True
        return measured > self.value if self._points_up else measured < self.value

    def is_back(self, measured: float) -> bool:
        """Whether the figure is clearly on the good side again: on the bound it would fire at every turn."""
        room = abs(self.value) * BACK
        return measured < self.value - room if self._points_up else measured > self.value + room

    def within(self, scope: Scope) -> Watch:
        """The same rule on the scope that the chat may see."""
        return replace(self, scope=dict(scope))

    @property
    def _points_up(self) -> bool:
        return self.side == "above" or self.is_relative


@dataclass(frozen=True)
class Trial:
    """What the rule would have done in the past."""

    days: int  # looked at
    fired: tuple[date, ...]  # first days of the times that it would have fired
    latest: float | None  # the newest whole day's figure
    latest_day: date | None
    is_open: bool  # whether it is crossed now


def tried(watch: Watch, days: Iterable[tuple[date, float | None, float | None]]) -> Trial:
    """The rule run over whole days in order: (day, figure, figure it is compared with)."""
    fired: list[date] = []
    count, is_open = 0, False
    latest: tuple[date, float] | None = None
    for day, value, before in days:
        measured = watch.measure(value, before)
        if measured is None:
            continue
        count += 1
        latest = (day, value) if value is not None else latest
        if not is_open and watch.is_crossed(measured):
            fired.append(day)
            is_open = True
        elif is_open and watch.is_back(measured):
            is_open = False
    day_of, figure = (latest[0], latest[1]) if latest else (None, None)
    return Trial(count, tuple(fired), figure, day_of, is_open)
