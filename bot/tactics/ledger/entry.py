"""One entry of the ledger: an adopted tactic with what is known of it, and its form in the state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast, get_args

from bot.store.ledger_rows import LedgerRow
from knowledge.documents import Audience, Tactic
from metrics.effects.effect import Confounder, Effect, Guard, Interval, Overlap, Trial
from metrics.query import Scope, Unit

State = Literal["adopted", "measured", "kept", "dropped"]


@dataclass(frozen=True)
class Card:
    """A tactic card as it stood when it was adopted; it stays when the document goes."""

    id: str
    title: str
    document: str
    section: str
    file: str
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    evidence: str = ""
    caution: str = ""

    @classmethod
    def of(cls, tactic: Tactic) -> Card:
        """What is kept of a card."""
        return cls(**{field.name: getattr(tactic, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class Baseline:
    """Where the metric stood when the tactic was adopted."""

    value: float
    unit: Unit
    start: date
    end: date  # inclusive


@dataclass(frozen=True)
class Entry:
    """An adopted tactic."""

    id: int
    chat_id: int
    card: Card
    metric: str  # catalogue id
    scope: Scope
    audience: Audience
    owner: str
    owner_id: int | None
    start: date
    review: date  # measured on the morning of this day
    state: State
    made_by: int | None
    made_at: datetime
    language: Literal["zh", "en"]
    thread_id: int = 0
    baseline: Baseline | None = None
    effect: Effect | None = None  # of the newest measurement
    measured_at: datetime | None = None

    @classmethod
    def of(cls, row: LedgerRow) -> Entry | None:
        """The row as an entry; None while it is only proposed."""
        if row.start is None or row.review is None or row.state not in get_args(State):
            return None
        return cls(
            id=row.id,
            chat_id=row.chat_id,
            card=card_of(row.card),
            metric=row.metric,
            scope=scope_of(row.scope),
            audience=cast("Audience", row.audience),
            owner=row.owner,
            owner_id=row.owner_id,
            start=row.start,
            review=row.review,
            state=cast("State", row.state),
            made_by=row.made_by,
            made_at=row.made_at,
            language="en" if row.language == "en" else "zh",
            thread_id=row.thread_id,
            baseline=_baseline(row.baseline),
            effect=effect_of(row.effect),
            measured_at=row.measured_at,
        )

    @property
    def last_day(self) -> date:
        """The last day that a measurement at the review counts."""
        return self.review - timedelta(days=1)

    def overlap(self, until: date, audience: Audience) -> Overlap:
        """The entry as something that was under way for another one; what was kept goes on.

        Those who may not see it learn that there was one, and no more.
        """
        end = max(until, self.last_day) if self.state == "kept" else self.last_day
        title = self.card.title if audience == "manager" or self.audience == "everyone" else ""
        return Overlap(title, self.scope, self.start, end)


def text_of(value: object) -> str:
    """Any of the dataclasses here as JSON."""
    held = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(held, ensure_ascii=False, default=_plain)


def card_of(text: str) -> Card:
    """The card back."""
    values: dict[str, Any] = json.loads(text)
    held: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return Card(**held)


def scope_of(text: str) -> Scope:
    """The scope back."""
    return {name: tuple(values) for name, values in json.loads(text).items()}


def effect_of(text: str) -> Effect | None:
    """The measurement back; None when there is none."""
    if not text:
        return None
    held: dict[str, Any] = json.loads(text)
    trial = held.pop("trial")
    others = tuple(Overlap(**{**other, **_days(other), "scope": _scope(other["scope"])}) for other in trial["others"])
    return Effect(
        **{
            **held,
            "trial": Trial(**{**trial, **_days(trial), "scope": _scope(trial["scope"]), "others": others}),
            "interval": Interval(**held["interval"]) if held["interval"] else None,
            "confounders": tuple(Confounder(**one) for one in held["confounders"]),
            "guards": tuple(Guard(**{**one, "interval": Interval(**one["interval"])}) for one in held["guards"]),
            "controls": tuple(held["controls"]),
        }
    )


def _baseline(text: str) -> Baseline | None:
    if not text:
        return None
    values = json.loads(text)
    return Baseline(**{**values, **_days(values)})


def _days(values: Mapping[str, str]) -> dict[str, date]:
    return {name: date.fromisoformat(values[name]) for name in ("start", "end")}


def _scope(values: Mapping[str, list[str]]) -> Scope:
    return {name: tuple(held) for name, held in values.items()}


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")
