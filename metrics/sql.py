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
STEP_TYPES = {LEG: "INT", "on_day": "DATE", "from_moment": "TIMESTAMP", "to_moment": "TIMESTAMP"}

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
            return stacked[0].sql(self.dialect, copy=False)
        keys = _keys(cut)
        folded = [_as(exp.Max(this=_column(measure.id)), measure.id) for measure in measures]
        whole = _select(keys + folded, _within(_union(stacked), "facts"))
        return _grouped(whole, keys).sql(self.dialect, copy=False)

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
        values = [_as(_aggregate(measure), measure.id) for measure in measures]
        keys = _keys(cut)
        return _grouped(_select(keys + values, self._rows(measures, cut)), keys)

    def _repeated(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities with two different events at least."""
        often = _distinct(_column(measure.event or measure.column)) >= exp.Literal.number(2)
        each = [*_keys(cut), _column(measure.column)]
        several = _grouped(self._named(each, measure, cut), each).having(often, copy=False)
        count = _as(exp.Count(this=exp.Star()), measure.id)
        return _grouped(_select([*_keys(cut), count], _within(several, "entities")), _keys(cut))

    def _retained(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities of a window that the window of the same length before also holds, under the same keys."""
        now, before = self._entities(measure, cut), self._entities(measure, _shifted(cut))
        same: list[exp.Expr] = [_equal(_column(name, "now"), _column(name, "before")) for name in (LEG, measure.column)]
        same += [exp.NullSafeEQ(this=_column(name, "now"), expression=_column(name, "before")) for name in cut.by]
        keys: list[exp.Expr] = [_column(name, "now") for name in (LEG, *cut.by)]
        count = _as(exp.Count(this=exp.Star()), measure.id)
        both = _select([*keys, count], _within(now, "now"))
        both = both.join(_within(before, "before"), on=_all(same), copy=False)
        return _grouped(both, keys)

    def _entities(self, measure: Measure, cut: Cut) -> exp.Select:
        return self._named([*_keys(cut), _column(measure.column)], measure, cut).distinct(copy=False)

    def _named(self, columns: list[exp.Expr], measure: Measure, cut: Cut) -> exp.Select:
        """Columns of the rows that name an entity and pass the measure's own filter."""
        named = exp.Not(this=exp.Is(this=_column(measure.column), expression=exp.null()))
        return _select(columns, self._rows([measure], cut)).where(_all([named, *_fixed(measure)]), copy=False)

    def _rows(self, measures: Sequence[Measure], cut: Cut) -> exp.Subquery:
        """The needed columns of every row in a window, with the number of its leg."""
        table = self.tables[measures[0].table]
        columns = _needed(measures, cut)
        if len(cut.windows) <= MOST_BRANCHES:
            branches = [
                _branch(table, relation, window, leg, columns, cut.where)
                for leg, window in enumerate(cut.windows)
                for relation in self.relations(table.id, window)
            ]
        else:
            branches = [
                _joined(table, relation, run, columns, cut.where)
                for run in _runs(cut.windows)
                for relation in self.relations(table.id, _span(run))
            ]
        return _within(_union(branches), "rows")


def _branch(table: Table, relation: str, window: Window, leg: int, columns: Sequence[str], where: Scope) -> exp.Select:
    """The rows of one window."""
    tag = _as(exp.Literal.number(leg), LEG)
    chosen = _select([tag, *(_column(name) for name in columns)], _table(relation))
    return chosen.where(_all([*_inside(table.time, window), *_filters(where)]), copy=False)


def _joined(
    table: Table, relation: str, run: Sequence[tuple[int, Window]], columns: Sequence[str], where: Scope
) -> exp.Select:
    """The rows of many windows, each with every window that it falls in."""
    kept = _select([_column(name) for name in dict.fromkeys((table.time, *columns))], _table(relation))
    kept = kept.where(_all([*_inside(table.time, _span(run)), *_filters(where)]), copy=False)
    chosen = _select([_column(LEG, "step"), *(_column(name, "source") for name in columns)], _within(kept, "source"))
    return chosen.join(_steps(run), on=_all(_on_step(table.time, run)), copy=False)


# The library copies every tree that it is handed; for a list of 90 days that took longer than the query itself, so the
# builders below own their nodes and are given fresh ones.


def _select(columns: Sequence[exp.Expr], source: exp.Expr) -> exp.Select:
    return exp.Select(expressions=list(columns)).from_(source, copy=False)


def _grouped(query: exp.Select, keys: Sequence[exp.Expr]) -> exp.Select:
    return query.group_by(*(key.copy() for key in keys), copy=False)


def _within(query: exp.Query, name: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)))


def _as(expression: exp.Expr, name: str) -> exp.Expr:
    return exp.Alias(this=expression, alias=exp.to_identifier(name, quoted=True))


def _all(conditions: Sequence[exp.Expr]) -> exp.Expr:
    whole, *others = conditions
    for condition in others:
        whole = exp.And(this=whole, expression=condition)
    return whole


def _equal(one: exp.Expr, other: exp.Expr) -> exp.Expr:
    return exp.EQ(this=one, expression=other)


