"""The figures that a diagnosis rests on, each read once: the whole, its cells, its days, what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from metrics.checking import cuts_of
from metrics.diagnosis.cells import Cells, cells_of, key_of
from metrics.diagnosis.chains import Chain, chains_of
from metrics.diagnosis.segments import Row
from metrics.errors import QueryError
from metrics.model import Audience, Metric, SemanticModel
from metrics.query import Change, Comparison, Figure, KpiQuery, KpiResult, Period, Scope

Run = Callable[[KpiQuery, datetime], KpiResult]
First = TypeVar("First")
Second = TypeVar("Second")

MOST_DIMENSIONS = 3  # of the cells: a fourth leaves too little in each
ROUNDING = timedelta(hours=2)  # by which one table may be behind another and still explain it
DAYS_OF_HISTORY = 112
LONGEST_HISTORY = 420
LIKE_PERIODS = 8  # that the history should hold


@dataclass(frozen=True)
class Side:
    """The figures of one cut on both sides of a change."""

    chain: Chain
    query: KpiQuery  # over the days that all of them cover
    result: KpiResult
    kind: Comparison

    @property
    def change(self) -> Change | None:
        """Of the metric itself."""
        return self.change_of(self.chain.metric.id)

    def change_of(self, metric: str) -> Change | None:
        """Of one of the metrics; None when it is not there."""
        return next(
            (item for item in self.result.changes if item.kind == self.kind and item.current.metric == metric), None
        )

    def row(self, model: SemanticModel) -> Row:
        """The measures of the chain before and now."""
        changes = [item for item in self.result.changes if item.kind == self.kind]
        return (
            self.chain.values((item.baseline for item in changes), model),
            self.chain.values((item.current for item in changes), model),
        )


def is_visible(metric: Metric, audience: Audience) -> bool:
    """Whether figures of the metric may be shown."""
    return metric.audience == "everyone" or audience == "manager"


def hidden_metrics(model: SemanticModel, audience: Audience) -> frozenset[str]:
    """The metrics that may not be shown."""
    return frozenset(id for id, metric in model.metrics.items() if not is_visible(metric, audience))


@dataclass(frozen=True)
class Figures:
    """Reads what a diagnosis needs through the one door that every figure comes from."""

    run: Run
    model: SemanticModel
    now: datetime
    hidden: Collection[str] = ()

    def side(self, query: KpiQuery, kind: Comparison, more: Sequence[str] = ()) -> Side:
        """The metric with the best chain that its sources allow, all over the same days."""
        metric = self.model.metrics[query.metrics[0]]
        tried: Side | None = None
        for chain in chains_of(metric, self.model, self.hidden):
            found = self._aligned(query, kind, chain, more)
            if found is not None and _is_whole(found, chain.asked(self.model)):
                return found
            tried = found or tried
        plain = Chain(metric, (metric.numerator,), (metric.id,))
        return tried or Side(plain, query, self._of(query, (metric.id,), kind), kind)

    def at(self, side: Side, scope: Scope) -> Side:
        """The same chain at another cut of the same days."""
        query = replace(side.query, where=scope)
        return replace(side, query=query, result=self._of(query, self.ids(side.chain), side.kind))

    def cells(self, side: Side) -> Cells | None:
        """The smallest cells; None where nothing can be cut."""
        dimensions = self.dimensions(side)[:MOST_DIMENSIONS]
        if not dimensions:
            return None
        able = (id for id in side.chain.counts(self.model) if self._can(id, (*dimensions, *side.query.where)))
        metrics = tuple(dict.fromkeys((*side.chain.asked(self.model), *able)))
        query = replace(side.query, by=dimensions, metrics=metrics, compare=(side.kind,))
        return cells_of(self.run(query, self.now), side.kind, side.chain, self.model)

    def _can(self, metric: str, cut: Sequence[str]) -> bool:
        return metric not in self.hidden and set(cut) <= set(cuts_of(self.model.metrics[metric], self.model))

    def rows(self, side: Side, dimension: str) -> dict[str, Row]:
        """The measures of each value of a dimension, counted there and not added up from cells."""
        query = replace(side.query, by=(dimension,), metrics=side.chain.asked(self.model), compare=(side.kind,))
        cells = cells_of(self.run(query, self.now), side.kind, side.chain, self.model)
        return {key[0]: (tuple(cells.before[n]), tuple(cells.now[n])) for n, key in enumerate(cells.keys)}

    def dimensions(self, side: Side) -> tuple[str, ...]:
        """What the chain can be cut by and is not yet."""
        metrics = [self.model.metrics[id] for id in side.chain.asked(self.model)]
        cuts = [set(cuts_of(metric, self.model)) for metric in metrics]
        missing = {notice.data.get("dimension") for notice in side.result.notices if notice.code == "not_split"}
        free = (id for id in self.model.dimensions if len(side.query.where.get(id, ())) != 1)
        return tuple(id for id in free if all(id in found for found in cuts) and id not in missing)

    def daily(self, metrics: tuple[str, ...], scope: Scope, current: Period, gap: int) -> tuple[Figure, ...]:
        """The days up to the end of the period, as far back as its past says something; () where it has no days."""
        step = 7 * -(-current.days // 7)
        back = min(LONGEST_HISTORY, max(DAYS_OF_HISTORY, LIKE_PERIODS * step + gap))
        period = replace(current, start=current.start - timedelta(days=back), kind="range", label="", event=None)
        query = KpiQuery(metrics, period, scope, grain="day")
        try:
            return self.run(query, self.now).figures
        except QueryError:
            return ()

    def beside(
        self, metrics: Sequence[str], query: KpiQuery, kind: Comparison, by: tuple[str, ...] = ()
    ) -> list[Change]:
        """The changes of other metrics over the same days, as far as they can be cut alike; [] of none."""
        wanted = [id for id in metrics if id in self.model.metrics and id not in self.hidden]
        cut = {*query.where, *by}
        able = tuple(id for id in wanted if cut <= set(cuts_of(self.model.metrics[id], self.model)))
        if not able:
            return []
        result = self.run(replace(query, metrics=able, by=by, compare=(kind,), top=None, grain=None), self.now)
        return [item for item in result.changes if item.kind == kind]

    def ids(self, chain: Chain) -> tuple[str, ...]:
        """The metric with all that its chain names."""
        first = (chain.factors[0],) if chain.factors[0] and not chain.is_ratio else ()
        return tuple(dict.fromkeys((chain.metric.id, *first, *chain.asked(self.model))))

    def _of(self, query: KpiQuery, metrics: tuple[str, ...], kind: Comparison) -> KpiResult:
        plain = replace(query, metrics=metrics, by=(), grain=None, top=None, compare=(kind,))
        return self.run(plain, self.now)

    def _aligned(self, query: KpiQuery, kind: Comparison, chain: Chain, more: Sequence[str]) -> Side | None:
        """All measures over the days, and hours, that every one of them covers; None where these are far fewer."""
        metrics = tuple(dict.fromkeys((*self.ids(chain), *more)))
        try:
            result = self._of(query, metrics, kind)
        except QueryError:
            if len(chain.measures) == 1 or chain.is_ratio:
                raise
            return None
        needed = set(self.ids(chain))
        periods = [item.period for item in result.figures if item.metric in needed and item.value is not None]
        shortest = min(periods, key=_end, default=query.period)
        if any(_end(period) - _end(shortest) > ROUNDING for period in periods):
            return None
        if all(_end(period) == _end(shortest) for period in periods):
            return Side(chain, query, result, kind)
        cut = replace(query, period=replace(shortest, label=query.period.label))
        return Side(chain, cut, self._of(cut, metrics, kind), kind)


def _end(period: Period) -> datetime:
    midnight = datetime.combine(period.end + timedelta(days=1), datetime.min.time())
    return min(midnight, period.until.replace(tzinfo=None)) if period.until is not None else midnight


def _is_whole(side: Side, needed: Sequence[str]) -> bool:
    """Whether every link of the chain has a figure on both sides."""
    changes = [side.change_of(id) for id in needed]
    return all(item is not None and _has_sides(item.current) and _has_sides(item.baseline) for item in changes)


def _has_sides(figure: Figure) -> bool:
    return figure.value is not None or figure.denominator is not None


def marginal(cells: Cells, dimension: str) -> Iterator[tuple[str, Row]]:
    """The measures of each value, added up from the cells: right for sums alone."""
    for value, places in cells.groups(dimension).items():
        yield value, (tuple(cells.before[places].sum(0)), tuple(cells.now[places].sum(0)))


def first_day_gap(change: Change) -> int:
    """Days between the two periods' first days."""
    gap: date = change.baseline.period.start
    return (change.current.period.start - gap).days


def by_key(changes: Sequence[Change], by: Sequence[str]) -> dict[tuple[str, ...], Change]:
    """The changes by their group."""
    return {key_of(item.current, by): item for item in changes}
