"""Entries of the ledger as they are kept; read without a database library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class LedgerRow:
    """One entry; what is structured stands as JSON text."""

    chat_id: int
    thread_id: int
    state: str  # proposed, adopted, measured, kept, dropped, cancelled (proposed and never adopted)
    language: str
    card: str  # JSON: the card as it stood when it was adopted
    metric: str
    scope: str  # JSON
    audience: str  # everyone, manager
    made_by: int | None
    made_at: datetime
    owner: str = ""  # name; "" while it is not said
    owner_id: int | None = None
    start: date | None = None
    review: date | None = None  # the day on which it is measured
    baseline: str = ""  # JSON
    effect: str = ""  # JSON of the newest measurement
    measured_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True)
class LedgerAct:
    """Something that somebody did to an entry; `by` None is the bot itself."""

    entry_id: int
    at: datetime
    by: int | None
    name: str
    act: str  # proposed, adopted, owner, start, review, dropped, kept, measured, longer, cancelled
    detail: str = ""  # what it was set to, or JSON of a measurement
