"""What answers quoted, and answers that an admin verified; read without a database library."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class QuotedPassage:
    """One quote and where it stands."""

    id: str  # of the passage in the index at that time, "" when it is not known
    document: str  # title
    file: str
    section: str
    quote: str
    audience: str  # everyone, manager


@dataclass(frozen=True)
class PinRow:
    """One question with its verified answer."""

    question: str
    html: str  # Telegram HTML, escaped
    language: str
    audience: str  # everyone, manager
    passages: tuple[QuotedPassage, ...]
    by: int | None  # who verified it
    role: str  # of who verified it
    at: datetime
    state: str = "draft"  # draft, on, off
    id: int = 0  # 0 until it is kept


def to_json(passages: Iterable[QuotedPassage]) -> str:
    """As it is stored."""
    return json.dumps([asdict(passage) for passage in passages], ensure_ascii=False)


def from_json(stored: str) -> tuple[QuotedPassage, ...]:
    """As it was stored."""
    return tuple(QuotedPassage(**values) for values in json.loads(stored))
