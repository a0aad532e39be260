"""Builds the KpiQuery that a question asks for, fresh or as a change to the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.assistant.ranking_words import signed_top
from bot.assistant.reading import Reading
from metrics.model import SemanticModel
from metrics.query import Comparison, Grain, KpiQuery, Period, Scope

if TYPE_CHECKING:
    from metrics.calendar import Calendar
    from metrics.phrases.reading import CompareMatch

# What "how is 母婴 doing" is answered with: money, orders, the three drivers, and what comes back.
HEADLINE = ("gmv", "orders", "visitors", "conversion_rate", "aov", "refund_rate")
TREND_DAYS = 30
RANKING_CUES = ("rank", "highest", "lowest", "best", "worst", "fell_most", "rose_most")
LONGEST_HOURLY, LONGEST_DAILY, LONGEST_WEEKLY = 2, 62, 200  # days; a longer series is unreadable on a phone


def fresh_query(reading: Reading, model: SemanticModel, now: datetime, default: Period) -> KpiQuery:
    """The query of a question that stands on its own."""
    by = _asked_split(reading)
    metrics = reading.metrics or _meant_metrics(reading, by, model)
    period = asked_period(reading) or (last_days(TREND_DAYS, now) if reading.has("trend", "which_day") else default)
    return KpiQuery(
        metrics=metrics,
        period=period,
        where=reading.values,
        by=by,
        grain=asked_grain(reading, period),
        compare=_with_target(_kinds(reading.times.compares), reading),
        against=_baseline(reading.times.compares),
        top=_asked_top(reading, model, metrics[0]) if by else None,
    )


def changed_query(base: KpiQuery, reading: Reading, model: SemanticModel, calendar: Calendar) -> KpiQuery:
    """`base` with only those parts changed that the follow-up names."""
    metrics = reading.metrics or base.metrics
    named = _named_period(reading)
    period = named or base.period
    compares = reading.times.compares if named else _anchored(reading, base.period, calendar)
    where = _changed_scope(base.where, reading)
    kept_split = () if reading.has("trend") else base.by  # a trend of one line, not of every group
    by = _asked_split(reading) or tuple(dimension for dimension in kept_split if dimension not in reading.values)
    top = _asked_top(reading, model, metrics[0]) if by else None
    return replace(
        base,
        metrics=metrics,
        period=period,
        where={name: values for name, values in where.items() if name in reading.values or name not in by},
        by=by,
        grain=asked_grain(reading, period) or (base.grain if not by else None),
        compare=_with_target(_kinds(compares), reading) or base.compare,
        against=_baseline(compares) or (base.against if named is None and not compares else None),
        top=top or (base.top if by == base.by else None),
    )


def asked_period(reading: Reading) -> Period | None:
    """The first period named, or the one that a lone baseline implies; None when there is neither."""
    return reading.times.periods[0].period if reading.times.periods else None


def _named_period(reading: Reading) -> Period | None:
    return next((match.period for match in reading.times.periods if not match.implied), None)


def _kinds(compares: tuple[CompareMatch, ...]) -> tuple[Comparison, ...]:
    """Every comparison named, each once, in order."""
    return tuple(dict.fromkeys(match.kind for match in compares))


def _with_target(kinds: tuple[Comparison, ...], reading: Reading) -> tuple[Comparison, ...]:
    return (*kinds, "target") if reading.has("target") and "target" not in kinds else kinds


def _baseline(compares: tuple[CompareMatch, ...]) -> Period | None:
    """The period that was named to compare with, None for the natural twin."""
    return next((match.against for match in compares if match.against is not None), None)


def _anchored(reading: Reading, period: Period, calendar: Calendar) -> tuple[CompareMatch, ...]:
    """The comparisons of a follow-up, as they apply to the period of the turn before."""
    from metrics.periods import anchored  # see reading.py

    found = (anchored(match, period, calendar) for match in reading.times.compares)
    return tuple(match for match in found if match is not None)


def last_days(count: int, now: datetime) -> Period:
    """That many whole days ending yesterday."""
    today = now.date()
    return Period(today - timedelta(days=count), today - timedelta(days=1), "days")


def asked_grain(reading: Reading, period: Period) -> Grain | None:
    """The step of a series, when one was asked for in words or by asking for a trend."""
    if reading.times.grain is not None:
        return reading.times.grain
    if reading.has("which_day"):
        return "day"
    if not reading.has("trend"):
        return None
    if period.days <= LONGEST_HOURLY:
        return "hour"
    if period.days <= LONGEST_DAILY:
        return "day"
    return "week" if period.days <= LONGEST_WEEKLY else "month"


def _meant_metrics(reading: Reading, by: tuple[str, ...], model: SemanticModel) -> tuple[str, ...]:
    """Money where one metric is meant without a name (卖得最好的类目, 目标完成多少), else the headline."""
    is_ranked = bool(by) and (reading.ranking is not None or reading.has(*RANKING_CUES))
    is_one = is_ranked or reading.has("target", "share") or "target" in _kinds(reading.times.compares)
    wanted = HEADLINE[:1] if is_one else HEADLINE
    return tuple(id for id in wanted if id in model.metrics) or tuple(model.metrics)[:1]


def _asked_top(reading: Reading, model: SemanticModel, metric: str) -> int | None:
    return signed_top(reading.ranking, reading.cues, model.metrics[metric].higher_is_better)


def _asked_split(reading: Reading) -> tuple[str, ...]:
    """Dimensions to group by: those named on their own, and those of which several values are compared."""
    named = [term.entry.id for term in reading.dimensions if not _belongs_to_value(reading, term.start)]
    compared = [dimension for dimension, values in reading.values.items() if len(values) > 1]
    return tuple(dict.fromkeys(named + compared))


def _belongs_to_value(reading: Reading, start: int) -> bool:
    """直播渠道, 母婴类目: the dimension's name only says what kind of thing the value is."""
    return any(term.end == start and term.entry.kind == "value" for term in reading.terms) or any(
        term.entry.kind == "value" and reading.text[term.end : start].strip(" 的") == "" and term.end <= start
        for term in reading.terms
    )


def _changed_scope(base: Scope, reading: Reading) -> Scope:
    kept = {} if reading.has("whole") else dict(base)
    return {**kept, **reading.values}
