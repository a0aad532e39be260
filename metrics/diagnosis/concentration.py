"""Which driver moved by itself in which cut: the few pairs that explain how the cells differ from one another.

A superset of what moved has its move too, only diluted, and a subset has all of it over less money. Squared moves
weighted with money are therefore largest at the very cut that moved (the gain of a split in a regression tree); ranked
by gain, taken out, and looked for again, they give the few causes. What moves everywhere is the driver itself, without
a cut. `surprise` asks besides whether the cut left the others further than cuts of its kind usually do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from metrics.diagnosis.cells import Cells, Cut, cuts_of_cells

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

MOST_FOUND = 5
LEAST_SURPRISE = 3.5  # noise units: below, cuts differ as they always do
LEAST_MOVE = 0.02  # of a driver at a cut: below, nothing can be named
TINY = 0.003  # of the money: a smaller cut explains nothing
MAD_TO_SIGMA = 1.4826
GONE = 1.5  # of a logarithm: a cell that all but came or went says nothing of everyday noise
ENOUGH = 9  # cuts of a kind, from which on they tell what is usual among them
EMPTY_SIDE = 0.02  # stands in for a side without anything: as good as all gone


@dataclass(frozen=True)
class Finding:
    """A driver that moved in a cut."""

    factor: int  # place in the chain
    cut: Cut
    move: float  # of its logarithm, beside what all cells did
    effect: float  # on the last measure: its money
    surprise: float


def findings(cells: Cells, factors: Sequence[int]) -> tuple[Finding, ...]:
    """The pairs of driver and cut that explain most, in the order in which they were found; () of too little."""
    import numpy as np  # late: only a diagnosis pays for it

    if len(cells.keys) == 0 or not factors:
        return ()
    before, now = np.maximum(cells.before, 0.0), np.maximum(cells.now, 0.0).copy()
    cuts = tuple(cuts_of_cells(cells))
    members = np.zeros((len(cuts), len(cells.keys)))
    for number, cut in enumerate(cuts):
        members[number, list(cut.places)] = 1.0
    found: list[Finding] = []
    for _ in range(MOST_FOUND):
        best = _best(_Round(cells, cuts, members, before, now), factors)
        if best is None:
            break
        found.append(best)
        places = list(best.cut.places) or slice(None)
        now[places, best.factor :] *= np.exp(-best.move)  # a driver carries every later measure with it
    return tuple(found)


@dataclass(frozen=True)
class _Round:
    """One look at what is left to explain."""

    cells: Cells
    cuts: tuple[Cut, ...]
    members: Numbers
    before: Numbers
    now: Numbers


def _best(at: _Round, factors: Sequence[int]) -> Finding | None:
    best: tuple[float, Finding] | None = None
    for factor in factors:
        for gain, finding in _of_factor(at, factor):
            if best is None or gain > best[0]:
                best = (gain, finding)
    return best[1] if best else None


def _of_factor(at: _Round, factor: int) -> list[tuple[float, Finding]]:
    """The factor everywhere, and at the cut of largest gain."""
    import numpy as np  # see above

    common, weight = _common(at, factor)
    found = []
    if abs(common) >= LEAST_MOVE:
        found.append((weight * common**2, Finding(factor, Cut((), ()), common, weight * common, 0.0)))
    if not at.cuts:
        return found
    moves, weights = _moves(at.members @ at.before, at.members @ at.now, factor)
    excess = moves - common
    # The rest of the whole moves against a cut that is most of it: held against that, it is the cut that moved.
    gains = weights * excess**2
    surprises = _surprises(at.cuts, excess, weights)
    allowed = (np.abs(excess) >= LEAST_MOVE) & (weights >= TINY * weight) & (surprises >= LEAST_SURPRISE)
    if not allowed.any():
        return found
    place = int(np.argmax(np.where(allowed, gains, -1.0)))
    effect = float(weights[place] * excess[place])
    finding = Finding(factor, at.cuts[place], float(excess[place]), effect, float(surprises[place]))
    return [*found, (float(gains[place]), finding)]


def _common(at: _Round, factor: int) -> tuple[float, float]:
    """What the factor did in most of the cells, by money; and the money of all."""
    import numpy as np  # see above

    moves, weights = _moves(at.before, at.now, factor)
    whole = _moves(at.before.sum(0, keepdims=True), at.now.sum(0, keepdims=True), factor)[1]
    order = np.argsort(moves)
    reached = np.cumsum(weights[order])
    if reached[-1] <= 0:
        return 0.0, float(whole[0])
    return float(moves[order][np.searchsorted(reached, reached[-1] / 2)]), float(whole[0])


def _moves(before: Numbers, now: Numbers, factor: int) -> tuple[Numbers, Numbers]:
    """The change of the factor's logarithm and the money that hangs on it, for each row."""
    import numpy as np  # see above

    last = before.shape[1] - 1
    sides = []
    for side, other in ((before, now), (now, before)):
        upper, lower = side[:, factor], side[:, factor - 1] if factor else np.ones(len(side))
        filled = np.where((upper <= 0) & (other[:, factor] > 0), EMPTY_SIDE * other[:, factor], upper)
        sides.append((filled, np.where(lower <= 0, np.nan, lower)))
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.log(sides[1][0] / sides[1][1]) - np.log(sides[0][0] / sides[0][1])
    weights = _log_means(np.maximum(before[:, last], 0.0), np.maximum(now[:, last], 0.0))
    usable = np.isfinite(moves)
    return np.where(usable, moves, 0.0), np.where(usable, weights, 0.0)


def _log_means(one: Numbers, other: Numbers) -> Numbers:
    """The logarithmic means; where one side is empty, that of what would be left of it."""
    import numpy as np  # see above

    least = EMPTY_SIDE * np.maximum(one, other)
    one, other = np.maximum(one, least), np.maximum(other, least)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (one - other) / (np.log(one) - np.log(other))
    plain: Numbers = np.where(np.isfinite(mean), mean, (one + other) / 2)
    return plain


def _surprises(cuts: Sequence[Cut], excess: Numbers, weights: Numbers) -> Numbers:
    """How far each cut left the common move, in what is usual among the cuts of its kind and size."""
    import numpy as np  # see above

    scaled = np.sqrt(weights) * np.abs(excess)
    levels: dict[tuple[str, ...], list[int]] = {}
    for number, cut in enumerate(cuts):
        if weights[number] > 0:
            levels.setdefault(cut.level, []).append(number)
    finest = max(levels, key=len, default=())
    floor = _usual(scaled[levels[finest]], excess[levels[finest]]) if finest else 0.0
    surprises: Numbers = np.zeros(len(cuts))
    for places in levels.values():
        own = _usual(scaled[places], excess[places]) if len(places) >= ENOUGH else 0.0
        noise = max(floor, own)
        surprises[places] = scaled[places] / noise if noise > 0 else np.where(scaled[places] > 0, 99.0, 0.0)
    return surprises


def _usual(scaled: Numbers, excess: Numbers) -> float:
    """What is usual among some cuts, by the median, which a few causes do not move."""
    import numpy as np  # see above

    calm = scaled[np.abs(excess) < GONE]
    return MAD_TO_SIGMA * float(np.median(calm if len(calm) else scaled))
