"""What was decided on draft tactic cards, as it is kept; read without a database library."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class CardText:
    """What of a card a person may set right; the sentence that it stands on is the document's."""

    title: str
    categories: tuple[str, ...]  # () means any
    channels: tuple[str, ...]
    metrics: tuple[str, ...]
    when: str
    actions: tuple[str, ...]
    caution: str
    effort: str


@dataclass(frozen=True)
class DraftRow:
    """One sentence of a document with the card that a person made of it, or did not want."""

    draft_id: str  # hash of file and sentence
    card: CardText
    evidence: str  # the sentence, exactly as it stands in the document
    file: str
    document: str  # title, when it was decided
    state: str  # open: looked at, perhaps corrected; accepted, dismissed; withdrawn: its sentence is gone
    by: int | None  # who decided last
    by_name: str
    at: datetime
    id: int = 0  # 0 until it is kept


def card_to_json(card: CardText) -> str:
    """As it is stored."""
    return json.dumps(asdict(card), ensure_ascii=False)


def card_from_json(stored: str) -> CardText:
    """As it was stored."""
    values: dict[str, Any] = json.loads(stored)
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return CardText(**{**values, **lists})
