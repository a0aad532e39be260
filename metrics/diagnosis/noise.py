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
LEAST_COUNT = 0.5  # stands in for nothing counted
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
        self._shares: dict[tuple[int, Level], Numbers] = {}

    def of(self, factor: int, cells: Numbers, cuts: Numbers) -> Numbers:
        """Standard deviations of the cuts' moves, out of the moves of single cells and of the cuts themselves."""
        import numpy as np  # late: only a diagnosis pays for it

        sizes = self._sizes(factor)
        chance = _chance(cells, sizes)
        counted: Numbers = np.ones(len(cuts))
        for level, places in self._levels.items():
            counted[places] = np.maximum(np.bincount(self._codes[level], weights=sizes), LEAST_COUNT)
        variances = chance / counted
        swings = np.zeros(len(cuts))
        for level, places in self._levels.items():
            if len(places) >= ENOUGH:
                swing = max(0.0, _spread(cuts[places]) ** 2 - float(np.median(variances[places])))
                swings = np.maximum(swings, swing * self._squared_shares(factor, level, len(cuts)))
        deviations: Numbers = np.sqrt(np.maximum(variances + swings, LEAST_NOISE**2))
        return deviations

    def _sizes(self, factor: int) -> Numbers:
        """How many counted things the move of each cell rests on: chance falls with the root of it."""
        import numpy as np  # see above

        sides = (self._cells.counts_before[:, factor], self._cells.counts[:, factor])
        before, now = (np.maximum(side, LEAST_COUNT) for side in sides)
        sizes: Numbers = before * now / (before + now)
        return sizes

    def _squared_shares(self, factor: int, level: Level, count: int) -> Numbers:
        """For each cut how little the swings of a level's groups cancel out in it: the sum of their squared shares."""
        import numpy as np  # see above

        if (factor, level) in self._shares:
            return self._shares[factor, level]
        sizes, found = self._sizes(factor), np.ones(count)
        for own, places in self._levels.items():
            joint = self._codes[tuple(name for name in self._cells.dimensions if name in own or name in level)]
            parts = np.bincount(joint, weights=sizes)
            cut_of = self._codes[own][np.unique(joint, return_index=True)[1]]
            whole = np.maximum(np.bincount(cut_of, weights=parts), LEAST_COUNT)
            found[places] = np.bincount(cut_of, weights=parts**2) / whole**2
        self._shares[factor, level] = found
        return found


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
