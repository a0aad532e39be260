"""Measures, windows and a cut → one SQL query, built as a tree: no text is ever pasted into it.

Every window is an explicit half-open span, because DATE_TRUNC means different things in different databases. Rows are
tagged with the number of the window they fall in (a *leg*), so one query answers a period, its twins and its buckets.
Facts are aggregated each by itself, stacked, and folded on the keys: the same as a FULL OUTER JOIN, rows that only one
side has are kept, and it also runs where no such join exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlglot import exp

from metrics.model import Measure, Table
from metrics.query import Scope
from metrics.windows import DAY, Window, midnight

LEG = "leg"
# Few windows are one branch each, which lets the engine skip files and row groups; many are joined to a list of days,
# which reads the rows once (90 daily windows: 70 ms joined, 700 ms as branches).
MOST_BRANCHES = 6
SAME_RUN = timedelta(days=31)  # windows closer than this are read in one pass

Relations = Callable[[str, Window], Sequence[str]]  # table, window -> relations that can hold its rows


@dataclass(frozen=True)
class Cut:
    """What the rows are filtered and grouped by, and the windows they are counted in."""

    windows: tuple[Window, ...]  # the position in this list is the number of the leg
    where: Scope
    by: tuple[str, ...]


@dataclass(frozen=True)
class Generator:
    """Builds queries over tables whose rows stand in `relations`."""

    tables: Mapping[str, Table]
    relations: Relations
    dialect: str = "duckdb"

    def query(self, measures: Sequence[Measure], cut: Cut) -> str:
        """One row for each leg and group with rows: leg, the keys of `cut.by`, then the measures in order."""
        facts = list(self._facts(measures, cut))
        stacked = [_aligned(fact, held, measures, cut) for fact, held in facts]
        if len(stacked) == 1:
            return stacked[0].sql(self.dialect)
        keys = _keys(cut)
        folded = [exp.alias_(exp.Max(this=_column(measure.id)), measure.id, quoted=True) for measure in measures]
        whole = exp.select(*keys, *folded).from_(_union(stacked).subquery("facts"))
        return whole.group_by(*_copies(keys)).sql(self.dialect)

    def _facts(self, measures: Sequence[Measure], cut: Cut) -> Iterator[tuple[exp.Select, tuple[Measure, ...]]]:
        plain: dict[str, list[Measure]] = {}
        for measure in measures:
            if measure.aggregation == "count_repeated":
                yield self._repeated(measure, cut), (measure,)
            elif measure.aggregation == "retained":
                yield self._retained(measure, cut), (measure,)
            elif measure.aggregation == "retained_base":
                yield self._aggregated([measure], _shifted(cut)), (measure,)
            else:
                plain.setdefault(measure.table, []).append(measure)
        for group in plain.values():
            yield self._aggregated(group, cut), tuple(group)

    def _aggregated(self, measures: Sequence[Measure], cut: Cut) -> exp.Select:
        values = [exp.alias_(_aggregate(measure), measure.id, quoted=True) for measure in measures]
        keys = _keys(cut)
        return exp.select(*keys, *values).from_(self._rows(measures, cut)).group_by(*_copies(keys))

    def _repeated(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities with two different events at least."""
        keys, entity = _keys(cut), _column(measure.column)
        often = _distinct(_column(measure.event or measure.column)) >= exp.Literal.number(2)
        several = exp.select(*keys, entity).from_(self._rows([measure], cut)).where(_kept(measure))
        several = several.group_by(*_copies(keys), entity.copy()).having(often)
        count = exp.alias_(exp.Count(this=exp.Star()), measure.id, quoted=True)
        return exp.select(*_copies(keys), count).from_(several.subquery("entities")).group_by(*_copies(keys))

    def _retained(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities of a window that the window of the same length before also holds, under the same keys."""
        now, before = self._entities(measure, cut), self._entities(measure, _shifted(cut))
        same: list[exp.Expr] = [_column(name, "now").eq(_column(name, "before")) for name in (LEG, measure.column)]
        same += [exp.NullSafeEQ(this=_column(name, "now"), expression=_column(name, "before")) for name in cut.by]
        keys = [_column(name, "now") for name in (LEG, *cut.by)]
        count = exp.alias_(exp.Count(this=exp.Star()), measure.id, quoted=True)
        joined = exp.select(*keys, count).from_(now.subquery("now")).join(before.subquery("before"), on=exp.and_(*same))
        return joined.group_by(*_copies(keys))

    def _entities(self, measure: Measure, cut: Cut) -> exp.Select:
        chosen = exp.select(*_keys(cut), _column(measure.column)).distinct()
        return chosen.from_(self._rows([measure], cut)).where(_kept(measure))

    def _rows(self, measures: Sequence[Measure], cut: Cut) -> exp.Subquery:
        """The needed columns of every row in a window, with the number of its leg."""
        table = self.tables[measures[0].table]
        columns = _needed(measures, cut)
        if len(cut.windows) <= MOST_BRANCHES:
            branches = [
                self._branch(table, relation, window, leg, columns, cut.where)
                for leg, window in enumerate(cut.windows)
                for relation in self.relations(table.id, window)
            ]
        else:
            branches = [
                self._joined(table, relation, run, columns, cut.where)
                for run in _runs(cut.windows)
                for relation in self.relations(table.id, _span(run))
            ]
        return _union(branches).subquery("rows")

    def _branch(
        self, table: Table, relation: str, window: Window, leg: int, columns: Sequence[str], where: Scope
    ) -> exp.Select:
        tag = exp.alias_(exp.Literal.number(leg), LEG)
        chosen = exp.select(tag, *(_column(name) for name in columns)).from_(_table(relation))
        return chosen.where(_inside(_column(table.time), window), *_filters(where))

    def _joined(
        self, table: Table, relation: str, run: Sequence[tuple[int, Window]], columns: Sequence[str], where: Scope
    ) -> exp.Select:
        time = _column(table.time, "source")
        chosen = exp.select(_column(LEG, "step"), *(_column(name, "source") for name in columns))
        chosen = chosen.from_(exp.alias_(_table(relation), "source", table=True))
        chosen = chosen.join(_steps(run), on=exp.and_(*_on_step(time, run)))
        return chosen.where(_inside(time, _span(run)), *_filters(where, "source"))


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _keys(cut: Cut) -> list[exp.Expr]:
    return [_column(name) for name in (LEG, *cut.by)]


def _copies(expressions: Sequence[exp.Expr]) -> list[exp.Expr]:
    """A node of a tree has one parent: used twice, it is copied."""
    return [expression.copy() for expression in expressions]


def _union(queries: Sequence[exp.Select]) -> exp.Query:
    return exp.union(*queries, distinct=False) if len(queries) > 1 else queries[0]


def _shifted(cut: Cut) -> Cut:
    return Cut(tuple(window.before() for window in cut.windows), cut.where, cut.by)


def _aligned(fact: exp.Select, held: Sequence[Measure], measures: Sequence[Measure], cut: Cut) -> exp.Select:
    """`fact` with a column for every measure, empty for those of other facts."""
    if list(held) == list(measures):
        return fact
    values: list[exp.Expr] = [
        _column(measure.id) if measure in held else exp.alias_(exp.cast(exp.null(), "DOUBLE"), measure.id, quoted=True)
        for measure in measures
    ]
    return exp.select(*_keys(cut), *values).from_(fact.subquery("fact"))


def _needed(measures: Sequence[Measure], cut: Cut) -> tuple[str, ...]:
    names = [*cut.by]
    for measure in measures:
        names += [measure.column, *([measure.event] if measure.event else []), *measure.where]
    return tuple(dict.fromkeys(names))


def _aggregate(measure: Measure) -> exp.Expr:
    value: exp.Expr = _column(measure.column)
    if measure.where:
        value = exp.Case().when(exp.and_(*_fixed(measure)), value)
    if measure.aggregation == "sum":
        return exp.Sum(this=value)
    return exp.Count(this=value) if measure.aggregation == "count" else _distinct(value)


def _distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _kept(measure: Measure) -> exp.Expr:
    """Rows that name an entity and pass the measure's own filter."""
    named = exp.Not(this=exp.Is(this=_column(measure.column), expression=exp.null()))
    return exp.and_(named, *_fixed(measure))


def _fixed(measure: Measure) -> list[exp.Expr]:
    return [_column(name).isin(*(_literal(value) for value in values)) for name, values in measure.where.items()]


def _literal(value: str | bool) -> exp.Expr:
    return exp.Boolean(this=value) if isinstance(value, bool) else exp.Literal.string(value)


def _filters(where: Scope, table: str | None = None) -> list[exp.Expr]:
    return [_column(name, table).isin(*(exp.Literal.string(v) for v in values)) for name, values in where.items()]


def _moment(moment: datetime) -> exp.Expr:
    return exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), "TIMESTAMP")


