"""A checked KpiQuery → figures and changes: plan each metric, one SQL query for metrics with the same windows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from metrics import checking, targets
from metrics.calendar import Calendar
from metrics.comparability import mismatch
from metrics.comparisons import Baseline, change
from metrics.errors import QueryError, SourceError
from metrics.fetching import Fetcher
from metrics.figures import Keys, Maker, Rows
from metrics.model import Measure, SemanticModel
from metrics.planning import MetricPlan, Standpoint, plan
from metrics.query import UNKNOWN, Change, Comparison, Figure, Grain, KpiQuery, KpiResult, Notice, Scope
from metrics.sources.reading import Reading
from metrics.sources.shop import Shop, Snapshot
from metrics.sql import Cut
from metrics.targets import Targets
from metrics.windows import Window, count_of_buckets, window_of

MOST_BUCKETS = 1000  # of one series: more is no chart, and a list of hours over years would hold the machine
COARSER: dict[Grain, tuple[str, ...]] = {"hour": ("day", "week", "month"), "day": ("week", "month"), "week": ("month",)}


@dataclass(frozen=True)
class Engine:
    """Answers queries over one shop."""

    model: SemanticModel
    shop: Shop
    calendar: Calendar
    week_start: str

    def run(self, query: KpiQuery, now: datetime, goals: Targets) -> KpiResult:
        """The result as of `now` (naive local). Raises QueryError or SourceError (a lost file)."""
        checking.check(query, self.model, self._occurring)
        self._check_length(query)
        self.shop.follow()
        try:
            return self._answer(query, now, goals)
        except SourceError as error:
            if not self.shop.recovers(error):
                raise
        return self._answer(query, now, goals)

    def _answer(self, query: KpiQuery, now: datetime, goals: Targets) -> KpiResult:
        with self.shop.reading() as reading:
            return _Run(self, query, reading, self.shop.snapshot, goals, now).result()

    def _occurring(self, dimension: str) -> frozenset[str]:
        """Values of a dimension in the data of any table; asked for only when the catalogue lacks one."""
        snapshot = self.shop.snapshot
        found: set[str] = {UNKNOWN}
        for table in self.model.tables.values():
            if dimension not in table.dimensions or table.id not in snapshot.tables:
                continue
            if dimension not in snapshot.tables[table.id].missing:
                with suppress(SourceError), self.shop.reading() as reading:
                    found |= self.shop.values(reading, snapshot, table.id, dimension)
        return frozenset(found)

    def _check_length(self, query: KpiQuery) -> None:
        if query.grain is None:
            return
        count = count_of_buckets(window_of(query.period, self.shop.zone), query.grain)
        if count > MOST_BUCKETS:
            coarser = COARSER.get(query.grain, ())
            message = f"{count} steps of one {query.grain} are too many (at most {MOST_BUCKETS}); take a longer step"
            raise QueryError(message, code="too_many_steps", suggestions=coarser)


@dataclass
class _Answer:
    """One metric's figures with their changes, ready to be laid side by side."""

    plan: MetricPlan
    maker: Maker
    rows: Rows
    groups: tuple[Keys, ...]


