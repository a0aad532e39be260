"""Names one after another, as each language writes a list."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.model import Language

MARKS: dict[Language, str] = {"zh": "、", "en": ", "}


def listed(names: Iterable[str], language: Language) -> str:
    """ "类目、渠道", "category, channel"."""
    return MARKS[language].join(names)
