"""Which values of a proposed dimension the catalogue does not know."""

from __future__ import annotations

from collections import Counter

from metrics.model import SemanticModel
from metrics.naming import value_words
from metrics.proposing.proposal import TableProposal
from metrics.sources.value_names import canonical


def unknown_values(table: TableProposal, model: SemanticModel) -> dict[str, dict[str, int]]:
    """Dimension -> value and the sampled rows that hold it, the most frequent first."""
    found = {}
    for dimension in filter(table.chosen, model.dimensions):
        counted: Counter[str] = Counter()
        for layout in table.layouts:
            counted.update(layout.values.get(dimension, {}))
        ids = {value.id for value in model.dimensions[dimension].values}
        known = canonical(counted, {}, value_words(model, dimension)).keys() | ids
        unknown = {value: rows for value, rows in counted.most_common() if value not in known}
        if unknown:
            found[dimension] = unknown
    return found
