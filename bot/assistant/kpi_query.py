"""Builds the KpiQuery that a question asks for, fresh or as a change to the one before."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.assistant.lexicon import Lexicon, Term
from bot.assistant.ranking_words import signed_top
from bot.assistant.reading import Reading
from bot.assistant.vocabulary import Span
from metrics.model import SemanticModel
from metrics.query import Comparison, Grain, KpiQuery, Period, Scope

if TYPE_CHECKING:
    from metrics.calendar import Calendar
    from metrics.phrases.reading import CompareMatch

# What "how is 母婴 doing" is answered with: money, orders, the three drivers, and what comes back.
HEADLINE = ("gmv", "orders", "visitors", "conversion_rate", "aov", "refund_rate")
TREND_DAYS, SPAN_WEEKS = 30, 12
SUPERLATIVES = ("highest", "lowest", "best", "worst", "rank")
RANKED_BY_CHANGE = ("fell_most", "rose_most", "falling", "rising")
RANKING_CUES = (*SUPERLATIVES, *RANKED_BY_CHANGE)
CHANGE_CUES = ("change", "moved", *RANKED_BY_CHANGE)
PART_OF = re.compile(r"\s*(?:占|(?:as\s+)?(?:a\s+)?(?:%|percent(?:age)?|share|proportion)\s+of\s+(?:total\s+)?)\s*")
STEP_BACK = re.compile(r"previous|prior|preceding")
NAMES_VALUE = re.compile(r"^\s*(?:in|is|=|==|:|：|是|为|选|等于|限)\s*[(\[（]?\s*$")
WHICH: dict[str, Grain] = {"which_hour": "hour", "which_day": "day", "which_week": "week", "which_month": "month"}
LONGEST_HOURLY, LONGEST_DAILY, LONGEST_WEEKLY = 2, 62, 200  # days; a longer series is unreadable on a phone


def fresh_query(
    reading: Reading, model: SemanticModel, now: datetime, default: Period, names: Lexicon, week_start: int
) -> KpiQuery:
    """The query of a question that stands on its own; `week_start` is 0 for Monday."""
    by = _asked_split(reading)
    metrics = _without_wholes(_ranked_first(reading), reading, model) or _meant_metrics(reading, by, model)
    where, share = _scope({}, reading, names), None
    if reading.has("share") and not by and not reading.excluded:
        share = _share_metric(metrics, where, model)
    period = asked_period(reading) or _usual_span(reading, now, week_start) or default
    return KpiQuery(
        metrics=(share,) if share else metrics,
        period=period,
        where={} if share else where,
        by=by,
        grain=asked_grain(reading, period),
        compare=_asked_comparisons(reading),
        against=_baseline(reading.times.compares),
        top=_asked_top(reading, model, metrics[0]) if by else None,
    )


def _without_wholes(metrics: tuple[str, ...], reading: Reading, model: SemanticModel) -> tuple[str, ...]:
    """Refunds as % of sales is the refund rate: the sales only say of what."""
    named = [term for term in reading.included if term.entry.kind == "metric"]
    wholes = {
        other.entry.id
        for one, other in itertools.pairwise(named)
        if PART_OF.fullmatch(reading.text[one.end : other.start])
        and model.metrics[one.entry.id].denominator == model.metrics[other.entry.id].numerator
    }
    return tuple(id for id in metrics if id not in wholes)


def _share_metric(metrics: tuple[str, ...], where: Scope, model: SemanticModel) -> str | None:
    """The catalogue's own metric of which part of the first metric this scope is: 直播占GMV多少."""
    whole = model.metrics[metrics[0]]
    if len(metrics) > 1 or whole.denominator is not None:
        return None
    for metric in model.metrics.values():
        if metric.denominator == whole.numerator:
            part, all_rows = model.measures[metric.numerator], model.measures[whole.numerator]
            is_of_it = (part.table, part.aggregation, part.column) == (
                all_rows.table,
                all_rows.aggregation,
                all_rows.column,
            )
            if is_of_it and part.where and dict(part.where) == {id: tuple(values) for id, values in where.items()}:
                return metric.id
    return None