def _is_one_of(name: exp.Expr, values: Sequence[str | bool]) -> exp.Expr:
    return exp.In(this=name, expressions=[_literal(value) for value in values])


def _cast(expression: exp.Expr, kind: str) -> exp.Expr:
    return exp.Cast(this=expression, to=exp.DataType(this=exp.DataType.Type[kind]))


def _column(name: str, table: str | None = None) -> exp.Expr:
    return exp.column(name, table=table, quoted=True, copy=False)


def _table(name: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def _keys(cut: Cut) -> list[exp.Expr]:
    return [_column(name) for name in (LEG, *cut.by)]


def _union(queries: Sequence[exp.Select]) -> exp.Query:
    """All of them stacked; a flat chain, as deep as it is long, of at most a few dozen."""
    return exp.union(*queries, distinct=False, copy=False) if len(queries) > 1 else queries[0]


def _shifted(cut: Cut) -> Cut:
    return Cut(tuple(window.before() for window in cut.windows), cut.where, cut.by)


def _aligned(fact: exp.Select, held: Sequence[Measure], measures: Sequence[Measure], cut: Cut) -> exp.Select:
    """`fact` with a column for every measure, empty for those of other facts."""
    if list(held) == list(measures):
        return fact
    values = [
        _column(measure.id) if measure in held else _as(_cast(exp.null(), "DOUBLE"), measure.id) for measure in measures
    ]
    return _select([*_keys(cut), *values], _within(fact, "fact"))


def _needed(measures: Sequence[Measure], cut: Cut) -> tuple[str, ...]:
    names = [*cut.by]
    for measure in measures:
        names += [measure.column, *([measure.event] if measure.event else []), *measure.where]
    return tuple(dict.fromkeys(names))


def _aggregate(measure: Measure) -> exp.Expr:
    value: exp.Expr = _column(measure.column)
    if measure.where:
        value = exp.Case(ifs=[exp.If(this=_all(_fixed(measure)), true=value)])
    if measure.aggregation == "sum":
        return exp.Sum(this=value)
    return exp.Count(this=value) if measure.aggregation == "count" else _distinct(value)


def _distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _fixed(measure: Measure) -> list[exp.Expr]:
    return [_is_one_of(_column(name), values) for name, values in measure.where.items()]


def _literal(value: str | bool) -> exp.Expr:
    return exp.Boolean(this=value) if isinstance(value, bool) else exp.Literal.string(value)


def _filters(where: Scope) -> list[exp.Expr]:
    return [_is_one_of(_column(name), values) for name, values in where.items()]


def _moment(moment: datetime) -> exp.Expr:
    return _cast(exp.Literal.string(moment.isoformat(sep=" ")), "TIMESTAMP")


def _inside(time: str, window: Window) -> list[exp.Expr]:
    return [
        exp.GTE(this=_column(time), expression=_moment(window.start)),
        exp.LT(this=_column(time), expression=_moment(window.end)),
    ]


def _span(run: Sequence[tuple[int, Window]]) -> Window:
    return Window(run[0][1].start, max(window.end for _, window in run))


def _runs(windows: Sequence[Window]) -> list[list[tuple[int, Window]]]:
    """Numbered windows in order of time, split where nothing is asked for a month or more."""
    runs: list[list[tuple[int, Window]]] = []
    reach = datetime.min
    for leg, window in sorted(enumerate(windows), key=lambda numbered: numbered[1]):
        if runs and window.start - reach < SAME_RUN:
            runs[-1].append((leg, window))
        else:
            runs.append([(leg, window)])
            reach = window.end
        reach = max(reach, window.end)
    return runs


def _steps(run: Sequence[tuple[int, Window]]) -> exp.Subquery:
    """One line for each day of each window; texts in the list, typed once outside it."""
    names = list(STEP_TYPES)[: 2 if _in_whole_days(run) else 4]
    lines = []
    for leg, window in run:
        bounds = (str(window.start), str(window.end))
        for day in _days(window):
            texts = (str(leg), day.date().isoformat(), *bounds)[: len(names)]
            lines.append(exp.Tuple(expressions=[exp.Literal.string(text) for text in texts]))
    alias = exp.TableAlias(
        this=exp.to_identifier("listed"), columns=[exp.to_identifier(name, quoted=True) for name in names]
    )
    typed = [_as(_cast(_column(name), STEP_TYPES[name]), name) for name in names]
    return _within(_select(typed, exp.Values(expressions=lines, alias=alias)), "step")


def _days(window: Window) -> Iterator[datetime]:
    day = midnight(window.start.date())
    while day < window.end:
        yield day
        day += DAY


def _in_whole_days(run: Sequence[tuple[int, Window]]) -> bool:
    return all(edge == midnight(edge.date()) for _, window in run for edge in (window.start, window.end))


def _on_step(time: str, run: Sequence[tuple[int, Window]]) -> list[exp.Expr]:
    same_day = _equal(_cast(_column(time, "source"), "DATE"), _column("on_day", "step"))
    if _in_whole_days(run):
        return [same_day]
    return [
        same_day,
        exp.GTE(this=_column(time, "source"), expression=_column("from_moment", "step")),
        exp.LT(this=_column(time, "source"), expression=_column("to_moment", "step")),
    ]
