"""Difference-in-differences against controls, and how large it is where nothing was done: placebos in space and time.

The interval is not read off a model of the noise. The same estimate is made for the touched segment at earlier
starts (time) and for each control (space); what those placebos reach by chance is the yardstick. It therefore
holds with autocorrelated days and with shocks of single segments, where textbook errors are far too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from metrics.effects.panel import Floats

NOMINAL = 0.90
LEAST_QUANTILE = 1.645  # a normal placebo's 90 %; a pool that says less has only too few members
TRIM = 2.5  # a control that moved so many spreads further than the others had a story of its own
PRIOR_PLACEBOS = 4.0  # the controls' typical spread counts as so many placebos of a segment's own
LEAST_CONTROLS = 2
LEAST_SPREAD = 1e-9  # so that figures without any noise can be divided by it
POWER = 0.84  # standard deviations to an effect that four in five measurements would show


@dataclass(frozen=True)
class Estimate:
    """A log effect with its interval."""

    effect: float
    low: float
    high: float
    detectable: float  # an effect of this size is found in four of five cases
    spread: float  # of the touched segment's placebos
    placebos: int  # comparisons that the interval rests on


def estimate(changes: Floats, after: int) -> Estimate | None:
    """The effect in the last row's first column; None when placebos are too few to say anything.

    `changes` as from `Indexed.changes`: (starts, series), one row a day; windows of `after` days overlap.
    """
    known = _known(changes)
    if known is None or len(known) <= after:
        return None
    gaps = _gaps(known)
    history, real = gaps[:-1], gaps[-1]
    independent = len(history) / after
    spreads = _spreads(history, independent)
    quantile = _quantile(history, real, spreads, after)
    half = quantile * float(spreads[0])
    effect = float(real[0])
    detectable = half + POWER * float(spreads[0])
    count = int(independent * len(real) + len(real) - 1)
    return Estimate(effect, effect - half, effect + half, detectable, float(spreads[0]), count)


def _known(changes: Floats) -> Floats | None:
    """Without controls that once brought nothing, and without starts at which the touched segment did not."""
    is_known = np.isfinite(changes)
    if not is_known[-1, 0]:
        return None
    rows = is_known[:, 0]
    columns = is_known[rows].all(axis=0)
    return changes[rows][:, columns] if columns.sum() > LEAST_CONTROLS else None


def _gaps(changes: Floats) -> Floats:
    """Each series' change beyond that of the controls (of the other controls, for a control)."""
    steadiness = _steadiness(changes)
    found = np.empty_like(changes)
    for column in range(changes.shape[1]):
        others = [other for other in range(1, changes.shape[1]) if other != column]
        found[:, column] = changes[:, column] - _centre(changes[:, others], steadiness[others])
    return found


def _steadiness(changes: Floats) -> Floats:
    """Weight of each series as a control: one over the variance of its own way, held near the typical one."""
    history = changes[:-1]
    middle = np.median(history[:, 1:], axis=1, keepdims=True)
    variance = np.mean((history - middle) ** 2, axis=0)
    typical = float(np.median(variance[1:]))
    weights: Floats = 1.0 / (variance + typical + 1e-9)
    return weights


def _centre(changes: Floats, weights: Floats) -> Floats:
    """Weighted mean of the controls' changes, start by start, with outlying controls drawn in."""
    middle = np.median(changes, axis=1, keepdims=True)
    spread = 1.4826 * np.median(np.abs(changes - middle), axis=1, keepdims=True)
    drawn = np.clip(changes, middle - TRIM * spread, middle + TRIM * spread)
    found: Floats = drawn @ (weights / weights.sum())
    return found


def _spreads(history: Floats, independent: float) -> Floats:
    """Root mean square of each series' placebos, around zero, so that a segment's own drift widens its interval."""
    own = np.mean(history**2, axis=0)
    typical = float(np.median(own[1:]))
    found: Floats = LEAST_SPREAD + np.sqrt(
        (independent * own + PRIOR_PLACEBOS * typical) / (independent + PRIOR_PLACEBOS)
    )
    return found


def _quantile(history: Floats, real: Floats, spreads: Floats, after: int) -> float:
    """How many spreads nine in ten placebos stay within, each against the spread without itself."""
    pool = [np.abs(real[1:] / spreads[1:])]
    for start in range(len(history) % after, len(history), after):
        rest = np.delete(history, slice(max(0, start - after), start + after), axis=0)
        if len(rest) >= after:
            pool.append(np.abs(history[start] / _spreads(rest, len(rest) / after)))
    held = np.concatenate(pool)
    return max(LEAST_QUANTILE, float(np.quantile(held, NOMINAL)))
