"""Gets the facts that a plan needs: figures, passages and tactic cards; says what could not be had."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from bot.assistant.beside import both
from bot.assistant.fold import fold
from bot.assistant.kpi_query import last_days
from bot.assistant.requoting import is_pointer, to_the_point
from bot.assistant.rivals import Rivals
from bot.assistant.setbacks import with_cause
from bot.assistant.types import Asker, Facts, Plan, Suggestion, Threshold
from knowledge.documents import Audience, Passage, SearchResult
from metrics.currency import is_money
from metrics.diagnosis.explanation import Explanation
from metrics.errors import QueryError
from metrics.model import Metric, SemanticModel
from metrics.query import Comparison, Figure, KpiQuery, KpiResult, Period, Scope

MOST_PASSAGES = 5
MOST_CARDS = 3  # more is a list to scroll, not advice
BREAKDOWN = ("channel", "category", "region")  # the first that fits splits a single figure
REFERENCE = re.compile(r"（[^（）]*《[^（）]*）")
NO_FIGURE = re.compile(
    r"(?<![\d.])(?:19|20)\d\d(?:\s*年|(?!\d|\.\d|\s*[万亿元人件家单个台套条款%‰]))"
)  # a year answers no "how much"
# By how much something moved, which is no level of it: 上升了1.3个百分点; 升至27% is one.
A_CHANGE = re.compile(
    r"(?:[升降涨跌增减]|提升|提高|增长|增加|下降|降低|减少|节省)(?:了|约|近|超过|超|逾|幅|率)*\s*\d[\d.,]*\s*(?:%|个?百分点|倍)?"
)
AMOUNT = re.compile(
    r"\d[\d,.]*\s*(?:[十百千万亿]|元|人|单|件|个|位|家|[kmb]\b|million|billion)|[一二三四五六七八九十百千]+[万亿]"
)
PART = re.compile(r"\d\s*(?:%|％|‰|个?百分点|成|倍|percent)|[一二三四五六七八九]成|分之|一半|过半")
SPARK_DAYS = 14
RUNNERS_UP = 3  # "which is the highest" is answered with the next two beside it
FIGURE = re.compile(r"\d|[一二三四五六七八九十百千]+[成倍万亿]")
LEAST_HELD = 2  # characters: a single one stands anywhere
RANKS = {"none": 0, "weak": 1, "answer": 2}
MANAGER_ROLES = frozenset({"manager", "admin"})


class Numbers(Protocol):
    """The part of the analyst that is used here."""

    @property
    def model(self) -> SemanticModel:
        """What the numbers mean."""
        ...

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """One answered query; raises MetricsError."""
        ...


class Documents(Protocol):
    """The part of the library that is used here."""

    def search(
        self, query: str, *, limit: int = 5, categories: Sequence[str] = (), audience: Audience = "everyone"
    ) -> SearchResult:
        """The passages nearest to the query, best first."""
        ...


class Advice(Protocol):
    """What ranks tactic cards."""

    def advise(
        self,
        scope: Scope,
        metrics: Sequence[str],
        period: Period,
        now: datetime,
        audience: Audience,
        asker: Asker | None = None,
        skipped: Sequence[str] = (),
        most: int = MOST_CARDS,
    ) -> tuple[tuple[Suggestion, ...], bool]:
        """Suggestions and whether they are the category's own."""
        ...


class Reasons(Protocol):
    """What says why a figure moved."""

    def explain(
        self, query: KpiQuery, now: datetime, audience: Audience = "everyone", categories: Sequence[str] = ()
    ) -> Explanation:
        """Why the first metric moved; raises QueryError."""
        ...


class Views(Protocol):
    """What looks at more than one figure of one period."""

    def gather(self, plan: Plan, query: KpiQuery, asker: Asker, audience: Audience, now: datetime) -> Facts:
        """Where it is heading, or what is unusual."""
        ...


