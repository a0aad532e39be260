"""What reading a text for time comes back with."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.query import Comparison, Grain, Period
from metrics.twins import Unit


@dataclass(frozen=True)
class Words:
    """A stretch of the text given."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class PeriodMatch:
    """A period that the text names; offsets are those of the text given."""

    period: Period
    start: int
    end: int
    text: str
    future: bool = False  # begins after today: there can be no data, and forecasts are not offered
    implied: bool = False  # not named, but meant by a lone comparison (比上周 → this week so far); has no width


@dataclass(frozen=True)
class CompareMatch:
    """A comparison that the text asks for."""

    kind: Comparison
    against: Period | None  # an explicit baseline that is not the natural twin
    start: int
    end: int
    text: str
    named: Period | None = None  # the baseline as the text names it, natural or not
    unit: Unit | None = None  # the same part of the unit before is meant: 上月同期, wow


@dataclass(frozen=True)
class Reading:
    """Everything about time that one text says."""

    periods: tuple[PeriodMatch, ...] = ()  # in order of appearance, baselines left out
    compares: tuple[CompareMatch, ...] = ()
    grain: Grain | None = None  # the step of a series
    grain_span: Words | None = None
    unread: tuple[Words, ...] = ()  # words about time without certain dates: to be asked back, never guessed
