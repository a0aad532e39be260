"""The smallest cells of a scope with their measures on both sides of a change, and any cut of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from metrics.diagnosis.chains import Chain, Count, measured
from metrics.model import SemanticModel
from metrics.query import Comparison, Figure, KpiResult, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]


LEAST_COUNT = 0.5  # stands in for nothing counted


@dataclass(frozen=True)
class Cells:
    """Measures of every cell: rows are cells, columns the measures of the chain."""

    dimensions: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]  # one value for each dimension
    before: Numbers
    now: Numbers
    counts_before: Numbers  # how many of what is counted (orders, visitors) a cell rests on, one column a factor
    counts: Numbers

    @property
    def sizes(self) -> Numbers:
        """How many counted things the move of each cell and factor rests on: chance falls with the root of it."""
        import numpy as np  # late: only a diagnosis pays for it

        before, now = (np.maximum(side, LEAST_COUNT) for side in (self.counts_before, self.counts))
        sizes: Numbers = before * now / (before + now)
        return sizes

    def groups(self, dimension: str) -> Mapping[str, list[int]]:
        """Value → places of its cells, in the order of the cells."""
        place = self.dimensions.index(dimension)
        found: dict[str, list[int]] = {}
        for number, key in enumerate(self.keys):
            found.setdefault(key[place], []).append(number)
        return found


@dataclass(frozen=True)
class Cut:
    """Some cells named by values of some dimensions."""

    where: tuple[tuple[str, str], ...]  # (dimension, value); empty: all
    places: tuple[int, ...]

    @property
    def scope(self) -> Scope:
        return {dimension: (value,) for dimension, value in self.where}

    @property
    def level(self) -> tuple[str, ...]:
        return tuple(dimension for dimension, _ in self.where)


def cells_of(result: KpiResult, kind: Comparison, chain: Chain, model: SemanticModel) -> Cells:
    """The cells of a result grouped by all dimensions of interest."""
    import numpy as np  # late: only a diagnosis pays for it

    counted = chain.counted(model)

    before, now = _by_key(result, kind)
    keys = tuple(dict.fromkeys((*now, *before)))
    held = [[measured(side.get(key, ()), model) for key in keys] for side in (before, now)]
    rows = [[[item.get(id, 0.0) for id in chain.measures] for item in side] for side in held]
    counts = [[[_count(item, count) for count in counted] for item in side] for side in held]
    shape = (len(keys), len(chain.measures))
    return Cells(result.query.by, keys, *(np.array(side, float).reshape(shape) for side in (*rows, *counts)))


def _by_key(
    result: KpiResult, kind: Comparison
) -> tuple[dict[tuple[str, ...], list[Figure]], dict[tuple[str, ...], list[Figure]]]:
    before: dict[tuple[str, ...], list[Figure]] = {}
    now: dict[tuple[str, ...], list[Figure]] = {}
    for figure in result.figures:
        now.setdefault(key_of(figure, result.query.by), []).append(figure)
    for change in result.changes:
        if change.kind == kind:
            before.setdefault(key_of(change.baseline, result.query.by), []).append(change.baseline)
    return before, now


def key_of(figure: Figure, by: Sequence[str]) -> tuple[str, ...]:
    """The group that a figure belongs to."""
    return tuple((figure.scope.get(name) or ("",))[0] for name in by)


def _count(held: Mapping[str, float], count: Count) -> float:
    """How many of what is counted a factor rests on; a share of amounts as if every order had that share."""
    number = held.get(count.measure, 0.0)
    if count.share is None or not number:
        return number
    top, below = held.get(count.share[0], 0.0), held.get(count.share[1], 0.0)
    return number * min(1.0, max(0.0, top / below)) if below > 0 else 0.0


def cuts_of_cells(cells: Cells) -> Iterator[Cut]:
    """Every cut by one, two or more dimensions that holds some but not all cells."""
    everything = len(cells.keys)
    for count in range(1, len(cells.dimensions) + 1):
        for level in combinations(range(len(cells.dimensions)), count):
            found: dict[tuple[str, ...], list[int]] = {}
            for number, key in enumerate(cells.keys):
                found.setdefault(tuple(key[place] for place in level), []).append(number)
            for values, places in found.items():
                if len(places) < everything:
                    names = tuple(cells.dimensions[place] for place in level)
                    yield Cut(tuple(zip(names, values, strict=True)), tuple(places))
