"""Which driver moved by itself in which cut: the few pairs that explain how the cells differ from one another.

Each cut is held against all the rest. A superset of what moved has its move too, only diluted, and a subset leaves the
rest of it on the other side: in noise units the two sides lie farthest apart at the very cut that moved (the best split
of a regression tree). It is taken out, and the next is looked for in what is left. What moves everywhere alike is the
driver itself, without a cut.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.diagnosis.cells import Cells, Cut, cuts_of_cells
from metrics.diagnosis.noise import Noise
from metrics.diagnosis.splits import Splits

MOST_FOUND = 8
MARGIN = 1.05  # over how far the best of so many cuts strays by chance alone
LEAST_MOVE = 0.02  # of a driver at a cut: below, nothing can be named
TINY = 0.002  # of the money: a smaller cut explains nothing


@dataclass(frozen=True)
class Finding:
    """A driver that moved in a cut."""

    factor: int  # place in the chain
    cut: Cut
    move: float  # of its logarithm, beside what the rest did
    effect: float  # on the last measure: its money
    surprise: float  # in noise units; 0 for a move of all


def findings(cells: Cells, factors: Sequence[int]) -> tuple[Finding, ...]:
    """The cuts that moved by themselves in the order in which they were found, then what moved everywhere."""
    if len(cells.keys) == 0:
        return ()
    cuts = tuple(cuts_of_cells(cells))
    splits = Splits.of(cells, cuts)
    noise = Noise(cells, cuts)
    least = MARGIN * math.sqrt(2 * math.log(max(2, len(cuts) * len(factors))))  # the largest of so many normal draws
    found: list[Finding] = []
    while len(found) < MOST_FOUND:
        seen = [held for factor in factors if (held := _clearest(splits, noise, cuts, factor)) is not None]
        best = max(seen, key=lambda item: item.surprise, default=None)
        if best is None or best.surprise < least:
            break
        found.append(best)
        splits = splits.without(best.cut, best.factor, best.move)
    return (*found, *(held for factor in factors if (held := _everywhere(splits, factor)) is not None))


def _clearest(splits: Splits, noise: Noise, cuts: Sequence[Cut], factor: int) -> Finding | None:
    """The cut that lies farthest from the rest, of two halves the smaller; None where none moved."""
    import numpy as np  # late: only a diagnosis pays for it

    if not cuts:
        return None
    parted = splits.parted(factor)
    surprises = np.abs(parted.excess) / noise.of(
        factor, splits.moves_of_cells(factor), parted.own, splits.weights(factor)
    )
    allowed = (np.abs(parted.excess) >= LEAST_MOVE) & (parted.money >= TINY * splits.money)
    allowed &= parted.is_alone | (parted.money <= splits.money / 2)
    clear = np.where(allowed, surprises, 0.0)
    place = int(np.argmax(clear))
    if not clear[place]:
        return None
    move = float(parted.excess[place])
    return Finding(factor, cuts[place], move, float(parted.money[place]) * move, float(clear[place]))


def _everywhere(splits: Splits, factor: int) -> Finding | None:
    """What the factor did in all cells alike, once what single cuts did is taken out."""
    move = splits.whole_move(factor)
    return Finding(factor, Cut((), ()), move, splits.money * move, 0.0) if abs(move) >= LEAST_MOVE else None
