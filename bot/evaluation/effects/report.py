"""How honest the intervals are: coverage, false alarms and what was found, over simulated tactics."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from bot.evaluation.effects.simulated import simulate
from metrics.effects.effect import Interval
from metrics.effects.measure import interval_of

WORTH_FINDING = 0.10  # a planted log effect of at least so much is counted under `found`


@dataclass(frozen=True)
class Outcome:
    """One simulated tactic and what was measured of it."""

    days_after: int
    truth: float  # log effect
    interval: Interval | None

    @property
    def is_covered(self) -> bool:
        low, high = (self.interval.low, self.interval.high) if self.interval else (math.nan, math.nan)
        return low <= math.expm1(self.truth) <= high


@dataclass(frozen=True)
class Report:
    """Shares are between 0 and 1; None where there was nothing to count."""

    tactics: int
    measured: int  # the others had too little data and got no interval
    coverage: float | None  # intervals that hold the planted effect; nominal 0.90
    coverage_by_days: dict[int, float]  # the same by days after the start
    false_effective: float | None  # tactics without effect whose interval lies above zero
    false_harmful: float | None
    found: float | None  # effects of 10 % and more whose interval lies on their side of zero
    median_width: float | None  # of the intervals, relative


def examine(count: int, first_seed: int = 0) -> Report:
    """Simulates and measures so many tactics; the same arguments give the same report."""
    return report(outcome(seed) for seed in range(first_seed, first_seed + count))


def outcome(seed: int) -> Outcome:
    """One tactic, measured as a real one is."""
    case = simulate(seed)
    return Outcome(len(case.panel.days) - case.panel.start, case.truth, interval_of(case.panel))


def report(outcomes: Iterable[Outcome]) -> Report:
    """The outcomes counted."""
    held = list(outcomes)
    measured = [one for one in held if one.interval is not None]
    idle = [one.interval.side for one in measured if one.interval and one.truth == 0]
    strong = [one for one in measured if abs(one.truth) >= WORTH_FINDING]
    widths = [one.interval.high - one.interval.low for one in measured if one.interval]
    lengths = sorted({one.days_after for one in measured})
    return Report(
        tactics=len(held),
        measured=len(measured),
        coverage=_share([one.is_covered for one in measured]),
        coverage_by_days={
            days: float(np.mean([one.is_covered for one in measured if one.days_after == days])) for days in lengths
        },
        false_effective=_share([side > 0 for side in idle]),
        false_harmful=_share([side < 0 for side in idle]),
        found=_share([one.interval is not None and one.interval.side * one.truth > 0 for one in strong]),
        median_width=float(np.median(widths)) if widths else None,
    )


def as_json(found: Report) -> dict[str, object]:
    """For `--json`."""
    return asdict(found)


def as_text(found: Report) -> list[str]:
    """One line a figure."""

    def percent(share: float | None) -> str:
        return "—" if share is None else f"{share:.1%}"

    by_days = ", ".join(f"{days} days {share:.1%}" for days, share in found.coverage_by_days.items())
    return [
        f"{found.tactics} simulated tactics, {found.measured} measured",
        f"coverage of the nominal 90 % interval  {percent(found.coverage)}  ({by_days})",
        f"no effect, called effective            {percent(found.false_effective)}",
        f"no effect, called harmful              {percent(found.false_harmful)}",
        f"effects of 10 % and more found         {percent(found.found)}",
        f"median width of the interval           {percent(found.median_width)}",
    ]


def _share(held: list[bool]) -> float | None:
    return float(np.mean(held)) if held else None