@dataclass(frozen=True)
class Gatherer:
    """Reads only what the asker may see; the checks come before the reading."""

    numbers: Numbers
    documents: Documents
    advice: Advice
    rivals: Rivals
    reasons: Reasons
    outlook: Views
    week_start: int = 0  # 0 is Monday

    def gather(self, plan: Plan, asker: Asker, now: datetime) -> Facts:
        """The facts of one plan; a refused query comes back as `Facts.refusal`."""
        audience = audience_of(asker)
        if plan.intent == "knowledge":
            return self._from_documents(plan, asker, now)
        if plan.intent == "tactics" and plan.query is not None:
            return self._tactics(plan.query, plan, now, asker)
        if plan.intent == "diagnose" and plan.query is not None:
            return self._reasons(plan, plan.query, asker, now)
        if plan.intent == "kpi" and plan.view and plan.query is not None:
            return self.outlook.gather(plan, plan.query, asker, audience, now)
        if plan.intent == "kpi" and plan.query is not None:
            return self._figures(plan, plan.query, now, asker)
        return Facts()

    def _from_documents(self, plan: Plan, asker: Asker, now: datetime) -> Facts:
        audience = audience_of(asker)
        found = pointed(self._search(plan, asker), plan.wants)
        if found.passages and self._misses(plan, found.passages[0].quote):
            return Facts(passages=found.passages, verdict="weak")  # about the subject, but not the number asked for
        if found.passages and is_too_thin(plan, found.passages[0]):
            return Facts(passages=found.passages, verdict="weak")  # a live figure is the safer answer
        cards: tuple[Suggestion, ...] = ()
        is_shown = not asker.categories or set(plan.category) <= set(asker.categories)  # cards carry figures
        if found.verdict == "answer" and plan.category and plan.metrics and is_shown:
            week = last_days(7, now)
            cards, is_own = self.advice.advise({"category": plan.category}, plan.metrics, week, now, audience)
            cards = tuple(card for card in cards if is_own and set(card.metrics) & set(plan.metrics))
        return Facts(passages=found.passages, verdict=found.verdict, suggestions=cards)

    def _search(self, plan: Plan, asker: Asker) -> SearchResult:
        """In the documents' usual language first, then as it was asked; a limited chat's own and general ones only."""
        search = partial(
            self.documents.search, limit=MOST_PASSAGES, categories=asker.categories, audience=audience_of(asker)
        )
        found = search(plan.search)
        for wording in dict.fromkeys((plan.search_by_name, plan.text)):
            if found.verdict == "answer" or wording in ("", plan.search):
                continue
            other = search(wording)
            found = other if RANKS[other.verdict] > RANKS[found.verdict] else found
        return found

    def _misses(self, plan: Plan, quote: str) -> bool:
        """Whether the quote lacks the figure asked for, or is about another category or promotion."""
        quote = REFERENCE.sub("", quote)  # the heading that a sentence refers to names more than the sentence
        needed = self._needed_figure(plan)
        if needed is not None:
            bare = NO_FIGURE.sub("", quote)
            has_figure = needed.search(A_CHANGE.sub("", bare) if plan.wants_amount else bare) is not None
            if not has_figure or self.rivals.is_another_metric(plan.text, quote):
                return True
        return self.rivals.exclude(plan.text, quote)

    def _needed_figure(self, plan: Plan) -> re.Pattern[str] | None:
        """What a quote must hold to answer: a figure, and an amount where the metric asked for is one."""
        if not plan.wants_figure:
            return None
        units = {self.numbers.model.metrics[id].unit for id in plan.metrics}
        if not plan.wants_amount:
            return FIGURE
        is_amount = all(unit == "count" or is_money(unit) for unit in units)
        return AMOUNT if is_amount else PART if units == {"fraction"} else FIGURE

    def _tactics(self, query: KpiQuery, plan: Plan, now: datetime, asker: Asker) -> Facts:
        """One card more than is shown is asked for, to know whether there are others."""
        audience = audience_of(asker)
        found, is_own = self.advice.advise(
            query.where, query.metrics, query.period, now, audience, asker, plan.skipped, MOST_CARDS + 1
        )
        if found:
            because = partial(self.reasons.explain, now=now, audience=audience, categories=asker.categories)
            cards = with_cause(found[:MOST_CARDS], because, self.numbers.model)
            missing = () if is_own else ("no_own_tactic",)
            return Facts(suggestions=cards, more_suggestions=len(found) > MOST_CARDS, missing=missing)
        passages = self.documents.search(plan.search, limit=MOST_PASSAGES, categories=plan.category, audience=audience)
        return Facts(passages=passages.passages, verdict=passages.verdict, missing=("no_tactic",))

    def _figures(self, plan: Plan, query: KpiQuery, now: datetime, asker: Asker) -> Facts:
        audience = audience_of(asker)
        top = _shown_top(plan, query)
        main = replace(query, compare=shown_comparisons(plan, query), top=top if query.grain else None)
        try:
            shown, extras = both(lambda: self.numbers.run(main, now), lambda: self._extras(plan, query, now, asker))
        except QueryError as error:
            return Facts(refusal=error)
        cards = self.advice.advise(query.where, query.metrics, query.period, now, audience)[0] if plan.advice else ()
        kept = cut_to(passing(shown, plan.threshold) if plan.threshold else shown, top)
        return Facts(results=(kept, *extras), groups=count_places(shown), suggestions=cards)

    def _reasons(self, plan: Plan, query: KpiQuery, asker: Asker, now: datetime) -> Facts:
        """Why it moved; where there is nothing to compare with, the figure alone."""
        audience = audience_of(asker)
        try:
            explanation = self.reasons.explain(query, now, audience, asker.categories)
            result = explanation.result
            if result is None or not explanation.is_explained:
                result = self.numbers.run(
                    replace(query, by=(), compare=shown_comparisons(plan, replace(query, by=()))), now
                )
        except QueryError as error:
            return Facts(refusal=error)
        cards = self.advice.advise(query.where, query.metrics, query.period, now, audience)[0] if plan.advice else ()
        return Facts(results=(result,), suggestions=cards, explanation=explanation)

    def _extras(self, plan: Plan, query: KpiQuery, now: datetime, asker: Asker) -> list[KpiResult]:
        """What belongs beside the figure: the whole of its groups, its parts, its drivers, its month."""
        if plan.summary:
            spark = replace(query, period=last_days(SPARK_DAYS, now), grain="day", compare=())
            week, month = (to_date(query, kind, now, self.week_start) for kind in ("week", "month"))
            return [self.numbers.run(one, now) for one in (week, month, spark)]
        if query.grain:
            return []
        if query.by:
            whole = replace(query, by=(), top=None, compare=shown_comparisons(plan, query))
            return [self.numbers.run(whole, now)]
        if len(query.metrics) != 1:
            return []
        if plan.share:
            where = _denominator(plan, asker)
            return [self.numbers.run(replace(query, where=where, compare=(), against=None), now)]
        parts = self._parts(query, now)
        return [parts] if parts else []

    def _parts(self, query: KpiQuery, now: datetime) -> KpiResult | None:
        for dimension in BREAKDOWN:
            if (result := self._split(query, dimension, now)) is not None:
                return result
        return None

    def _split(self, query: KpiQuery, dimension: str, now: datetime) -> KpiResult | None:
        if dimension in query.where or dimension not in self.numbers.model.dimensions:
            return None
        lead: Comparison = next((kind for kind in query.compare if kind != "target"), "previous")
        split = replace(query, by=(dimension,), compare=(lead,))
        try:
            return self.numbers.run(split, now)
        except QueryError:
            return None  # this metric cannot be cut that way; the figure itself stands


