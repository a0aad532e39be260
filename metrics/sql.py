"""Measures, windows and a cut → one SQL query, built as a tree: no text is ever pasted into it.

Every window is an explicit half-open span, because DATE_TRUNC means different things in different databases. Rows are
tagged with the number of the window they fall in (a *leg*), so one query answers a period, its twins and its buckets.
Facts are aggregated each by itself, stacked, and folded on the keys: the same as a FULL OUTER JOIN, rows that only one
side has are kept, and it also runs where no such join exists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from sqlglot import exp

from metrics.dialects import adapted
from metrics.model import Measure, Table
from metrics.query import UNKNOWN, Scope
from metrics.windows import DAY, HOUR, Window, midnight

LEG = "leg"
SAME_RUN = timedelta(days=31)  # windows closer than this are read in one pass
MOST_BITS = 64_000_000  # of one query: a row of bits stands in memory for each window and group, once a thread
LIKELY_VALUES = 12  # of a dimension
LEAST_CODED = timedelta(days=7)  # over shorter windows, setting up the bits takes longer than it saves

BY_CODE = frozenset({"count_distinct", "retained", "retained_base"})  # aggregations that need not know the ids

Run = Sequence[tuple[int, Window]]  # windows in order of time that do not overlap, each with its number
Relation = str | exp.Query  # by its name, or as a query that stands for it
Relations = Callable[[str, Window], Sequence[Relation]]  # table, window -> relations that can hold its rows
Codes = Mapping[str, Mapping[str, int]]  # table -> column -> how many codes its values have, from 0 on


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
    codes: Codes = field(default_factory=dict)  # whose every relation has them beside the column

    def query(self, measures: Sequence[Measure], cut: Cut) -> str:
        """One row for each leg and group with rows: leg, the keys of `cut.by`, then the measures in order."""
        facts = list(self._facts(measures, cut))
        stacked = [_aligned(fact, held, measures, cut) for fact, held in facts]
        if len(stacked) == 1:
            return self._written(stacked[0])
        keys = _keys(cut)
        folded = [_as(exp.Max(this=_column(measure.id)), measure.id) for measure in measures]
        whole = _select(keys + folded, _within(_union(stacked), "facts"))
        return self._written(_grouped(whole, keys))

    def _written(self, query: exp.Query) -> str:
        return adapted(query, self.dialect).sql(self.dialect, copy=False)

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
        read = [self._by_code(measure, cut) for measure in measures]
        values = [_as(_aggregate(measure, codes), measure.id) for measure, codes in read]
        keys = _keys(cut)
        return _grouped(_select(keys + values, self._rows([measure for measure, _ in read], cut)), keys)

    def _by_code(self, measure: Measure, cut: Cut) -> tuple[Measure, int]:
        """The measure over the codes of its column and how many there are; as it is and 0 where bits cannot count it.

        A bit for each id takes a third of the time of a table of their hashes.
        """
        codes = self.codes.get(measure.table, {}).get(measure.column, 0)
        bits = codes * len(cut.windows) * LIKELY_VALUES ** len(cut.by)
        is_long = any(window.length >= LEAST_CODED for window in cut.windows)
        if measure.aggregation not in BY_CODE or not 0 < bits <= MOST_BITS or not is_long:
            return measure, 0
        return replace(measure, column=code_of(measure.column)), codes

    def _repeated(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities with two different events at least."""
        often = self._several(_column(measure.event or measure.column))
        each = [*_keys(cut), _column(measure.column)]
        several = _grouped(self._named(each, measure, cut), each).having(often, copy=False)
        count = _as(exp.Count(this=exp.Star()), measure.id)
        return _grouped(_select([*_keys(cut), count], _within(several, "entities")), _keys(cut))

    def _several(self, event: exp.Expr) -> exp.Expr:
        """Whether a group holds two values at least; PostgreSQL knows no least value of every type."""
        if self.dialect == "duckdb":
            return exp.LT(this=exp.Min(this=event), expression=exp.Max(this=event.copy()))
        return _distinct(event) >= exp.Literal.number(2)

    def _retained(self, measure: Measure, cut: Cut) -> exp.Select:
        """Entities of a window that the window of the same length before also holds, under the same keys."""
        coded, codes = self._by_code(measure, cut)
        if codes:
            return self._retained_bits(coded, codes, cut)
        now, before = self._entities(measure, cut), self._entities(measure, _shifted(cut))
        same = _equal(_column(measure.column, "now"), _column(measure.column, "before"))
        count = _as(exp.Count(this=exp.Star()), measure.id)
        keys = _keys_of_now(cut)
        return _grouped(_now_and_before([*keys, count], now, before, [same, *_same_keys(cut)]), keys)

    def _retained_bits(self, measure: Measure, codes: int, cut: Cut) -> exp.Select:
        """The same out of the bits that are set on both sides."""
        bits = _as(_bits(_column(measure.column), codes), "bits")
        now, before = (
            _grouped(self._named([*_keys(held), bits.copy()], measure, held), _keys(held))
            for held in (cut, _shifted(cut))
        )
        shared = exp.BitwiseAnd(this=_column("bits", "now"), expression=_column("bits", "before"))
        count = _as(_bit_count(shared), measure.id)
        return _now_and_before([*_keys_of_now(cut), count], now, before, _same_keys(cut))

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
        branches = [
            _branch(table, self.relations(table.id, _span(run)), run, columns, cut.where) for run in _runs(cut.windows)
        ]
        return _within(_union(branches), "rows")


