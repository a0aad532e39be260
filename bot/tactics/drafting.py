"""The catalogue's names, in the form in which the documents are searched for draft cards."""

from __future__ import annotations

from knowledge.drafts import Vocabulary
from metrics.model import Name, SemanticModel


def vocabulary_of(model: SemanticModel) -> Vocabulary:
    """Categories by their value, channels and metrics by their Chinese name, as cards write them."""
    return Vocabulary(
        categories=_values(model, "category"),
        channels=_values(model, "channel"),
        metrics={metric.name.zh: _wordings(metric.name) for metric in model.metrics.values()},
        falling_is_good=frozenset(metric.name.zh for metric in model.metrics.values() if not metric.higher_is_better),
    )


def _values(model: SemanticModel, dimension: str) -> dict[str, tuple[str, ...]]:
    held = model.dimensions.get(dimension)
    return {value.id: _wordings(value.name) for value in held.values} if held else {}


def _wordings(name: Name) -> tuple[str, ...]:
    return (name.zh, name.en, *name.aliases)
