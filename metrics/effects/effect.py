"""What is measured of a tactic, and what comes back: an effect with its interval, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from metrics.query import Scope, Unit

Verdict = Literal["effective", "harmful", "cannot_tell", "not_attributable"]
# Why nothing can be attributed to the tactic; "" for the other verdicts.
Reason = Literal[
    "",
    "no_untouched_segments",  # it touched the whole shop, or too few comparable segments are left
    "start_in_promotion",
    "few_comparable_days",  # promotions, holidays or missing days leave too few after the start
    "short_history",
    "too_few_figures",  # the segment sells too little for a daily figure
    "needs_longer_periods",  # a rate of people who come back says nothing by the day
    "not_available",  # the data do not hold the metric at this cut
]
ConfounderKind = Literal["tactic", "promotion", "holiday", "stock_out", "missing_days"]


@dataclass(frozen=True)
class Overlap:
    """Another tactic that was under way."""

    title: str  # "" where it must not be told
    scope: Scope
    start: date
    end: date  # inclusive


@dataclass(frozen=True)
class Trial:
    """A tactic as far as measuring it goes."""

    metric: str  # catalogue id
    scope: Scope
    start: date  # its first day
    end: date  # the last day that is measured, inclusive
    others: tuple[Overlap, ...] = ()


@dataclass(frozen=True)
class Confounder:
    """Something else that may have moved the figures."""

    kind: ConfounderKind
    name: str  # title of the tactic ("": not to be told), calendar id, or dimension value; "" for missing days
    days_before: int  # that it covers of the days compared with
    days_after: int  # that it covers of the days measured
    left_out: bool  # True: those days are compared with nothing, so that they cannot have moved the result


@dataclass(frozen=True)
class Interval:
    """A relative change beyond that of the untouched segments: 0.081 is +8.1 %."""

    effect: float
    low: float  # of the nominal 90 % interval
    high: float
    detectable: float  # relative effect that four in five measurements like this one would have shown

    @property
    def side(self) -> int:
        """+1 when all of it lies above zero, −1 below, 0 when it holds zero."""
        return 1 if self.low > 0 else (-1 if self.high < 0 else 0)


@dataclass(frozen=True)
class Guard:
    """A metric that must not suffer for the one that the tactic is about."""

    metric: str
    interval: Interval  # wider than that of the effect, because several guards are looked at
    is_worse: bool  # the whole interval lies on the bad side


@dataclass(frozen=True)
class Effect:
    """What became of one trial."""

    trial: Trial
    verdict: Verdict
    reason: Reason = ""
    interval: Interval | None = None  # None only when nothing could be estimated
    money: float | None = None  # GMV gained (lost when negative) on the days compared, against no tactic
    money_unit: Unit | None = None
    confounders: tuple[Confounder, ...] = ()
    guards: tuple[Guard, ...] = ()
    dimension: str = ""  # whose other values it is compared with
    controls: tuple[str, ...] = ()  # those values
    days_before: int = 0  # comparable days on each side
    days_after: int = 0
