"""What of a question a query cannot express: asked back, applied after the query, or said to be left out."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from bot.assistant.asking_back import AskingBack
from bot.assistant.lexicon import Term
from bot.assistant.reading import Reading
from bot.assistant.types import Plan, Threshold
from bot.assistant.unapplied import without_effect
from bot.assistant.vocabulary import Span
from metrics.model import SemanticModel
from metrics.query import KpiQuery

COUNTED = re.compile(r"(?:数|量|次|单|uv|count)$")
SURROUNDING = re.compile(r"\b(?:in|within|inside|among|out of)(?: (?:the|our|all))?$")  # the whole of a share follows
JOINED = re.compile(r"^(?:的|之| from | by | of | among )?$")


def cannot_apply(reading: Reading, query: KpiQuery, model: SemanticModel, asking: AskingBack) -> Plan | None:
    """A question back for what would change the figure and cannot be applied, None when all can."""
    for exclusion in reading.exclusions:
        is_net = any(term.entry.kind != "value" and term.entry.kind != "dimension" for term in exclusion.terms)
        if is_net and exclusion.manner == "without":
            return asking.unsupported(reading, Span(exclusion.start, exclusion.end, ""))
    if (qualifier := _qualifier(reading, model)) is not None:
        return asking.combined(reading, qualifier)
    if reading.has("per_day", "average") and (plan := _average(reading, query, model, asking)) is not None:
        return plan
    if reading.has("share") and not query.where and not query.by and _is_sum(query.metrics[0], model):
        return asking.splits(reading, "share_of_what", metric=asking.metric_name(query.metrics[0], reading))
    if reading.ranking is not None and reading.ranking.direction and not query.by and query.grain is None:
        return asking.splits(reading, "rank_what", word=reading.ranking.span.text.strip())
    return None


def applied(reading: Reading, plan: Plan, model: SemanticModel) -> Plan:
    """The plan with bounds and shares set, and with what was asked and not applied among `ignored`."""
    query = plan.query
    if query is None:
        return plan
    ignored = [*reading.loose]
    bounds = list(reading.bounds)
    if len(bounds) == 1 and (query.by or query.grain):
        threshold = _threshold(reading, query, model)
        if threshold is not None:
            plan, bounds = replace(plan, threshold=threshold), []
    ignored += [bound.span.text.strip() for bound in bounds]
    if reading.ranking is not None and not query.by:
        ignored.append(reading.ranking.span.text.strip())
    if reading.has("share"):
        plan = _shared(reading, plan, query)
        if plan.share and query.grain and _is_sum(query.metrics[0], model):  # a course shows values
            plan = replace(plan, share=False)
            ignored.append(reading.cues["share"][0].text.strip())
    plan = replace(plan, per_day=reading.has("per_day") and bool(query.grain))
    ignored += without_effect(reading, plan, model)
    return replace(plan, ignored=tuple(dict.fromkeys(ignored)))


def _shared(reading: Reading, plan: Plan, query: KpiQuery) -> Plan:
    """母婴在直播里的占比, share of beauty in live: of what stands behind 在, 占 or "in", else of the whole shop."""
    values = [term for term in reading.included if term.entry.kind == "value"]
    around = [term for term in values if SURROUNDING.search(reading.text[: term.start].rstrip())]
    wholes = around or [term for term in values if _is_whole(reading, term)]
    whole = {term.entry.dimension: (term.entry.id,) for term in wholes}
    is_part = bool(whole) and len(whole) < len(query.where)
    return replace(plan, share=bool(query.where or query.by), share_of=whole if is_part else None)


def _is_whole(reading: Reading, term: Term) -> bool:
    before, after = reading.text[: term.start].rstrip(), reading.text[term.end :].lstrip()
    return before.endswith(("占", "在", "share of", "of all")) and after.startswith(
        ("里", "中", "的", "内", "gmv", "多少", "比", "")
    )


def _threshold(reading: Reading, query: KpiQuery, model: SemanticModel) -> Threshold | None:
    """The bound on the metric named last before it, else on the first one."""
    bound = reading.bounds[0]
    before = [
        term.entry.id for term in reading.included if term.entry.kind == "metric" and term.end <= bound.span.start
    ]
    metric = before[-1] if before else query.metrics[0]
    value = bound.value(model.metrics[metric].unit)
    if value is None or metric not in query.metrics:
        return None
    return Threshold(metric, bound.side, value, bound.includes)


def _qualifier(reading: Reading, model: SemanticModel) -> Span | None:
    """新客GMV: a count in front of another metric narrows it down to rows that no dimension tells apart."""
    metrics = [term for term in reading.included if term.entry.kind == "metric"]
    if any(
        one.end == two.start and two.end == three.start
        for one, two, three in zip(metrics, metrics[1:], metrics[2:], strict=False)
    ):
        return None  # 访客转化客单 is a list
    for one, other in itertools.pairwise(metrics):
        gap = reading.text[one.end : other.start]
        if one.entry.id == other.entry.id or not JOINED.match(gap):
            continue
        narrower = other if gap.strip().isascii() and gap.strip() else one  # GMV from new customers
        if model.metrics[narrower.entry.id].unit == "count" and not COUNTED.search(narrower.text):
            return Span(one.start, other.end, reading.text[one.start : other.end])
    return None


def _average(reading: Reading, query: KpiQuery, model: SemanticModel, asking: AskingBack) -> Plan | None:
    """A mean of the days is only right for what adds up over days; a ratio's own value already is the mean."""
    word = (reading.cues["per_day"] or reading.cues["average"])[0]
    if reading.has("per_day"):
        is_one = len(query.metrics) == 1 and not query.by and query.period.days > 1
        return (
            None
            if is_one and model.metrics[query.metrics[0]].denominator is None
            else asking.unsupported(reading, word)
        )
    is_ratio = all(model.metrics[id].denominator is not None for id in query.metrics)
    return None if is_ratio else asking.unsupported(reading, word)


def _is_sum(metric: str, model: SemanticModel) -> bool:
    return model.metrics[metric].denominator is None