def audience_of(asker: Asker) -> Audience:
    """Which figures and documents may be shown where this is read."""
    return "manager" if asker.role in MANAGER_ROLES else "everyone"


def pointed(found: SearchResult, wants: str) -> SearchResult:
    """Each quote the line that answers; a place that only points to another comes last and answers nothing."""
    passages = [to_the_point(passage, wants) for passage in found.passages]
    telling = [passage for passage in passages if not is_pointer(passage)]
    if not telling or telling[0] is passages[0]:
        return replace(found, passages=tuple(telling or passages))
    is_as_good = telling[0].coverage >= passages[0].coverage
    return replace(found, passages=tuple(telling), verdict=found.verdict if is_as_good else "weak")


def is_too_thin(plan: Plan, passage: Passage) -> bool:
    """Whether the place says too little of the words that set the question apart from one for the numbers."""
    if plan.otherwise is None or not plan.must_hold:
        return False
    if plan.language != "zh" and plan.otherwise.intent == "clarify":
        return False  # the search has judged the names; no figure is lost by answering
    if any(word in missing or missing in word for word in plan.must_hold for missing in passage.missing):
        return True
    place = fold(f"{passage.section} {passage.quote if plan.wants_figure else passage.text}")
    held = [word for word in plan.must_hold if word in place]
    if plan.language != "zh":
        return False  # a passage in another language holds them in other words
    if plan.otherwise.unclear.startswith("not_held"):  # no figure is lost by asking: the names alone must be there
        return len(held) < len(plan.must_hold)
    return sum(map(len, held)) < LEAST_HELD or 2 * len(held) < len(plan.must_hold)