def _asked_comparisons(reading: Reading) -> tuple[Comparison, ...]:
    """Those named; a change that is asked about is one against the time before."""
    named = _with_target(_kinds(reading.times.compares), reading)
    is_series = reading.times.grain is not None or reading.has("trend", *WHICH)
    return named or (("previous",) if reading.has(*CHANGE_CUES) and not is_series else ())


def _ranked_first(reading: Reading) -> tuple[str, ...]:
    """The metrics with the one in front that a superlative stands beside: groups are ranked by it."""
    marks = [span for cue in SUPERLATIVES for span in reading.cues[cue]]
    marks += [reading.ranking.span] if reading.ranking is not None else []
    named = [term for term in reading.included if term.entry.kind == "metric"]
    if not marks or len(reading.metrics) < 2:
        return reading.metrics
    nearest = min(named, key=lambda term: min(_distance(term, mark) for mark in marks))
    return tuple(dict.fromkeys((nearest.entry.id, *reading.metrics)))


def _distance(term: Term, mark: Span) -> int:
    return max(mark.start - term.end, term.start - mark.end)


def changed_query(
    base: KpiQuery, reading: Reading, model: SemanticModel, calendar: Calendar, names: Lexicon
) -> KpiQuery:
    """`base` with only those parts changed that the follow-up names."""
    metrics = _changed_metrics(base.metrics, reading)
    named = _stepped_back(reading, base.period, calendar) or _named_period(reading, base.period, calendar)
    period = named or base.period
    compares = reading.times.compares if named else _anchored(reading, base.period, calendar)
    by = _changed_split(base, reading)
    where = _scope(_kept_scope(base.where, reading, by), reading, names)
    top = _asked_top(reading, model, metrics[0]) if by else None
    return replace(
        base,
        metrics=metrics,
        period=period,
        where=where,
        by=by,
        grain=asked_grain(reading, period) or (base.grain if not by else None),
        compare=_with_target(_kinds(compares), reading) or base.compare,
        against=_baseline(compares) or (base.against if named is None and not compares else None),
        top=top or (base.top if by == base.by else None),
    )


