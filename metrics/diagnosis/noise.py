"""How far a cut strays by itself: by the chance of what is counted in it, and by what groups of its kind swing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from metrics.diagnosis.cells import Cells, Cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Level = tuple[str, ...]

MAD_TO_SIGMA = 1.4826
TINY_WEIGHT = 1e-9  # stands in for a cut without any
FEW = 2.0  # counted: the logarithm of less says nothing
GONE = 1.5  # of a logarithm: a cell that all but came or went says nothing of everyday noise
ENOUGH = 9  # groups of a level, from which on they tell what is usual among them
LEAST_NOISE = 0.006  # of a logarithm: no cut repeats more closely, however much is counted


class Noise:
    """The everyday straying of the cuts of some cells; what does not change between two looks is kept."""

    def __init__(self, cells: Cells, cuts: Sequence[Cut]) -> None:
        self._cells = cells
        self._levels: dict[Level, list[int]] = {}
        for number, cut in enumerate(cuts):
            self._levels.setdefault(cut.level, []).append(number)
        self._codes = _codes(cells)
        self._kept: dict[tuple[int, Level], Numbers] = {}

    def of(self, factor: int, cells: Numbers, cuts: Numbers, weights: Numbers) -> Numbers:
        """Standard deviations of the cuts' moves beside the rest.

        `cells` and `cuts` are the moves of single cells and of the cuts; `weights` is how much of a cut's figure each
        cell makes up: a few dear ones may carry it, and their chance with it.
        """
        import numpy as np  # late: only a diagnosis pays for it

        sizes = self._cells.sizes[:, factor]
        chance = _chance(cells, sizes)
        variances: Numbers = np.ones(len(cuts))
        for level, places in self._levels.items():
            codes = self._codes[level]
            whole = np.maximum(np.bincount(codes, weights=weights), TINY_WEIGHT)
            variances[places] = chance * np.bincount(codes, weights=weights**2 / sizes) / whole**2
        swings = np.zeros(len(cuts))
        for level, places in self._levels.items():
            if len(places) >= ENOUGH:
                swing = max(0.0, _spread(cuts[places]) ** 2 - float(np.median(variances[places])))
                swings = np.maximum(swings, swing * self._imbalances(factor, level, weights, len(cuts)))
        rest = chance * float((weights**2 / sizes).sum()) / max(float(weights.sum()), TINY_WEIGHT) ** 2
        deviations: Numbers = np.sqrt(np.maximum(variances + swings + rest, LEAST_NOISE**2))
        return deviations

    def _imbalances(self, factor: int, level: Level, sizes: Numbers, count: int) -> Numbers:
        """For each cut how little a level's swings cancel out between it and the rest.

        That is the sum of the squared differences between the groups' shares of the cut and of the rest: a region that
        holds all channels as the others do has their swings on both sides.
        """
        import numpy as np  # see above

        if (factor, level) in self._kept:
            return self._kept[factor, level]
        found = np.ones(count)
        of_groups = np.bincount(self._codes[level], weights=sizes)
        for own, places in self._levels.items():
            joint = self._codes[tuple(name for name in self._cells.dimensions if name in own or name in level)]
            first = np.unique(joint, return_index=True)[1]
            parts, groups = np.bincount(joint, weights=sizes), of_groups[self._codes[level][first]]
            cut_of = self._codes[own][first]
            inside, squares, crossed = (
                np.bincount(cut_of, weights=weights) for weights in (parts, parts**2, parts * groups)
            )
            outside = np.maximum(sizes.sum() - inside, TINY_WEIGHT)
            inside = np.maximum(inside, TINY_WEIGHT)
            rest = ((of_groups**2).sum() - 2 * crossed + squares) / outside**2
            found[places] = squares / inside**2 - 2 * (crossed - squares) / (inside * outside) + rest
        self._kept[factor, level] = np.maximum(found, 0.0)
        return self._kept[factor, level]


def _chance(moves: Numbers, sizes: Numbers) -> float:
    """The variance of a move that rests on a single counted thing, as the calm cells have it."""
    import numpy as np  # see above

    held = np.isfinite(moves) & (sizes > FEW)
    if not held.any():
        return 1.0
    strays = moves[held] - np.median(moves[held])
    calm = np.abs(strays) < GONE
    scaled = (strays * np.sqrt(sizes[held]))[calm]
    return _spread(scaled) ** 2 if len(scaled) else 1.0


def _spread(values: Numbers) -> float:
    """A standard deviation that a few far values do not move; nan counts as nothing."""
    import numpy as np  # see above

    held = values[np.isfinite(values)]
    return MAD_TO_SIGMA * float(np.median(np.abs(held - np.median(held)))) if len(held) else 0.0


def _codes(cells: Cells) -> dict[Level, NDArray[np.int64]]:
    """For each level the number of each cell's group, numbered as the cuts of that level come."""
    import numpy as np  # see above

    found = {}
    for count in range(1, len(cells.dimensions) + 1):
        for picked in combinations(range(len(cells.dimensions)), count):
            numbers: dict[tuple[str, ...], int] = {}
            codes = [numbers.setdefault(tuple(key[n] for n in picked), len(numbers)) for key in cells.keys]
            found[tuple(cells.dimensions[n] for n in picked)] = np.array(codes)
    return found
