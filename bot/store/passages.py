"""The passages that an answer quoted, kept so that a verdict or a pin can name them later."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class QuotedPassage:
    """One quote and where it stands."""

    id: str  # of the passage in the index at that time, "" when it is not known
    document: str  # title
    file: str
    section: str
    quote: str
    audience: str  # everyone, manager


def to_json(passages: Iterable[QuotedPassage]) -> str:
    """As it is stored."""
    return json.dumps([asdict(passage) for passage in passages], ensure_ascii=False)


def from_json(stored: str) -> tuple[QuotedPassage, ...]:
    """As it was stored."""
    return tuple(QuotedPassage(**values) for values in json.loads(stored))