def _changed_metrics(base: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    dropped = {term.entry.id for item in reading.exclusions for term in item.terms if term.entry.kind == "metric"}
    wanted = reading.metrics or base
    if reading.metrics and reading.has("add"):
        wanted = tuple(dict.fromkeys((*base, *reading.metrics)))
    return tuple(id for id in wanted if id not in dropped) or base


def _changed_split(base: KpiQuery, reading: Reading) -> tuple[str, ...]:
    dropped = {term.entry.id for item in reading.exclusions for term in item.terms if term.entry.kind == "dimension"}
    asked = tuple(id for id in _asked_split(reading) if id not in dropped)
    kept = () if reading.has("trend") else base.by  # a trend of one line, not of every group
    kept = tuple(id for id in kept if id not in dropped and id not in reading.values)
    if reading.has("add"):
        joined = [id for id in reading.values if id in base.where]
        return tuple(dict.fromkeys((*kept, *joined, *asked)))
    return asked or kept


def _kept_scope(base: Scope, reading: Reading, by: tuple[str, ...]) -> Scope:
    """The scope of the turn before, without what the follow-up widens."""
    if reading.has("whole") and not reading.dimensions and not reading.values:
        return {}
    named = {term.entry.id for term in reading.dimensions}
    return {
        dimension: values
        for dimension, values in base.items()
        if dimension not in named and (len(values) > 1 or dimension not in by or reading.has("add"))
    }


def _scope(base: Scope, reading: Reading, names: Lexicon) -> Scope:
    """What is named replaces what was there, or joins it; what is left out is taken from either, or from all."""
    where = dict(base)
    for dimension, values in reading.values.items():
        earlier = where.get(dimension, ()) if reading.has("add") else ()
        where[dimension] = tuple(dict.fromkeys((*earlier, *values)))
    for dimension, left_out in reading.excluded.items():
        there = where.get(dimension, ())
        rest = [value for value in there if value not in left_out]
        where[dimension] = tuple(rest or [value for value in names.values(dimension) if value not in left_out])
    return where


def asked_period(reading: Reading) -> Period | None:
    """The first period named, or the one that a lone baseline implies; None when there is neither."""
    return reading.times.periods[0].period if reading.times.periods else None


def _stepped_back(reading: Reading, earlier: Period, calendar: Calendar) -> Period | None:
    """再往前一周: the period before the one spoken of."""
    from metrics.twins import previous  # see reading.py

    return previous(earlier, calendar) if reading.has("step_back") else None


def _named_period(reading: Reading, earlier: Period, calendar: Calendar) -> Period | None:
    """The period that a follow-up names; "the previous week" after last week is the week before that one."""
    from metrics.twins import previous  # see reading.py

    match = next((match for match in reading.times.periods if not match.implied), None)
    if match is None:
        return None
    is_same = (match.period.start, match.period.end) == (earlier.start, earlier.end)
    return previous(earlier, calendar) if is_same and STEP_BACK.search(match.text) else match.period


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
    for cue, grain in WHICH.items():
        if reading.has(cue):
            return grain
    if reading.has("per_day"):
        return "day"
    if not reading.has("trend"):
        return None
    if period.days <= LONGEST_HOURLY:
        return "hour"
    if period.days <= LONGEST_DAILY:
        return "day"
    return "week" if period.days <= LONGEST_WEEKLY else "month"


def _usual_span(reading: Reading, now: datetime, week_start: int) -> Period | None:
    """How far back a series goes when no time was named; targets are set for months."""
    if reading.has("target") or "target" in _kinds(reading.times.compares):
        return Period(now.date().replace(day=1), now.date(), "month", complete=False, until=now)
    grain = reading.times.grain
    if reading.has("trend", "which_day") and grain not in ("week", "month"):
        return last_days(TREND_DAYS, now)
    if reading.has("which_week") or (grain == "week" and reading.has("trend")):
        running = now.date() - timedelta(days=(now.weekday() - week_start) % 7)
        return Period(running - timedelta(weeks=SPAN_WEEKS), running - timedelta(days=1))
    if reading.has("which_month") or (grain == "month" and reading.has("trend")):
        first = now.date().replace(day=1)
        return Period(first.replace(year=first.year - 1), first - timedelta(days=1))
    return None


def _meant_metrics(reading: Reading, by: tuple[str, ...], model: SemanticModel) -> tuple[str, ...]:
    """Money where one metric is meant without a name (卖得最好的类目, 目标完成多少), else the headline."""
    is_ranked = bool(by) and (reading.ranking is not None or reading.has(*RANKING_CUES))
    is_one = is_ranked or reading.has("target", "share", *CHANGE_CUES) or "target" in _kinds(reading.times.compares)
    wanted = HEADLINE[:1] if is_one else HEADLINE
    return tuple(id for id in wanted if id in model.metrics) or tuple(model.metrics)[:1]


def _asked_top(reading: Reading, model: SemanticModel, metric: str) -> int | None:
    return signed_top(reading.ranking, reading.cues, model.metrics[metric].higher_is_better)


def _asked_split(reading: Reading) -> tuple[str, ...]:
    """Dimensions to group by: those named on their own, and those of which several values are compared."""
    named = [term.entry.id for term in reading.dimensions if not _belongs_to_value(reading, term)]
    is_sum = reading.has("together")
    compared = [dimension for dimension, values in reading.values.items() if len(values) > 1 and not is_sum]
    return tuple(dict.fromkeys(named + compared))


def _belongs_to_value(reading: Reading, dimension: Term) -> bool:
    """直播渠道, category in (母婴): the dimension's name only says what kind of thing the value is."""
    for term in reading.terms:
        if term.entry.kind != "value" or term.entry.dimension != dimension.entry.id:
            continue
        if term.end <= dimension.start and not reading.text[term.end : dimension.start].strip(" 的"):
            return True
        if dimension.end <= term.start and NAMES_VALUE.match(reading.text[dimension.end : term.start]):
            return True
    return False
