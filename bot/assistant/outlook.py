"""Gets the facts of where a period is heading and of what is unusual."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.assistant.types import Asker, Facts, Plan
from bot.assistant.views import whole
from bot.assistant.watch import COMPARED_DAYS, Trial, Watch, tried
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.calendar import Calendar
from metrics.errors import QueryError
from metrics.forecast.expected import Forecast, NotForecast
from metrics.model import Audience, SemanticModel
from metrics.query import Figure, KpiQuery, KpiResult, Period, Scope
from metrics.targets import Targets

MOST_LISTED = 5
MOST_KEPT = 24  # scans
KEPT_MINUTES = 10  # a late file shows after that
YEARS_BACK = 2


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

    @property
    def targets(self) -> Targets:
        """What was planned."""
        ...

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """One answered query; raises MetricsError."""
        ...

    def span(self, now: datetime) -> tuple[date, date] | None:
        """First and last day of data."""
        ...


@dataclass
class Outlook:
    """Forecasts and scans over one shop; scans are kept for some minutes."""

    numbers: Numbers
    _kept: OrderedDict[object, Scan] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def gather(self, plan: Plan, query: KpiQuery, asker: Asker, audience: Audience, now: datetime) -> Facts:
        """The facts of a plan with a view."""
        try:
            if plan.view == "anomalies":
                return self._unusual(query, asker, audience, now)
            if plan.view == "watch" and plan.watch is not None:
                result, trial = self.trial(replace(plan.watch, scope=query.where), query.period, now)
                return Facts(results=(result,), trial=trial)
            if query.period.kind == "campaign":
                return self._campaign(query, now)
            return self._heading(query, now)
        except QueryError as error:
            return Facts(refusal=error)

    def scan(
        self,
        period: Period,
        where: Scope,
        audience: Audience,
        now: datetime,
        metrics: tuple[str, ...] = (),
        most: int = MOST_LISTED,
    ) -> Scan:
        """The unusual of the whole days of `period`, and of today where it runs to now."""
        key = _key(period, where, audience, now, metrics, most)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = self._scanned(period, where, audience, now, metrics, most)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def forecast(self, metric: str, where: Scope, period: Period, now: datetime) -> Forecast | NotForecast:
        """The end of a running period."""
        from metrics.forecast.forecast import forecast  # numpy is loaded only where something is expected

        numbers = self.numbers
        ends = whole(period, numbers.calendar)
        return forecast(numbers.run, numbers.model, numbers.calendar, metric, where, ends, now, numbers.targets)

    def trial(self, watch: Watch, period: Period, now: datetime) -> tuple[KpiResult, Trial]:
        """What the rule would have done on the whole days of `period`."""
        longer = replace(period, start=period.start - timedelta(days=COMPARED_DAYS))
        result = self.numbers.run(KpiQuery((watch.metric,), longer, watch.scope, grain="day"), now)
        values = {
            figure.bucket.date(): figure.value for figure in result.figures if figure.bucket and _is_whole(figure)
        }
        days = sorted(day for day in values if day >= period.start)
        before = timedelta(days=COMPARED_DAYS)
        return result, tried(watch, ((day, values[day], values.get(day - before)) for day in days))

    def _scanned(
        self, period: Period, where: Scope, audience: Audience, now: datetime, metrics: tuple[str, ...], most: int
    ) -> Scan:
        from metrics.anomalies.scan import scan  # see above
        from metrics.anomalies.today import scan_today

        numbers = self.numbers
        days = period if period.start < now.date() else _yesterday(now)
        past = scan(
            numbers.run, numbers.model, numbers.calendar, days, now,
            audience=audience, metrics=metrics, where=where, most=most,
        )  # fmt: skip
        if period.end < now.date():
            return past
        if period.start == now.date():  # what began earlier and goes on is wrong today, too
            past = replace(past, found=tuple(one for one in past.found if one.is_running))
        today = scan_today(
            numbers.run, numbers.model, numbers.calendar, now, where, audience=audience, metrics=metrics, most=most
        )
        new = tuple(one for one in today.found if not any(_is_same(one, other) for other in past.found))
        return replace(past, found=(*new, *past.found)[:most], series=max(past.series, today.series))

    def _unusual(self, query: KpiQuery, asker: Asker, audience: Audience, now: datetime) -> Facts:
        self.numbers.run(replace(query, metrics=query.metrics or ("gmv",), period=_yesterday(now)), now)  # or refused
        found = self.scan(query.period, query.where, audience, now, query.metrics)
        figures = tuple(one.figure for one in found.found)
        fresh = [figure.data_to for figure in figures if figure.data_to is not None]
        return Facts(results=(KpiResult(query, figures, (), min(fresh, default=None), (), ()),), scan=found)

    def _heading(self, query: KpiQuery, now: datetime) -> Facts:
        result = self.numbers.run(query, now)
        return Facts(results=(result,), forecast=self.forecast(query.metrics[0], query.where, query.period, now))

    def _campaign(self, query: KpiQuery, now: datetime) -> Facts:
        """The promotion so far beside the last comparable one, today beside its day, and by the hour."""
        run = self.numbers.run
        like = self._comparable(query.period, now)
        if like is None:
            result = run(replace(query, compare=()), now)
            return Facts(results=(result,), forecast=self.forecast(query.metrics[0], query.where, query.period, now))
        against, its_day = like
        result = run(replace(query, compare=("previous",), against=against), now)
        today = Period(now.date(), now.date(), "day", complete=False, until=now)
        same_day = replace(query, period=today, compare=("previous",), against=its_day)
        hours = replace(same_day, metrics=query.metrics[:1], grain="hour")
        results = [result, run(same_day, now), run(hours, now)]
        return Facts(results=tuple(results), forecast=self.forecast(query.metrics[0], query.where, query.period, now))

    def _comparable(self, period: Period, now: datetime) -> tuple[Period, Period] | None:
        """The same promotion a year ago, else the last one held: its span up to the same day, and that day."""
        calendar, span = self.numbers.calendar, self.numbers.span(now)
        if span is None or period.event is None:
            return None
        gone = (period.end - period.start).days
        own = [calendar.spans(period.event, now.year - years) for years in range(1, YEARS_BACK + 1)]
        current = calendar.nearest(period.event, period.end)
        others = [
            calendar.spans(event.id, year)
            for event in calendar.events
            if event.kind == "campaign" and event.weighs and event.id != period.event
            for year in (now.year, now.year - 1)
        ]
        for one in [*own, *sorted((o for o in others if o), key=lambda o: o.end, reverse=True)]:
            if one is None or current is None or one.end >= period.start or one.start < span[0]:
                continue
            is_main = now.date() == current.day
            day = one.day if is_main else min(one.start + timedelta(days=gone), one.end)
            return Period(one.start, day, "campaign", event=one.event), Period(day, day, "day")
        return None


def _is_whole(figure: Figure) -> bool:
    until = figure.period.until
    return until is None or (until.hour, until.minute) == (0, 0)


def _yesterday(now: datetime) -> Period:
    day = now.date() - timedelta(days=1)
    return Period(day, day, "day")


def _is_same(one: Anomaly, other: Anomaly) -> bool:
    return one.metric == other.metric and dict(one.scope) == dict(other.scope) and one.direction == other.direction


def _key(
    period: Period, where: Scope, audience: Audience, now: datetime, metrics: tuple[str, ...], most: int
) -> object:
    minute = now.replace(minute=now.minute - now.minute % KEPT_MINUTES, second=0, microsecond=0)
    return period.start, period.end, tuple(sorted(where.items())), audience, minute, metrics, most