def _inside(time: exp.Column, window: Window) -> exp.Expr:
    return exp.and_(time.copy() >= _moment(window.start), time.copy() < _moment(window.end))


def _span(run: Sequence[tuple[int, Window]]) -> Window:
    return Window(run[0][1].start, max(window.end for _, window in run))


def _runs(windows: Sequence[Window]) -> list[list[tuple[int, Window]]]:
    """Numbered windows in order of time, split where nothing is asked for a month or more."""
    runs: list[list[tuple[int, Window]]] = []
    for leg, window in sorted(enumerate(windows), key=lambda numbered: numbered[1]):
        if runs and window.start - _span(runs[-1]).end < SAME_RUN:
            runs[-1].append((leg, window))
        else:
            runs.append([(leg, window)])
    return runs


def _steps(run: Sequence[tuple[int, Window]]) -> exp.Values:
    """One line for each day of each window."""
    lines: list[tuple[exp.Expr, ...]] = []
    for leg, window in run:
        day = midnight(window.start.date())
        while day < window.end:
            date = exp.cast(exp.Literal.string(day.date().isoformat()), "DATE")
            lines.append((exp.Literal.number(leg), date, _moment(window.start), _moment(window.end)))
            day += DAY
    names = [LEG, "on_day", "from_moment", "to_moment"]
    return exp.values(lines, alias="step", columns=names)


def _on_step(time: exp.Column, run: Sequence[tuple[int, Window]]) -> list[exp.Expr]:
    same_day = exp.cast(time.copy(), "DATE").eq(_column("on_day", "step"))
    if all(edge == midnight(edge.date()) for _, window in run for edge in (window.start, window.end)):
        return [same_day]
    bounds = [time.copy() >= _column("from_moment", "step"), time.copy() < _column("to_moment", "step")]
    return [same_day, *bounds]