def _shown_top(plan: Plan, query: KpiQuery) -> int | None:
    """How many groups are read: all to be ranked by their change, and runners-up beside a single first."""
    if plan.ranked_by != "value" or query.top is None:
        return None
    return query.top * RUNNERS_UP if abs(query.top) == 1 else query.top


def shown_comparisons(plan: Plan, query: KpiQuery) -> tuple[Comparison, ...]:
    """What was asked for, and what belongs to every answer of that form; a table or line has room for one."""
    if query.by or query.grain:
        return query.compare or ("previous",)
    usual: tuple[Comparison, ...] = ("previous", "year_ago", *(("target",) if plan.summary else ()))
    return tuple(dict.fromkeys((*query.compare, *usual)))


def may_see(metric: Metric, audience: Audience) -> bool:
    """Whether the metric's figures may be read for this audience; also for figures that only accompany another."""
    return metric.audience == "everyone" or audience == "manager"


def to_date(query: KpiQuery, kind: Literal["week", "month"], now: datetime, week_start: int = 0) -> KpiQuery:
    """The same metrics since the week or month began until now, against the same part of the one before."""
    today = now.date()
    back = (today.weekday() - week_start) % 7 if kind == "week" else today.day - 1
    period = Period(today - timedelta(days=back), today, kind, complete=False, until=now)
    compare: tuple[Comparison, ...] = ("previous", "target") if kind == "month" else ("previous",)
    return replace(query, period=period, compare=compare, against=None, by=(), grain=None, top=None)


def cut_to(result: KpiResult, top: int | None) -> KpiResult:
    """The largest (or smallest) groups by the first metric, with their changes; all of them for None."""
    if top is None or not result.query.by or result.query.grain:
        return result
    by, lead = result.query.by, result.query.metrics[0]
    ranked = [item for item in result.figures if item.metric == lead and item.value is not None]
    ranked.sort(key=lambda item: (item.value or 0.0) * (-1 if top > 0 else 1))
    places = {_keys(item, by): place for place, item in enumerate(ranked[: abs(top)])}
    figures = [item for item in result.figures if _keys(item, by) in places]
    order = {id: place for place, id in enumerate(result.query.metrics)}
    figures.sort(key=lambda item: (order[item.metric], places[_keys(item, by)]))
    kept = tuple(figures) or result.figures
    changes = tuple(change for change in result.changes if any(change.current is item for item in kept))
    return replace(result, query=replace(result.query, top=top), figures=kept, changes=changes)


def passing(result: KpiResult, threshold: Threshold) -> KpiResult:
    """Only the groups, or whole steps of time, whose figure lies on the right side of the bound."""
    by = result.query.by
    judged = [item for item in result.figures if item.metric == threshold.metric and not is_running(item, result)]
    good = {(_keys(item, by), item.bucket) for item in judged if _passes(item.value, threshold)}
    kept = tuple(item for item in result.figures if (_keys(item, by), item.bucket) in good)
    changes = tuple(change for change in result.changes if any(change.current is item for item in kept))
    return replace(result, figures=kept, changes=changes)


def is_running(figure: Figure, result: KpiResult) -> bool:
    """Whether the figure is of a step of time that has not ended, or whose rows have not all come."""
    until = figure.period.until
    if result.query.grain is None or result.query.period.complete or figure.bucket is None or until is None:
        return False
    is_last = figure.bucket == max(item.bucket for item in result.figures if item.bucket is not None)
    ends_whole = (until.minute, until.second) == (0, 0) and (result.query.grain == "hour" or until.hour == 0)
    return is_last and not (ends_whole and result.query.grain in ("hour", "day"))


def _passes(value: float | None, threshold: Threshold) -> bool:
    if value is None:
        return False
    if threshold.includes and value == threshold.value:
        return True
    return value > threshold.value if threshold.side == "above" else value < threshold.value


def _denominator(plan: Plan, asker: Asker) -> Scope:
    """What a share is a part of: never more than this chat may see, which would give away the other categories."""
    where = dict(plan.share_of or {})
    if asker.categories and "category" not in where:
        where["category"] = asker.categories
    return where


def _keys(figure: Figure, by: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(figure.scope.get(name, ()) for name in by)


def count_places(result: KpiResult) -> int:
    """Groups, or ended steps of time, with a value of the first metric; 0 for a single figure."""
    by, lead = result.query.by, result.query.metrics[0]
    held = [item for item in result.figures if item.metric == lead and item.value is not None]
    if result.query.grain and not by:
        return sum(not is_running(item, result) for item in held)
    return len({_keys(item, by) for item in held}) if by else 0
