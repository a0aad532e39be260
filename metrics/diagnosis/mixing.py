"""A change of a ratio into what its segments did (rate) and how their weights moved (mix), adding up exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_WEIGHT = 0.01  # of all: a smaller segment neither makes nor breaks a pattern


@dataclass(frozen=True)
class Sides:
    """Numerator and denominator of one segment, before and now."""

    numerator_before: float
    denominator_before: float
    numerator: float
    denominator: float

    @property
    def is_new(self) -> bool:
        return self.denominator_before == 0 != self.denominator

    @property
    def is_gone(self) -> bool:
        return self.denominator == 0 != self.denominator_before

    @property
    def rates(self) -> tuple[float, float] | None:
        """The ratio before and now, None where one side has none."""
        if self.denominator_before == 0 or self.denominator == 0:
            return None
        return self.numerator_before / self.denominator_before, self.numerator / self.denominator


@dataclass(frozen=True)
class Mixed:
    """What one segment adds to the change of the whole ratio, in its unit."""

    rate: float  # its own ratio moved, at its mean weight
    mix: float  # its weight moved, at its mean distance from the whole; all of a new or vanished segment

    @property
    def both(self) -> float:
        return self.rate + self.mix


def whole_of(segments: Sequence[Sides]) -> Sides:
    """All segments together."""
    return Sides(
        math.fsum(item.numerator_before for item in segments),
        math.fsum(item.denominator_before for item in segments),
        math.fsum(item.numerator for item in segments),
        math.fsum(item.denominator for item in segments),
    )


def mixed(segments: Mapping[str, Sides]) -> dict[str, Mixed] | None:
    """Rate and mix of each segment; all of them add up to the change of the ratio of the sums.

    With weights s, ratios r and R the mean of the whole ratio before and now, a segment adds
    s₁(r₁−R) − s₀(r₀−R) = s̄·Δr + Δs·(r̄−R). None where the whole has no ratio on one side.
    """
    whole = whole_of(tuple(segments.values()))
    rates = whole.rates
    if rates is None:
        return None
    middle = (rates[0] + rates[1]) / 2
    found = {}
    for name, item in segments.items():
        before, now = item.denominator_before / whole.denominator_before, item.denominator / whole.denominator
        own = item.rates
        if own is None:
            lone = item.numerator / whole.denominator - item.numerator_before / whole.denominator_before
            found[name] = Mixed(0.0, lone - (now - before) * middle)
        else:
            mix = (now - before) * ((own[0] + own[1]) / 2 - middle)
            found[name] = Mixed((before + now) / 2 * (own[1] - own[0]), mix)
    return found


def is_reversed(segments: Mapping[str, Sides]) -> bool:
    """Whether every segment of weight moved one way and the whole the other, which only their mix explains."""
    whole = whole_of(tuple(segments.values()))
    rates = whole.rates
    if rates is None or rates[0] == rates[1]:
        return False
    moves = []
    for item in segments.values():
        weight = max(item.denominator_before / whole.denominator_before, item.denominator / whole.denominator)
        if weight < LEAST_WEIGHT:
            continue
        own = item.rates
        if own is None:
            return False
        moves.append(own[1] - own[0])
    direction = 1 if rates[1] > rates[0] else -1
    return len(moves) > 1 and all(move * direction < 0 for move in moves)
