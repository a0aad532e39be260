"""Everything that a review is written from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.assistant.types import Asker
from bot.reviews.review import ReviewRequest, Unit
from bot.tactics.ledger.entry import Entry
from knowledge.documents import Audience
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.calendar import Calendar, Event
from metrics.diagnosis.explanation import Explanation
from metrics.forecast.expected import Forecast
from metrics.model import SemanticModel
from metrics.query import KpiQuery, KpiResult, Period, Scope


class Numbers(Protocol):
    """The part of the analyst that is used here."""

    @property
    def model(self) -> SemanticModel:
        """What the numbers mean."""
        ...

    @property
    def calendar(self) -> Calendar:
        """Promotions and holidays."""
        ...

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """One answered query; raises MetricsError."""
        ...


@dataclass(frozen=True)
class Assignment:
    """Who wants which review when, and what may be shown in it."""

    request: ReviewRequest
    asker: Asker
    now: datetime  # aware, in the shop's zone
    scope: Scope  # the categories it is limited to, {} for the whole shop
    audience: Audience  # of the metrics that may be shown

    @property
    def unit(self) -> Unit:
        return self.request.unit

    @property
    def period(self) -> Period:
        return self.request.period


@dataclass(frozen=True)
class EventFacts:
    """One promotion or holiday and its figures."""

    event: Event
    result: KpiResult  # compared with the same one a year ago
    days_within: int  # how many of its days lie in the period of the review
    days: int  # how many it has in all


@dataclass(frozen=True)
class Incident:
    """Something unusual, and for the worst what it was made of."""

    anomaly: Anomaly
    explanation: Explanation | None = None


@dataclass(frozen=True)
class Ahead:
    """What the data say of the time after the period."""

    month: KpiResult | None = None  # the running month so far, against its target
    forecast: Forecast | None = None  # of that month
    events: tuple[tuple[Event, Period, KpiResult | None], ...] = ()  # with last year's figures where there are some


@dataclass(frozen=True)
class ReviewFacts:
    """The figures of one review."""

    assignment: Assignment
    headline: KpiResult
    lead: str  # the metric that parts are ranked by, GMV where there is one
    course: KpiResult | None = None
    groups: Mapping[str, KpiResult] = field(default_factory=dict)  # dimension → its values' figures
    uncut: Mapping[str, str] = field(default_factory=dict)  # dimension → why it has none, as a code
    months: tuple[KpiResult, ...] = ()  # of a quarter or year, each against its target
    events: tuple[EventFacts, ...] = ()
    explanation: Explanation | None = None  # of the leading metric's change
    incidents: tuple[Incident, ...] = ()
    scan: Scan | None = None  # None: nothing could be judged
    entries: tuple[Entry, ...] = ()  # of the ledger, newest first
    ahead: Ahead = Ahead()

    @property
    def results(self) -> tuple[KpiResult, ...]:
        """Every figure, in the order of the sections."""
        course = (self.course,) if self.course else ()
        month = (self.ahead.month,) if self.ahead.month else ()
        past = tuple(result for _, _, result in self.ahead.events if result is not None)
        return (
            self.headline,
            *course,
            *self.months,
            *self.groups.values(),
            *(item.result for item in self.events),
            *month,
            *past,
        )
