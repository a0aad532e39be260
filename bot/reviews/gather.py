"""Reads the figures of a review; what the data do not hold is left out and named, never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from bot.assistant.gather import may_see
from bot.assistant.types import Asker
from bot.reviews.errors import ReviewError
from bot.reviews.facts import Ahead, Assignment, EventFacts, Incident, Numbers, ReviewFacts
from bot.reviews.judging import Judge
from bot.reviews.periods import comparisons, following, months_in
from bot.reviews.review import Unit
from bot.tactics.ledger.board import is_within
from bot.tactics.ledger.entry import Entry
from metrics.anomalies.anomaly import Anomaly, Scan
from metrics.calendar import Event, Occurrence
from metrics.checking import cuts_of
from metrics.diagnosis.diagnostician import Diagnostician
from metrics.diagnosis.explanation import Explanation
from metrics.errors import MetricsError, QueryError, SourceError
from metrics.forecast.expected import Forecast
from metrics.model import Metric
from metrics.query import Comparison, Grain, KpiQuery, KpiResult, Period, Scope
from metrics.twins import add_months

HEADLINE = (
    "gmv", "orders", "buyers", "new_buyers", "aov", "visitors", "conversion_rate", "refund_rate", "repurchase_rate",
    "ad_spend", "roi", "cac", "satisfaction", "same_day_rate", "stock_days",
)  # fmt: skip
OF_A_PART = ("gmv", "visitors", "conversion_rate", "aov", "refund_rate", "ad_spend", "roi")
OF_AN_EVENT = ("gmv", "orders", "visitors", "conversion_rate", "aov", "roi")
CUTS = ("category", "channel", "region")
GRAINS: dict[str, Grain] = {"week": "day", "month": "day", "quarter": "week", "year": "month"}
MOST_EVENTS, MOST_COMING = 24, 5  # promotions and holidays
LEAST_DAYS = 3  # of a holiday in a review of a quarter or year: single days are no news there
MOST_EXPLAINED = 4  # of what is unusual: each takes some queries
LATE_DAYS = 31  # after so many days the running month is no news of the period


class Ledger(Protocol):
    """The part of the ledger that is used here."""

    def seen_by(self, asker: Asker) -> tuple[Entry, ...]:
        """What may be shown where this asker reads, newest first."""
        ...


@dataclass(frozen=True)
class Gatherer:
    """Gathers the facts of one review."""

    numbers: Numbers
    ledger: Ledger
    judge: Judge

    def gather(self, assignment: Assignment) -> ReviewFacts:
        """Raises ReviewError when the period has no figure at all."""
        headline = self._headline(assignment)
        shown = [figure.metric for figure in headline.figures if figure.value is not None]
        if not shown:
            raise ReviewError("no_data", _days(assignment.period))
        lead = "gmv" if "gmv" in shown else shown[0]
        groups, uncut = self._groups(assignment, lead)
        scan = self.judge(self.numbers, assignment)
        return ReviewFacts(
            assignment,
            headline,
            lead,
            course=self._course(assignment, lead),
            groups=groups,
            uncut=uncut,
            months=self._months(assignment, lead),
            events=self._events(assignment, lead),
            explanation=self._explained(assignment, lead, headline),
            incidents=self._incidents(assignment, scan),
            scan=scan,
            entries=self._entries(assignment),
            ahead=self._ahead(assignment, lead),
        )

    def _headline(self, at: Assignment) -> KpiResult:
        query = KpiQuery(self._metrics(HEADLINE, at), at.period, at.scope, compare=comparisons(at.unit))
        try:
            return self.numbers.run(query, at.now)
        except QueryError as error:
            if error.code != "not_connected":
                raise
            raise ReviewError("no_data", _days(at.period)) from error
        except SourceError as error:
            raise ReviewError("unreadable", _days(at.period)) from error

    def _metrics(self, wanted: Iterable[str], at: Assignment, *cuts: str) -> tuple[str, ...]:
        """Those of them that exist, may be shown, can be cut that way and say something over so few days."""
        model = self.numbers.model
        known = [model.metrics[id] for id in wanted if id in model.metrics] or list(model.metrics.values())
        return tuple(metric.id for metric in known if self._fits(metric, at, (*at.scope, *cuts)))

    def _fits(self, metric: Metric, at: Assignment, cuts: Sequence[str]) -> bool:
        is_long_enough = at.period.days >= metric.minimum_days
        return is_long_enough and may_see(metric, at.audience) and set(cuts) <= set(cuts_of(metric, self.numbers.model))

    def _groups(self, at: Assignment, lead: str) -> tuple[dict[str, KpiResult], dict[str, str]]:
        """The figures of each dimension's values, and why a dimension has none."""
        found: dict[str, KpiResult] = {}
        lacking: dict[str, str] = {}
        for dimension in (id for id in CUTS if id in self.numbers.model.dimensions):
            if len(at.scope.get(dimension, ())) == 1:
                continue  # one value is the whole
            metrics = self._metrics((lead, *(id for id in OF_A_PART if id != lead)), at, dimension)
            if lead not in metrics:
                lacking[dimension] = "not_split"
                continue
            result = self._run(KpiQuery(metrics, at.period, at.scope, (dimension,), compare=comparisons(at.unit)), at)
            values = [item.value for item in result.figures if item.metric == lead] if result is not None else []
            if result is not None and any(value is not None for value in values):
                found[dimension] = result
            else:
                lacking[dimension] = "not_split"
        return found, lacking

    def _course(self, at: Assignment, lead: str) -> KpiResult | None:
        compare: tuple[Comparison, ...] = comparisons(at.unit)[:1]
        return self._run(KpiQuery((lead,), at.period, at.scope, grain=GRAINS[at.unit], compare=compare), at)

    def _months(self, at: Assignment, lead: str) -> tuple[KpiResult, ...]:
        """Each month of a longer period against its target; () where no month has one."""
        if at.unit not in ("quarter", "year"):
            return ()
        queries = [KpiQuery((lead,), month, at.scope, compare=("target",)) for month in months_in(at.period)]
        found = [result for query in queries if (result := self._run(query, at)) is not None]
        has_target = any(change.absolute is not None for result in found for change in result.changes)
        return tuple(found) if has_target else ()

    def _events(self, at: Assignment, lead: str) -> tuple[EventFacts, ...]:
        """Every promotion and holiday of the period: whole where it ended in it, else the days that lie in it."""
        metrics = self._metrics((lead, *(id for id in OF_AN_EVENT if id != lead)), at)
        found = []
        for event, held in self._occurrences(at.period):
            if not _is_telling(event, held, at.unit):
                continue
            start = held.start if held.end <= at.period.end else max(held.start, at.period.start)
            end = min(held.end, at.period.end)
            result = self._run(self._of_event(event, start, end, metrics, at), at)
            if result is not None and any(figure.value is not None for figure in result.figures):
                within = (end - max(held.start, at.period.start)).days + 1
                found.append(EventFacts(event, result, within, (held.end - held.start).days + 1))
        return tuple(found[-MOST_EVENTS:])

    def _of_event(self, event: Event, start: date, end: date, metrics: tuple[str, ...], at: Assignment) -> KpiQuery:
        runs = not at.period.complete and end == at.period.end
        until = at.period.until if runs else None
        period = Period(start, end, event.kind, complete=not runs, until=until, event=event.id)
        return KpiQuery(metrics, period, at.scope, compare=("year_ago",))

    def _occurrences(self, period: Period) -> list[tuple[Event, Occurrence]]:
        calendar = self.numbers.calendar
        years = range(period.start.year - 1, period.end.year + 2)
        held = [
            (event, found)
            for event in calendar.events
            if event.weighs
            for year in years
            if (found := calendar.spans(event.id, year)) is not None
            and found.start <= period.end
            and found.end >= period.start
        ]
        return sorted(held, key=lambda pair: (pair[1].start, pair[1].end))

    def _ahead(self, at: Assignment, lead: str) -> Ahead:
        coming = following(at.unit, at.period)
        events = []
        for event, held in self._occurrences(coming):
            if held.start < coming.start or held.start <= at.now.date() or not _is_telling(event, held, at.unit):
                continue
            period = Period(held.start, held.end, event.kind, event=event.id)
            events.append((event, period, self._a_year_before(event, held, lead, at)))
        month = self._running_month(at, lead)
        return Ahead(month, self._forecast(at, lead) if month is not None else None, tuple(events[:MOST_COMING]))

    def _forecast(self, at: Assignment, lead: str) -> Forecast | None:
        """Where the running month is heading; None where the data do not say."""
        from metrics.forecast.forecast import forecast  # late: numpy

        first = at.now.date().replace(day=1)
        month = Period(first, add_months(first, 1) - timedelta(days=1), "month")
        numbers = self.numbers
        try:
            found = forecast(numbers.run, numbers.model, numbers.calendar, lead, at.scope, month, at.now)
        except MetricsError:
            return None
        return found if isinstance(found, Forecast) else None

    def _explained(self, at: Assignment, lead: str, headline: KpiResult) -> Explanation | None:
        """Why the leading metric moved against the first comparison that it has; None without one."""
        held = [item for item in headline.changes if item.current.metric == lead and item.absolute is not None]
        kind = next((item.kind for item in held if item.kind != "target"), None)
        if kind is None:
            return None
        return self._explain(KpiQuery((lead,), at.period, at.scope, compare=(kind,)), at)

    def _explain(self, query: KpiQuery, at: Assignment) -> Explanation | None:
        try:
            found = self._diagnostician.explain(query, at.now, at.audience, at.scope.get("category", ()))
        except MetricsError:
            return None
        return found if found.is_explained else None

    @property
    def _diagnostician(self) -> Diagnostician:
        return Diagnostician(self.numbers.run, self.numbers.model, self.numbers.calendar)

    def _incidents(self, at: Assignment, found: Scan | None) -> tuple[Incident, ...]:
        held = found.found if found is not None else ()
        explained = [self._cause(item, at) for item in held[:MOST_EXPLAINED]]
        return tuple(
            Incident(item, explained[place] if place < len(explained) else None) for place, item in enumerate(held)
        )

    def _cause(self, item: Anomaly, at: Assignment) -> Explanation | None:
        return self._explain(KpiQuery((item.metric,), item.span, item.scope, compare=("previous",)), at)

    def _entries(self, at: Assignment) -> tuple[Entry, ...]:
        """Tactics whose days from start to review touch the period, within the review's categories."""
        categories = at.scope.get("category", ())
        return tuple(
            entry
            for entry in self.ledger.seen_by(at.asker)
            if entry.start <= at.period.end
            and entry.review >= at.period.start
            and entry.metric in self.numbers.model.metrics
            and is_within(entry.scope, categories)
        )

    def _running_month(self, at: Assignment, lead: str) -> KpiResult | None:
        """The month so far against its target, where it is not what the review is about."""
        today = at.now.date()
        first = today.replace(day=1)
        is_near = (today - at.period.end).days <= LATE_DAYS
        if not is_near or (at.unit == "month" and at.period.start == first):
            return None
        period = Period(first, today, "month", complete=False, until=at.now)
        result = self._run(KpiQuery((lead,), period, at.scope, compare=("target",)), at)
        has_target = result is not None and any(change.absolute is not None for change in result.changes)
        return result if has_target else None

    def _a_year_before(self, event: Event, held: Occurrence, lead: str, at: Assignment) -> KpiResult | None:
        past = self.numbers.calendar.spans(event.id, held.year - 1)
        if past is None:
            return None
        period = Period(past.start, past.end, event.kind, event=event.id)
        result = self._run(KpiQuery((lead,), period, at.scope), at)
        is_whole = result is not None and not result.notices and result.figures[0].value is not None
        return result if is_whole else None

    def _run(self, query: KpiQuery, at: Assignment) -> KpiResult | None:
        """The result; None where this shop cannot say it."""
        try:
            return self.numbers.run(query, at.now)
        except MetricsError:
            return None


def _is_telling(event: Event, held: Occurrence, unit: Unit) -> bool:
    """Whether it is long enough to stand in a review of that length."""
    return event.kind == "campaign" or unit in ("week", "month") or (held.end - held.start).days + 1 >= LEAST_DAYS


def scope_of(categories: Sequence[str]) -> Scope:
    """The filter for these categories."""
    return {"category": tuple(categories)} if categories else {}


def _days(period: Period) -> str:
    return f"{period.start} to {period.end}" if period.days > 1 else f"{period.start}"