class _Run:
    """One query on its way through; lives as long as its reading."""

    def __init__(
        self,
        engine: Engine,
        query: KpiQuery,
        reading: Reading,
        snapshot: Snapshot,
        goals: Targets,
        now: datetime,
    ) -> None:
        self._engine = engine
        self._model = engine.model
        self._query = query
        self._reading = reading
        self._snapshot = snapshot
        self._goals = goals
        self._now = now
        self._zone = engine.shop.zone
        self._fetcher = Fetcher(engine.model, snapshot, reading)

    def result(self) -> KpiResult:
        plans = self._plans()
        answers = self._fetched(plans)
        order = self._order(answers)
        figures: list[Figure] = []
        changes: list[Change] = []
        notices = [notice for held in plans for notice in held.notices]
        for answer in answers:
            for figure, twins in self._figures(answer, order):
                figures.append(figure)
                changes += [change(kind, figure, twin) for kind, twin in twins]
                if "target" in self._query.compare:
                    self._hold_against_target(figure, changes, notices)
        fresh = [held.data_to for held in plans if held.data_to is not None]
        notices += self._source_notices(plans)
        notices += self._event_notices(plans)
        return KpiResult(
            query=self._query,
            figures=tuple(figures),
            changes=tuple(changes),
            data_to=min(fresh, default=None),
            notices=_without_repeats(notices),
            sql=tuple(self._fetcher.sql),
        )

    def _event_notices(self, plans: list[MetricPlan]) -> list[Notice]:
        """Promotions and holidays that stand on one side of a comparison only."""
        pairs = {(twin.kind, held.period, twin.period) for held in plans for twin in held.baselines}
        found = (mismatch(*pair, self._engine.calendar) for pair in sorted(pairs, key=str))
        return [notice for notice in found if notice is not None]

    def _plans(self) -> list[MetricPlan]:
        metrics = [self._model.metrics[id] for id in dict.fromkeys(self._query.metrics)]
        tables = {table.id for metric in metrics for table in self._model.tables_of(metric)}
        missing = {id: state.missing for id, state in self._snapshot.tables.items()}
        covers = {id: self._engine.shop.cover(self._reading, self._snapshot, id, self._now) for id in tables}
        at = Standpoint(
            model=self._model,
            calendar=self._engine.calendar,
            zone=self._zone,
            week_start=self._engine.week_start,
            now=self._now,
            covers=covers,
            problems=self._snapshot.problems,
            missing=missing,
        )
        return [plan(metric, self._query, at) for metric in metrics]

    def _fetched(self, plans: Sequence[MetricPlan]) -> list[_Answer]:
        """Rows of every metric; metrics over the same windows share one query."""
        by_windows: dict[tuple[Window, ...], list[MetricPlan]] = {}
        for held in plans:
            by_windows.setdefault(_windows(held), []).append(held)
        rows = {windows: self._fetch(windows, sharing) for windows, sharing in by_windows.items() if windows}
        answers = []
        for held in plans:
            fetched = rows.get(_windows(held), Rows({}))
            groups = self._groups(held, fetched)
            answers.append(_Answer(held, Maker(held, self._query, self._zone, self._ever_seen), fetched, groups))
        return answers

    def _fetch(self, windows: tuple[Window, ...], plans: Sequence[MetricPlan]) -> Rows:
        measures: dict[str, Measure] = {}
        for held in plans:
            measures.update({measure.id: measure for measure in self._model.measures_of(held.metric)})
        cut = Cut(windows, self._query.where, self._query.by)
        return self._fetcher.fetch(list(measures.values()), cut)

    def _groups(self, held: MetricPlan, rows: Rows) -> tuple[Keys, ...]:
        """Groups with a row of this metric on either side, now or then, and every value that was asked for by name."""
        if not self._query.by:
            return ((),)
        ids = {measure.id for measure in self._model.measures_of(held.metric)}
        found = {keys: None for (_, keys), values in rows.cells.items() if ids & set(values)}
        if len(self._query.by) == 1:
            found.update({(value,): None for value in self._query.where.get(self._query.by[0], ())})
        return tuple(found)

    def _order(self, answers: Sequence[_Answer]) -> dict[Keys, int]:
        """Place of each group: by the first metric over the whole period, largest first; absent ones last."""
        if not self._query.by or not answers:
            return {(): 0}
        first = answers[0]
        values = (
            self._totals()
            if self._query.grain
            else {keys: figure.value for keys, figure in self._current(first, first.groups)}
        )
        groups = dict.fromkeys(keys for answer in answers for keys in answer.groups)
        sign = 1 if (self._query.top or 1) < 0 else -1
        catalogue = self._catalogue_places()

        def place(keys: Keys) -> tuple[bool, float, tuple[int, ...], Keys]:
            value = values.get(keys)
            own = tuple(
                catalogue.get((name, key), len(catalogue)) for name, key in zip(self._query.by, keys, strict=True)
            )
            return value is None, sign * (value or 0.0), own, keys

        ordered = sorted(groups, key=place)
        if self._query.top is not None:
            ordered = [keys for keys in ordered if values.get(keys) is not None][: abs(self._query.top)]
        return {keys: index for index, keys in enumerate(ordered)}

    def _catalogue_places(self) -> dict[tuple[str, str], int]:
        return {
            (name, value.id): index
            for name in self._query.by
            for index, value in enumerate(self._model.dimensions[name].values)
        }

    def _totals(self) -> dict[Keys, float | None]:
        """The first metric of each group over the whole period, to rank series by."""
        query = replace(self._query, grain=None, compare=(), against=None, top=None, metrics=self._query.metrics[:1])
        inner = _Run(self._engine, query, self._reading, self._snapshot, self._goals, self._now)
        figures = inner.result().figures
        self._fetcher.sql += inner._fetcher.sql
        # A metric that the sources lack has one absent figure, of no group.
        grouped = [figure for figure in figures if query.by and set(query.by) <= set(figure.scope)]
        return {tuple(figure.scope[name][0] for name in query.by): figure.value for figure in grouped}

    def _current(self, answer: _Answer, groups: Iterable[Keys]) -> Iterator[tuple[Keys, Figure]]:
        step = answer.plan.steps[0] if answer.plan.steps else None
        for keys in groups:
            if step is not None:
                values = answer.rows.values(0, keys)
                yield keys, answer.maker.figure(values, keys, answer.plan.period, step)

    def _figures(
        self, answer: _Answer, order: dict[Keys, int]
    ) -> Iterator[tuple[Figure, list[tuple[Comparison, Figure]]]]:
        """Each figure with the twins that it may be held against, in the order of the groups and of time."""
        held = answer.plan
        if not held.steps:
            yield answer.maker.absent(), []
            return
        for keys in sorted((keys for keys in answer.groups if keys in order), key=order.__getitem__):
            for index, step in enumerate(held.steps):
                figure = answer.maker.figure(answer.rows.values(index, keys), keys, held.period, step)
                yield figure, list(self._twins(answer, keys, index, step))

    def _twins(self, answer: _Answer, keys: Keys, index: int, step: Window) -> Iterator[tuple[Comparison, Figure]]:
        first_leg = len(answer.plan.steps)
        for baseline in answer.plan.baselines:
            if index < len(baseline.steps) and self._comparable(step, baseline.steps[index], baseline):
                values = answer.rows.values(first_leg + index, keys)
                yield baseline.kind, answer.maker.figure(values, keys, baseline.period, baseline.steps[index])
            first_leg += len(baseline.steps)

    def _comparable(self, step: Window, twin: Window, baseline: Baseline) -> bool:
        """Buckets that were cut at an edge are held only against buckets cut alike; months are whole or not."""
        if self._query.grain is None or step.length == twin.length:
            return True
        return self._query.grain == "month" and _is_whole_month(step) and _is_whole_month(twin)

    def _hold_against_target(self, figure: Figure, changes: list[Change], notices: list[Notice]) -> None:
        metric = self._model.metrics[figure.metric]
        found = targets.target_for(figure, metric, self._model, self._goals)
        if isinstance(found, Notice):
            notices.append(found)
            return
        changes.append(change("target", figure, found))
        notices.append(targets.progress(figure, found, self._zone))

    def _source_notices(self, plans: Sequence[MetricPlan]) -> list[Notice]:
        """Tables whose newest files could not be read: what is shown is what was there before them."""
        tables = dict.fromkeys(table for held in plans for table in held.tables)
        states = [(id, self._snapshot.tables[id]) for id in tables if id in self._snapshot.tables]
        return [
            Notice("source_problem", {"table": id, "problem": state.problem}) for id, state in states if state.problem
        ]

    def _ever_seen(self, table: str, scope: Scope) -> bool:
        return self._engine.shop.ever_seen(self._reading, self._snapshot, table, scope)


def _windows(held: MetricPlan) -> tuple[Window, ...]:
    return (*held.steps, *(step for baseline in held.baselines for step in baseline.steps))


def _is_whole_month(window: Window) -> bool:
    return window.start.day == window.end.day == 1


def _without_repeats(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    return tuple({(notice.code, tuple(notice.data.items())): notice for notice in notices}.values())