def code_of(column: str) -> str:
    """The column with the code of each value of `column`."""
    return f"{column} code"


def _branch(table: Table, relations: Sequence[Relation], run: Run, columns: Sequence[str], where: Scope) -> exp.Select:
    """The rows of a run of windows, each with the number of the window that it falls in.

    A kilobyte of SQL takes longer to parse and plan than a file to read. So windows that follow one another share a
    scan, the number is computed and not looked up in a list, and conditions stand once, outside the stack of files:
    the engine moves them into it and skips files and row groups as if they stood there.
    """
    tag = _as(_leg(table.time, run), LEG)
    source = _stacked(relations, dict.fromkeys((table.time, *columns, *where)))
    chosen = _select([tag, *(_column(name) for name in columns)], source)
    return chosen.where(_all([*_inside(table.time, run), *_filters(where)]), copy=False)


def _stacked(relations: Sequence[Relation], columns: Iterable[str]) -> exp.Expr:
    """The columns of several relations as one."""
    if len(relations) == 1:
        return _table(relations[0])
    names = list(columns)
    return _within(_union([_select([_column(name) for name in names], _table(held)) for held in relations]), "source")


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


def _table(relation: Relation) -> exp.Expr:
    if isinstance(relation, str):
        return exp.Table(this=exp.to_identifier(relation, quoted=True))
    return _within(relation, "held")


def _keys(cut: Cut) -> list[exp.Expr]:
    return [_column(name) for name in (LEG, *cut.by)]


def _union(queries: Sequence[exp.Select]) -> exp.Query:
    """All of them stacked; a flat chain, as deep as it is long, of at most a few dozen."""
    return exp.union(*queries, distinct=False, copy=False) if len(queries) > 1 else queries[0]


def _keys_of_now(cut: Cut) -> list[exp.Expr]:
    return [_column(name, "now") for name in (LEG, *cut.by)]


def _same_keys(cut: Cut) -> list[exp.Expr]:
    same: list[exp.Expr] = [_equal(_column(LEG, "now"), _column(LEG, "before"))]
    return same + [exp.NullSafeEQ(this=_column(name, "now"), expression=_column(name, "before")) for name in cut.by]


def _now_and_before(
    columns: Sequence[exp.Expr], now: exp.Select, before: exp.Select, same: Sequence[exp.Expr]
) -> exp.Select:
    return _select(columns, _within(now, "now")).join(_within(before, "before"), on=_all(same), copy=False)


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


def _aggregate(measure: Measure, codes: int) -> exp.Expr:
    value: exp.Expr = _column(measure.column)
    if measure.where:
        value = exp.Case(ifs=[exp.If(this=_all(_fixed(measure)), true=value)])
    if measure.aggregation == "sum":
        return exp.Sum(this=value)
    if codes:
        return exp.Coalesce(this=_bit_count(_bits(value, codes)), expressions=[exp.Literal.number(0)])
    return exp.Count(this=value) if measure.aggregation == "count" else _distinct(value)


