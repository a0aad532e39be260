"""How far each cut of the cells moved beside all the rest of them, for any factor of a chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from metrics.diagnosis.cells import Cells, Cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

EMPTY_SIDE = 0.02  # stands in for a side without anything: as good as all gone


@dataclass(frozen=True)
class Parted:
    """For each cut its move beside the rest, as logarithms, and its money."""

    excess: Numbers
    own: Numbers  # the move of the cut itself
    money: Numbers
    is_alone: NDArray[np.bool_]  # whether its opposite is no cut of its own


@dataclass(frozen=True)
class Splits:
    """The cells as they are, or as they would be without what was found so far."""

    before: Numbers
    now: Numbers
    members: Numbers  # cuts × cells, 1.0 where a cell belongs to a cut
    opposed: NDArray[np.bool_]  # whether the rest of a cut is a cut as well
    sizes: Numbers  # how many counted things a move rests on, cells × factors

    @classmethod
    def of(cls, cells: Cells, cuts: Sequence[Cut]) -> Splits:
        """Over all cells."""
        import numpy as np  # late: only a diagnosis pays for it

        members = np.zeros((len(cuts), len(cells.keys)))
        for number, cut in enumerate(cuts):
            members[number, list(cut.places)] = 1.0
        of_two = {name for n, name in enumerate(cells.dimensions) if len({key[n] for key in cells.keys}) == 2}
        opposed = np.array([len(cut.level) == 1 and cut.level[0] in of_two for cut in cuts], bool)
        return cls(np.maximum(cells.before, 0.0), np.maximum(cells.now, 0.0), members, opposed, cells.sizes)

    def without(self, cut: Cut, factor: int, move: float) -> Splits:
        """The same cells had the factor not moved in the cut; it carries every later measure with it."""
        import numpy as np  # see above

        now = self.now.copy()
        now[list(cut.places), factor:] *= np.exp(-move)
        return replace(self, now=now)

    @cached_property
    def money(self) -> float:
        """The last measure of all cells: the logarithmic mean of both sides."""
        return float(_log_means(self.before[:, -1:].sum(0), self.now[:, -1:].sum(0))[0])

    def parted(self, factor: int) -> Parted:
        """Every cut beside the rest, its cells weighted alike on both sides of the change.

        What a shift among its cells does to the average of a cut is no move of the factor.
        """
        import numpy as np  # see above

        sides = self._alike(factor)
        own = [self.members @ side for side in sides]
        rest = [side.sum() - part for side, part in zip(sides, own, strict=True)]
        money = [self.members @ side[:, -1] for side in (self.before, self.now)]
        moved, others = _log_ratio(*own), _log_ratio(*rest)
        usable = np.isfinite(moved) & np.isfinite(others)
        excess = np.where(usable, moved - others, 0.0)
        return Parted(excess, np.where(usable, moved, np.nan), _log_means(*money), ~self.opposed)

    def whole_move(self, factor: int) -> float:
        """The move of all cells together, weighted alike on both sides; 0.0 where there is none."""
        import numpy as np  # see above

        before, now = (np.array([side.sum()]) for side in self._alike(factor))
        move = float(_log_ratio(before, now)[0])
        return move if np.isfinite(move) else 0.0

    def moves_of_cells(self, factor: int) -> Numbers:
        """The move of each single cell, nan where one side has nothing."""
        import numpy as np  # see above

        before, now = self._alike(factor)
        with np.errstate(divide="ignore", invalid="ignore"):
            moves = np.log(now / before)
        return np.where(np.isfinite(moves), moves, np.nan)

    def weights(self, factor: int) -> Numbers:
        """How much of the factor's figure each cell makes up: the mean of both sides."""
        before, now = self._alike(factor)
        weights: Numbers = (before + now) / 2
        return weights

    def _alike(self, factor: int) -> tuple[Numbers, Numbers]:
        """The factor of each cell before and now, times the same weight: as much as is counted there.

        Weights of money would let a few dear cells, and their chance, speak for all.
        """
        import numpy as np  # see above

        if factor == 0:
            return self.before[:, 0], self.now[:, 0]
        below = self.before[:, factor - 1], self.now[:, factor - 1]
        both = (below[0] > 0) & (below[1] > 0)
        sides = zip((self.before, self.now), below, strict=True)
        rates = [np.divide(side[:, factor], under, out=np.zeros(len(under)), where=both) for side, under in sides]
        middle = (rates[0] + rates[1]) / 2
        weight = np.divide(self.sizes[:, factor], middle, out=np.zeros(len(middle)), where=middle > 0)
        return weight * rates[0], weight * rates[1]


def _log_ratio(before: Numbers, now: Numbers) -> Numbers:
    """ln(now / before), where one side is empty as if a little of the other were left; nan where both are."""
    import numpy as np  # see above

    least = EMPTY_SIDE * np.maximum(before, now)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Numbers = np.log(np.maximum(now, least)) - np.log(np.maximum(before, least))
    return found


def _log_means(one: Numbers, other: Numbers) -> Numbers:
    """The logarithmic means; where one side is empty, that of what would be left of it."""
    import numpy as np  # see above

    least = EMPTY_SIDE * np.maximum(one, other)
    one, other = np.maximum(one, least), np.maximum(other, least)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (one - other) / (np.log(one) - np.log(other))
    plain: Numbers = np.where(np.isfinite(mean), mean, (one + other) / 2)
    return plain
