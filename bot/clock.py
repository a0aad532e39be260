"""Clocks: the real one, and one that stands still so that a question can be asked as of any moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

LAST_MINUTE = time(23, 59, 59)


@dataclass(frozen=True)
class SystemClock:
    """The machine's time in the shop's zone."""

    zone: ZoneInfo

    def now(self) -> datetime:
        """The present moment, aware."""
        return datetime.now(self.zone)


@dataclass(frozen=True)
class FixedClock:
    """Always the same moment."""

    moment: datetime  # aware

    @classmethod
    def end_of(cls, day: date, zone: ZoneInfo) -> Self:
        """The last second of a past or future day; the present moment when the day is today."""
        now = datetime.now(zone)
        return cls(now if day == now.date() else datetime.combine(day, LAST_MINUTE, tzinfo=zone))

    def now(self) -> datetime:
        """The fixed moment."""
        return self.moment
