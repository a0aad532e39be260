"""What is asked of the numbers, and what comes back: KpiQuery in, Figures in a KpiResult out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Comparison = Literal["previous", "year_ago", "target"]
Grain = Literal["hour", "day", "week", "month"]
Unit = str  # "count", "fraction", "multiple", "days", or money as its lower-case ISO code: "cny", "usd"
# What kind of phrase made the period; decides its twins (the period before, the same one a year ago).
PeriodKind = Literal["day", "week", "month", "quarter", "year", "days", "campaign", "holiday", "range"]

UNKNOWN = (
    "(unknown)"  # the value of rows whose dimension is empty: shown and counted, so that groups add up to the whole
)

Scope = Mapping[str, tuple[str, ...]]  # dimension id -> canonical values; an absent dimension means all


@dataclass(frozen=True)
class Period:
    """A span of local calendar days, possibly running only to a moment of its last day."""

    start: date  # first day, inclusive
    end: date  # last day, inclusive; for a partial period the day of `until`
    kind: PeriodKind = "range"
    complete: bool = True  # False for 今天/本周/本月…, which run to now
    until: datetime | None = None  # aware; the moment a partial period runs to, None when complete
    label: str = ""  # the phrase as the asker wrote it, "" when chosen by default
    event: str | None = None  # calendar id for kind "campaign" and "holiday"
    by_weekday: bool = False  # named by its weekdays (上周三, 上周末): its twins keep the weekday, not the date

    @property
    def days(self) -> int:
        """Number of calendar days touched, both ends included."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class KpiQuery:
    """One question to the metrics, in catalogue ids only; checked by `SemanticModel.check`."""

    metrics: tuple[str, ...]
    period: Period
    where: Scope = field(default_factory=dict)
    by: tuple[str, ...] = ()  # dimensions to group by
    grain: Grain | None = None  # a series over time at this step
    compare: tuple[Comparison, ...] = ()  # every comparison wanted, first one leads
    against: Period | None = None  # an explicit baseline ("上周比国庆那周"); replaces `previous`
    top: int | None = None  # +n: the n largest of the first metric, -n: the n smallest; needs `by`


@dataclass(frozen=True)
class Figure:
    """One number that can stand alone: never without unit, period, scope, sources and freshness."""

    metric: str  # catalogue id
    value: float | None  # None only together with `absence`
    unit: Unit  # "fraction" carries 0.0183 and prints 1.83%
    period: Period  # the days really covered, after clamping to what every source holds
    scope: Scope  # filters and group keys together
    sources: tuple[str, ...]  # logical tables that were read
    data_to: datetime | None  # aware; the oldest of the sources' freshness stamps; None: no data at all
    absence: str | None = None  # stable code: "no_data", "too_small", "zero_denominator", "not_available", "unreadable"
    numerator: float | None = None  # of a ratio metric, as recomputed at this cut
    denominator: float | None = None
    bucket: datetime | None = None  # aware start of the time bucket when the query has a grain


@dataclass(frozen=True)
class Change:
    """A figure against its twin."""

    kind: Comparison
    current: Figure
    baseline: Figure
    absolute: float | None  # current − baseline in the metric's unit; None when either is absent
    relative: float | None  # absolute / |baseline|; None when undefined (baseline 0 or absent)

    @property
    def direction(self) -> int:
        """+1 up, −1 down, 0 equal or unknown; by value, not by goodness."""
        return 0 if not self.absolute else (1 if self.absolute > 0 else -1)


@dataclass(frozen=True)
class Notice:
    """Something the reader must know to read the figures rightly."""

    code: str  # "clamped", "stale", "one_sided", "period_not_covered", "calendar_estimate", …
    data: Mapping[str, str] = field(default_factory=dict)  # values for the wording in prompts/


@dataclass(frozen=True)
class KpiResult:
    """The answer to one KpiQuery."""

    query: KpiQuery
    figures: tuple[Figure, ...]  # without grouping: one per metric; else metric-major, ordered as asked
    changes: tuple[Change, ...]  # for each figure and comparison, same order as `figures`
    data_to: datetime | None  # oldest freshness of all sources read
    notices: tuple[Notice, ...]
    sql: tuple[str, ...]  # what was run, for the audit log and `--json`

    def figure(self, metric: str | None = None) -> Figure:
        """The first figure (of `metric`); KeyError when the result has none."""
        for figure in self.figures:
            if metric is None or figure.metric == metric:
                return figure
        raise KeyError(metric or "the result holds no figure")

    def change(self, figure: Figure, kind: Comparison) -> Change | None:
        """The change of `figure` of that kind, None when it was not asked for."""
        for change in self.changes:
            if change.current is figure and change.kind == kind:
                return change
        return None
