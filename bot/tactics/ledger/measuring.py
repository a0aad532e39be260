"""What the ledger reads from the numbers: where a metric stands, what stands against measuring, and the effect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.tactics.gaps import Run
from bot.tactics.ledger.entry import Baseline, Entry
from knowledge.documents import Audience
from metrics.calendar import Calendar
from metrics.effects.effect import Effect, Overlap, Reason, Trial
from metrics.effects.measure import GUARDS, Effects
from metrics.errors import MetricsError
from metrics.model import SemanticModel
from metrics.query import KpiQuery, Period, Scope

BASELINE_DAYS = 28
TOO_LITTLE = ("too_small", "zero_denominator")  # a quiet day, of which the data are there


@dataclass(frozen=True)
class Measuring:
    """Blocking; to be called in threads."""

    run: Run
    model: SemanticModel
    calendar: Calendar

    def baseline(self, metric: str, scope: Scope, start: date, now: datetime) -> Baseline | None:
        """The metric over the last 28 whole days before the start; None when the data do not say."""
        last = min(start, now.date()) - timedelta(days=1)
        period = Period(last - timedelta(days=BASELINE_DAYS - 1), last, "days")
        try:
            figure = self.run(KpiQuery((metric,), period, scope), now).figure()
        except (MetricsError, KeyError):
            return None  # an entry stands without it
        if figure.value is None:
            return None
        return Baseline(figure.value, figure.unit, figure.period.start, figure.period.end)

    def reaches(self, entry: Entry, now: datetime) -> bool:
        """Whether the data hold the whole last day before the review, or will never say anything by the day."""
        if self.hindrance(entry.metric, entry.scope, entry.start, entry.review):
            return True
        query = KpiQuery((entry.metric,), Period(entry.last_day, entry.last_day, "day"), entry.scope)
        try:
            figure = self.run(query, now).figure()
        except (MetricsError, KeyError):
            return False
        is_held = figure.value is not None or figure.absence in TOO_LITTLE
        return is_held and figure.period.complete and figure.period.end == entry.last_day

    def hindrance(self, metric: str, scope: Scope, start: date, review: date) -> Reason:
        """What will keep this from being measured, as far as can be said before; "" when nothing does."""
        trial = Trial(metric, scope, start, review - timedelta(days=1))
        return Effects(self.run, self.model, self.calendar).hindrance(trial)

    def measure(self, entry: Entry, others: Sequence[Overlap], now: datetime) -> Effect:
        """The effect from the start to the day before the review, or to yesterday. Raises SourceError."""
        last = min(entry.last_day, now.date() - timedelta(days=1))
        trial = Trial(entry.metric, entry.scope, entry.start, last, tuple(others))
        return self.effect(trial, entry.audience, now)

    def effect(self, trial: Trial, audience: Audience, now: datetime) -> Effect:
        """The same for any trial, with the guards that may be seen at that level."""
        metrics = self.model.metrics
        seen = [id for id in GUARDS if id in metrics and (audience == "manager" or metrics[id].audience == "everyone")]
        return Effects(self.run, self.model, self.calendar).measure(trial, now, seen)
