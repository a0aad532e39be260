"""What travels through the assistant: Question → Plan → Facts → Answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from bot.assistant.watch import Trial, Watch
from knowledge.documents import Passage, Tactic
from metrics.anomalies.anomaly import Scan
from metrics.diagnosis.explanation import Explanation
from metrics.effects.effect import Effect
from metrics.errors import QueryError
from metrics.forecast.expected import Forecast, NotForecast
from metrics.model import Language
from metrics.query import Change, Figure, KpiQuery, KpiResult, Scope

Intent = Literal[
    "kpi", "diagnose", "tactics", "knowledge", "definition", "help", "smalltalk", "clarify", "abstain", "denied"
]
Role = Literal["viewer", "operator", "manager", "admin"]


@dataclass(frozen=True)
class Asker:
    """Who asks, where, and what may be shown there."""

    role: Role  # the level at which figures may be shown: the lower of person and chat
    user_id: int | None = None
    chat_id: int | None = None
    categories: tuple[str, ...] = ()  # the chat is limited to these; () means all


@dataclass(frozen=True)
class Question:
    """One utterance with what is needed to understand it."""

    text: str
    asker: Asker
    now: datetime  # aware, in the shop's zone
    context: tuple[Plan, ...] = ()  # plans of earlier turns in this conversation, newest first
    language: Language = "zh"  # of the answer when the text itself has none, e.g. a bare command


@dataclass(frozen=True)
class Choice:
    """One reading offered back to the asker."""

    label: str  # on the button
    request: str  # the utterance that pressing it stands for


@dataclass(frozen=True)
class Threshold:
    """Only groups or days whose figure lies on one side of a bound are wanted: 转化率低于2%的类目."""

    metric: str
    side: Literal["above", "below"]
    value: float  # in the metric's unit as figures carry it: 0.02 for 2%
    includes: bool = False  # 不低于, at least: the bound itself counts


@dataclass(frozen=True)
class Plan:
    """What the question was understood to mean; checked against the catalogue."""

    intent: Intent
    language: Language
    text: str  # the question as asked
    query: KpiQuery | None = None
    search: str = ""  # what to look for in the documents, "" for nothing
    search_by_name: str = ""  # the same with values named as the catalogue does, "" where they are
    metrics: tuple[str, ...] = ()  # catalogue ids in focus where no query is run: definitions, documents
    category: tuple[str, ...] = ()  # categories in focus, for tactics
    unclear: str = ""  # code of what must be asked back, "" when clear
    unclear_data: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()  # for intent "clarify"
    ignored: tuple[str, ...] = ()  # words that were understood but could not be applied
    chart: bool = False  # a picture was asked for
    wants: Literal["", "way", "effect"] = ""  # of the documents: what to do, or what came of it
    wants_figure: bool = False  # a quote without a figure is no answer to this
    ranked_by: Literal["value", "rise", "fall"] = "value"  # what `query.top` and the order of groups go by
    advice: bool = False  # cards are wanted beside the explanation
    premise: Literal["", "fall", "rise"] = ""  # which way a question for a reason takes the figure to have gone
    wants_amount: bool = False  # nor is a percentage, where an amount was asked for
    share: bool = False  # which part of the whole shop the scope makes up
    summary: bool = False  # the manager's one-screen summary
    view: Literal["", "pace", "anomalies", "watch"] = ""  # where it is heading; what is unusual; a rule to save
    watch: Watch | None = None  # with view "watch"
    share_of: Mapping[str, tuple[str, ...]] | None = None  # with `share`: of this scope instead of the whole shop
    read_as: tuple[tuple[str, str], ...] = ()  # words that were read as a name: (as written, as read)
    excluded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values that `query.where` leaves out
    threshold: Threshold | None = None
    per_day: bool = False  # the mean of the whole days is asked for
    must_hold: tuple[str, ...] = ()  # words of the question that a passage must hold to win over a live figure
    skipped: tuple[str, ...] = ()  # ids of cards that were shown already: others are wanted
    otherwise: Plan | None = None  # what to do when the documents don't hold `search`


@dataclass(frozen=True)
class Gap:
    """How far one KPI stands from where it should be."""

    figure: Figure
    change: Change | None  # against its own past
    target: Change | None  # against its target
    severity: float  # comparable within one list; larger is worse; <= 0 is no gap


@dataclass(frozen=True)
class Tried:
    """A card that the team adopted before."""

    scope: Scope
    metric: str
    owner: str
    start: date
    review: date
    state: Literal["adopted", "measured", "kept", "dropped"]
    effect: Effect | None  # None while it was not measured


@dataclass(frozen=True)
class Suggestion:
    """A tactic card with the KPI that calls for it."""

    tactic: Tactic
    metrics: tuple[str, ...]  # the card's metric names resolved to catalogue ids
    gap: Gap | None
    score: float
    scope: Scope = field(default_factory=dict)  # where it would be tried and measured
    measured: str = ""  # the metric that it would be measured on, "" when the card names none
    tried: tuple[Tried, ...] = ()  # what the team did with it before, newest first
    source: str = ""  # id of the passage that it stands in, "" when it cannot be shown
    cause: Explanation | None = None  # why the figure that calls for it moved


@dataclass(frozen=True)
class Facts:
    """Everything that an answer may say, and what is missing."""

    results: tuple[KpiResult, ...] = ()
    groups: int = 0  # groups with a value that the first result was cut from, 0 when it is not grouped
    passages: tuple[Passage, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    more_suggestions: bool = False  # further cards would fit
    explanation: Explanation | None = None  # why the first figure moved
    forecast: Forecast | NotForecast | None = None  # of the first figure's whole period
    scan: Scan | None = None  # what was unusual
    trial: Trial | None = None  # what a watch rule would have done
    verdict: Literal["answer", "weak", "none"] = "none"  # of the document search
    missing: tuple[str, ...] = ()  # stable codes of what could not be had
    refusal: QueryError | None = None  # the query makes no sense on this data; says why and what would


@dataclass(frozen=True)
class Citation:
    document: str
    section: str
    quote: str
    file: str = ""
    place: str = ""  # "page:3", "slide:2", "sheet:渠道"; "" where the format has none


@dataclass(frozen=True)
class Button:
    """A follow-up one tap away; pressing it asks `request` in the context of this answer."""

    label: str
    request: str


@dataclass(frozen=True)
class Picture:
    """A chart that is drawn when it is first needed: what only reads the text does not wait for it."""

    draw: Callable[[], bytes]
    alt: str  # what it shows, one sentence; becomes the caption

    @cached_property
    def png(self) -> bytes:
        """The picture itself."""
        return self.draw()


@dataclass(frozen=True)
class Answer:
    """What is sent: Telegram HTML (b, i, u, s, code, pre, a, blockquote only), already escaped."""

    plan: Plan
    html: str
    facts: Facts
    citations: tuple[Citation, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()  # rows
    picture: Picture | None = None
    grounded: bool = True
    seconds: float = 0.0
