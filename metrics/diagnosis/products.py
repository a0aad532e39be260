"""A change of a product into parts of its factors that add up to it, whatever the signs and zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, permutations
from statistics import fmean

ALIKE = 1e-6  # relative: closer than this the two sides' difference of logarithms has lost its digits


def log_mean(one: float, other: float) -> float:
    """The logarithmic mean of two positive numbers, which lies between them; 0 where one of them is not positive."""
    if one <= 0 or other <= 0:
        return 0.0
    if abs(one - other) <= ALIKE * max(one, other):
        return (one + other) / 2
    return (one - other) / (math.log(one) - math.log(other))


def product_parts(before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """What each factor adds to the change of the product, in its unit; the parts add up to it exactly.

    Positive factors: the logarithmic mean Divisia index (Ang 2005), which depends on no order of the factors. With a
    zero or a change of sign it does not exist: then the mean over all orders of changing one factor after the other
    (Shapley 1953), which also adds up.
    """
    if min((*before, *after)) > 0:
        weight = log_mean(math.prod(after), math.prod(before))
        logs = [_log_change(one, other) for one, other in zip(before, after, strict=True)]
        return _closed([weight * change for change in logs], math.prod(after) - math.prod(before))
    return _closed(_over_all_orders(before, after), math.prod(after) - math.prod(before))


def _log_change(before: float, after: float) -> float:
    moved = (after - before) / before
    return math.log1p(moved) if abs(moved) < 0.5 else math.log(after) - math.log(before)  # each where it is exact


def _over_all_orders(before: Sequence[float], after: Sequence[float]) -> list[float]:
    steps: list[list[float]] = [[] for _ in before]
    for order in permutations(range(len(before))):
        current = list(before)
        for place in order:
            held = math.prod(current)
            current[place] = after[place]
            steps[place].append(math.prod(current) - held)
    return [fmean(found) for found in steps]


def _closed(parts: list[float], total: float) -> tuple[float, ...]:
    """The parts with the last digits of rounding put on the largest of them."""
    largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
    rest = math.fsum(part for place, part in enumerate(parts) if place != largest)
    parts[largest] = total - rest
    return tuple(parts)


def chain_factors(before: Sequence[float], after: Sequence[float]) -> tuple[list[float], list[float]] | None:
    """The factors of both sides out of the measures of a chain: each measure over the one before it.

    A factor that is nothing over nothing takes the value of the other side, as if it had not moved. None where
    something came of nothing: then no product says what the last measure is.
    """
    sides = [_factors(before), _factors(after)]
    if any(side is None for side in sides):
        return None
    first, second = ([math.nan if value is None else value for value in side or ()] for side in sides)
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        if math.isnan(one) or math.isnan(other):
            first[place], second[place] = ((0.0 if math.isnan(v) else v) for v in _filled(one, other))
    return first, second


def _filled(one: float, other: float) -> tuple[float, float]:
    return (other if math.isnan(one) else one), (one if math.isnan(other) else other)


def _factors(measures: Sequence[float]) -> list[float | None] | None:
    found: list[float | None] = [measures[0]]
    for earlier, later in pairwise(measures):
        if earlier == 0 and later != 0:
            return None
        found.append(later / earlier if earlier else None)
    return found
