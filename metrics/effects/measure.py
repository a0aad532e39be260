"""Measures one tactic: the effect on its metric, what else may have moved it, and what it did to the guards."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np

from metrics.calendar import Calendar
from metrics.effects.confounders import confounders_of
from metrics.effects.effect import Confounder, Effect, Guard, Interval, Reason, Trial, Verdict
from metrics.effects.events import EventSpan, event_spans
from metrics.effects.panel import Indexed, Panel
from metrics.effects.placebo import Estimate, estimate
from metrics.effects.reading import HISTORY_DAYS, Read, Run, is_dense, read_panel
from metrics.errors import QueryError
from metrics.model import Metric, SemanticModel

BEFORE_DAYS = 28  # comparable days held against those after the start; longer ones measured no better
LEAST_BEFORE, LEAST_AFTER = 14, 5
# What a tactic may do harm to while its own metric rises.
GUARDS = ("refund_rate", "satisfaction", "conversion_rate", "aov", "ad_spend")
# Five guards at 90 % each would raise an alarm in a fifth of all measurements; at this width in one of twenty.
GUARD_WIDTH = 1.41  # 2.33 / 1.645: one in a hundred instead of one in twenty on the bad side
# A percent more of one of these is a percent more GMV, everything else equal.
FACTORS_OF_GMV = frozenset({"gmv", "orders", "buyers", "visitors", "conversion_rate", "aov", "order_value"})
MONEY = "gmv"


class Effects:
    """Measures tactics on one shop's data."""

    def __init__(self, run: Run, model: SemanticModel, calendar: Calendar) -> None:
        self._run = run
        self._model = model
        self._calendar = calendar

    def measure(self, trial: Trial, now: datetime, guards: Iterable[str] = GUARDS) -> Effect:
        """The effect of `trial` as of `now`. Raises SourceError when the data cannot be read now.

        What cannot be measured is a verdict with its reason, never an exception.
        """
        events = event_spans(self._calendar, trial.start - timedelta(HISTORY_DAYS), trial.end)
        reason = self.hindrance(trial)
        if reason:
            return Effect(trial, "not_attributable", reason, confounders=self._named(trial, None, events, now))
        try:
            read = read_panel(self._run, self._model, trial, _unsettled(events), now)
        except QueryError:
            return Effect(trial, "not_attributable", "not_available")
        found = self._judged(trial, read)
        found = replace(found, confounders=self._named(trial, read, events, now))
        if read is None or found.interval is None:
            return found
        money = self._money(trial, read, found.interval, now)
        unit = self._model.metrics[MONEY].unit if money is not None else None
        return replace(found, money=money, money_unit=unit, guards=self._guards(trial, guards, events, now))

    def hindrance(self, trial: Trial) -> Reason:
        """What forbids a measurement before any figure is read; "" when nothing does."""
        metric = self._model.metrics.get(trial.metric)
        if metric is None:
            return "not_available"
        if metric.minimum_days > 1:
            return "needs_longer_periods"
        if not trial.scope:
            return "no_untouched_segments"
        events = event_spans(self._calendar, trial.start, trial.start)
        started_in = [span for span in events if span.kind == "campaign" and span.start <= trial.start <= span.end]
        return "start_in_promotion" if started_in else ""

    def _judged(self, trial: Trial, read: Read | None) -> Effect:
        """The estimate with its verdict."""
        if read is None:
            return Effect(trial, "not_attributable", "no_untouched_segments")
        panel = read.panel
        before = min(BEFORE_DAYS, panel.clean_before)
        sides = Effect(
            trial,
            "not_attributable",
            dimension=read.dimension,
            controls=tuple(series.name for series in panel.controls),
            days_before=before,
            days_after=panel.clean_after,
        )
        if panel.clean_after < LEAST_AFTER:
            return replace(sides, reason="few_comparable_days")
        if panel.clean_before < LEAST_BEFORE + panel.clean_after:
            return replace(sides, reason="short_history")
        interval = interval_of(panel)
        if interval is None:
            return replace(sides, reason="too_few_figures" if not is_dense(panel.treated) else "short_history")
        return replace(sides, verdict=verdict_of(interval, self._model.metrics[trial.metric]), interval=interval)

    def _guards(
        self, trial: Trial, guards: Iterable[str], events: tuple[EventSpan, ...], now: datetime
    ) -> tuple[Guard, ...]:
        found = []
        for id in guards:
            if id == trial.metric or id not in self._model.metrics:
                continue
            other = self._judged_guard(replace(trial, metric=id), events, now)
            if other is not None:
                wider = widened(other, GUARD_WIDTH)
                found.append(Guard(id, wider, verdict_of(wider, self._model.metrics[id]) == "harmful"))
        return tuple(found)

    def _judged_guard(self, trial: Trial, events: tuple[EventSpan, ...], now: datetime) -> Interval | None:
        try:
            return self._judged(trial, read_panel(self._run, self._model, trial, _unsettled(events), now)).interval
        except QueryError:
            return None  # the shop does not measure it at this cut; nothing is claimed of it

    def _named(
        self, trial: Trial, read: Read | None, events: tuple[EventSpan, ...], now: datetime
    ) -> tuple[Confounder, ...]:
        return confounders_of(trial, read, events, self._run, self._model, now)

    def _money(self, trial: Trial, read: Read, interval: Interval, now: datetime) -> float | None:
        """GMV of the compared days that would not have come without the effect."""
        if trial.metric not in FACTORS_OF_GMV or MONEY not in self._model.metrics:
            return None
        try:
            sold = read_panel(self._run, self._model, replace(trial, metric=MONEY), frozenset(), now)
        except QueryError:
            return None
        if sold is None:
            return None
        clean = {day for day, is_clean in zip(read.panel.days, read.panel.clean, strict=True) if is_clean}
        compared = np.array([day >= trial.start and day in clean for day in sold.panel.days])
        total = float(sold.panel.treated.numerator[compared].sum())
        return total * (1 - 1 / (1 + interval.effect))


def interval_of(panel: Panel) -> Interval | None:
    """The relative effect of the panel's tactic; None when the days or the figures are too few."""
    after = panel.clean_after
    before = min(BEFORE_DAYS, panel.clean_before)
    if after < 1 or not is_dense(panel.treated):
        return None
    found = estimate(Indexed.of(panel).changes(before, after), after)
    return None if found is None else _relative(found)


def widened(interval: Interval, factor: float) -> Interval:
    """The same effect with an interval so many times as wide, on the log scale."""
    effect, low, high = (math.log1p(value) for value in (interval.effect, interval.low, interval.high))
    bounds = (effect + factor * (low - effect), effect + factor * (high - effect))
    return Interval(interval.effect, math.expm1(bounds[0]), math.expm1(bounds[1]), interval.detectable)


def verdict_of(interval: Interval, metric: Metric) -> Verdict:
    """Effective or harmful only when the whole interval lies on one side of zero."""
    if interval.side == 0:
        return "cannot_tell"
    return "effective" if (interval.side > 0) == metric.higher_is_better else "harmful"


def _relative(found: Estimate) -> Interval:
    return Interval(*(math.expm1(value) for value in (found.effect, found.low, found.high, found.detectable)))


def _unsettled(events: tuple[EventSpan, ...]) -> frozenset[date]:
    return frozenset(
        span.from_day + timedelta(n) for span in events for n in range((span.to_day - span.from_day).days + 1)
    )
