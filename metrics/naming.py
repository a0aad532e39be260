"""How names are compared, and which known names are nearest to an unknown one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from metrics.model import SemanticModel


def fold(text: str) -> str:
    """The form in which names are compared: full-width folded, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def nearest_ids(word: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Up to `count` known ids that look like `word`, nearest first."""
    return tuple(get_close_matches(fold(word), list(known), n=count, cutoff=0.5))


def metric_words(model: SemanticModel) -> dict[str, str]:
    """Every way to say a metric, folded, with the metric's id."""
    return {
        fold(word): metric.id
        for metric in model.metrics.values()
        for word in (metric.id, metric.name.zh, metric.name.en, *metric.name.aliases)
    }


def value_words(model: SemanticModel, dimension: str) -> dict[str, str]:
    """Every way to say a value of the dimension, folded, with the canonical value."""
    return {
        fold(word): value.id
        for value in model.dimensions[dimension].values
        for word in (value.id, value.name.zh, value.name.en, *value.name.aliases)
    }


def nearest_through(word: str, words: dict[str, str]) -> tuple[str, ...]:
    """Ids whose names look like `word`, without repeats."""
    return tuple(dict.fromkeys(words[name] for name in nearest_ids(word, words)))