def _distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _bits(code: exp.Expr, codes: int) -> exp.Expr:
    """A row of bits, one for each code, with those set that occur."""
    ends = [exp.Literal.number(0), exp.Literal.number(codes)]
    return exp.Anonymous(this="bitstring_agg", expressions=[code, *ends])


def _bit_count(bits: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="bit_count", expressions=[bits])


def _fixed(measure: Measure) -> list[exp.Expr]:
    return [_is_one_of(_column(name), values) for name, values in measure.where.items()]


def _literal(value: str | bool) -> exp.Expr:
    return exp.Boolean(this=value) if isinstance(value, bool) else exp.Literal.string(value)


def _filters(where: Scope) -> list[exp.Expr]:
    return [_has_one_of(name, values) for name, values in where.items()]


def _has_one_of(name: str, values: Sequence[str]) -> exp.Expr:
    if UNKNOWN not in values:
        return _is_one_of(_column(name), values)
    written = exp.Coalesce(this=_column(name), expressions=[_literal("")])
    return _is_one_of(written, [*(value for value in values if value != UNKNOWN), "", UNKNOWN])


def _moment(moment: datetime) -> exp.Expr:
    return _cast(exp.Literal.string(moment.isoformat(sep=" ")), "TIMESTAMP")


def _inside(time: str, run: Run) -> list[exp.Expr]:
    """From the first window to the last, without what lies between two of them."""
    span = _span(run)
    gaps = [(one.end, other.start) for (_, one), (_, other) in pairwise(run) if one.end < other.start]
    between = [exp.Paren(this=exp.Or(this=_before(time, end), expression=_from(time, start))) for end, start in gaps]
    return [_from(time, span.start), _before(time, span.end), *between]


def _from(time: str, moment: datetime) -> exp.Expr:
    return exp.GTE(this=_column(time), expression=_moment(moment))


def _before(time: str, moment: datetime) -> exp.Expr:
    return exp.LT(this=_column(time), expression=_moment(moment))


def _span(run: Run) -> Window:
    return Window(run[0][1].start, run[-1][1].end)


def _runs(windows: Sequence[Window]) -> list[list[tuple[int, Window]]]:
    """Numbered windows in order of time; overlapping ones stand apart, and those with a month or more between them."""
    runs: list[list[tuple[int, Window]]] = []
    for leg, window in sorted(enumerate(windows), key=lambda numbered: numbered[1]):
        for run in runs:
            if timedelta(0) <= window.start - run[-1][1].end < SAME_RUN:
                run.append((leg, window))
                break
        else:
            runs.append([(leg, window)])
    return runs


def _leg(time: str, run: Run) -> exp.Expr:
    """The number of the window that a moment inside the run falls in."""
    *others, last = _courses(run)
    if not others:
        return _numbered(time, last)
    ifs = [exp.If(this=_before(time, _span(course).end), true=_numbered(time, course)) for course in others]
    return exp.Case(ifs=ifs, default=_numbered(time, last))


def _courses(run: Run) -> list[list[tuple[int, Window]]]:
    """The run cut into stretches of windows that are alike, without a gap and numbered one by one."""
    courses: list[list[tuple[int, Window]]] = []
    for leg, window in run:
        before = courses[-1][-1] if courses else None
        if before and _unit(window) and before == (leg - 1, window.before()):
            courses[-1].append((leg, window))
        else:
            courses.append([(leg, window)])
    return courses


def _numbered(time: str, course: Run) -> exp.Expr:
    """The first number of the course, and one more for each length of a window since its start."""
    first, window = course[0]
    unit = _unit(window)
    if len(course) == 1 or unit is None:
        return exp.Literal.number(first)
    name, length = unit
    since: exp.Expr = exp.DateDiff(this=_column(time), expression=_moment(window.start), unit=exp.var(name))
    if window.length > length:
        since = exp.IntDiv(this=since, expression=exp.Literal.number(window.length // length))
    return exp.Add(this=exp.Literal.number(first), expression=since)


def _unit(window: Window) -> tuple[str, timedelta] | None:
    """Day or hour, when the window is made of whole ones: a difference of times counts the edges between them."""
    for name, length in (("DAY", DAY), ("HOUR", HOUR)):
        if not (window.start - midnight(window.start.date())) % length and not window.length % length:
            return name, length
    return None
