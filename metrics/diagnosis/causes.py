"""From the moves found among the cells to causes with exact figures, their range and the day they began."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from metrics.calendar import Calendar
from metrics.diagnosis import history
from metrics.diagnosis.cells import Cells
from metrics.diagnosis.chains import Chain, plain_metrics
from metrics.diagnosis.concentration import Finding, findings
from metrics.diagnosis.explanation import Cause, CauseKind, Normal, Part
from metrics.diagnosis.past import Past
from metrics.diagnosis.products import chain_factors
from metrics.diagnosis.reading import Figures, Side
from metrics.diagnosis.segments import Row, driver_parts, ratio_sides, share_of
from metrics.diagnosis.side_by_side import SideBySide, one_by_one
from metrics.model import SemanticModel

MOST_CAUSES = 3
LEAST_SHARE = 0.08  # of the largest finding, by what it would have done alone: less is not worth reading on
LEAST_PART = 0.04  # of the largest cause, in what it really added: less is not worth a sentence
SOME_SIZE = 0.15  # of the largest cause
BEYOND_DOUBT = 6.0  # noise units: such a cut counts beside a promotion even where it is smaller
EVERYWHERE = 0.5  # of a driver's move that all cells must share to say that it moved everywhere


@dataclass(frozen=True)
class Causes:
    """Finds the few causes of one change."""

    figures: Figures
    past: Past
    model: SemanticModel
    calendar: Calendar
    side_by_side: SideBySide = one_by_one

    def of(self, whole: Side, cells: Cells | None, total: float, drivers: Sequence[Part]) -> tuple[Cause, ...]:
        """At most three, those in the change's own direction first, each by what it added."""
        is_alike = all(notice.code != "unlike_events" for notice in whole.result.notices)
        moves = _whole_moves(whole.row(self.model))
        found = telling(self._found(whole.chain, cells), moves, is_alike=is_alike)
        read = partial(self._cause, whole, total=total, drivers=drivers)
        first, second = self.side_by_side(
            lambda: [read(item) for item in found if item.factor == found[0].factor],  # these share their series
            lambda: [read(item) for item in found if item.factor != found[0].factor],
        )
        causes = (*first, *second)
        return ranked([cause for cause in causes if cause is not None], total, is_alike=is_alike)

    def _found(self, chain: Chain, cells: Cells | None) -> tuple[Finding, ...]:
        if cells is None:
            return ()
        if chain.is_ratio:  # what moves a ratio is itself, or the weight of what is unlike the whole
            return (*findings(cells, (1,)), *(item for item in findings(cells, (0,)) if item.cut.where))
        return findings(cells, tuple(range(len(chain.measures))))

    def _cause(self, whole: Side, finding: Finding, total: float, drivers: Sequence[Part]) -> Cause | None:
        """The finding with the figures of its cut, read there; None where they say nothing."""
        metric = whole.chain.factors[finding.factor]
        kind: CauseKind = "mix" if whole.chain.is_ratio and finding.factor == 0 else "driver"
        if not metric:
            metric = whole.chain.metric.id
        scope = {**whole.query.where, **finding.cut.scope}
        there = self.figures.at(whole, scope) if finding.cut.where else whole
        shown = whole.chain.metric.id if kind == "mix" else metric
        change = there.change_of(shown)
        if change is None or change.absolute is None:
            return None
        contribution, inside = self._effect(whole, there, finding, total, drivers)
        if not contribution:
            return None
        where = ",".join(f"{name}={value}" for name, value in finding.cut.where)
        normal, began = self._past(shown, whole, there) if kind == "driver" else (None, None)
        return Cause(
            id=f"{kind}:{metric}@{where}",
            kind=kind,
            metric=shown,
            scope=scope,
            cut=finding.cut.scope,
            contribution=contribution,
            share=share_of(contribution, total),
            current=change.current,
            baseline=change.baseline,
            surprise=finding.surprise,
            normal=normal,
            since=began,
            inside=inside,
        )

    def _effect(
        self, whole: Side, there: Side, finding: Finding, total: float, drivers: Sequence[Part]
    ) -> tuple[float, tuple[Part, ...]]:
        """What the cause added to the whole, in its unit, and for a ratio what its two sides added at the cut."""
        chain, row = whole.chain, there.row(self.model)
        if not chain.is_ratio:
            parts = driver_parts(chain, row, there.query.where, total) if len(chain.measures) > 1 else ()
            plain = row[1][-1] - row[0][-1]
            return (parts[finding.factor].contribution if parts else plain), ()
        rate, mix = _against_the_rest(whole.row(self.model), row)
        change = there.change
        own = (change.absolute or 0.0) if change is not None else 0.0
        names = plain_metrics(self.model)
        both = (names.get(chain.measures[0], ""), names.get(chain.measures[1], ""))
        inside = ratio_sides(chain, both, row, there.query.where, own, tuple(self.figures.hidden))
        if not finding.cut.where:
            return own, inside
        return (mix, ()) if finding.factor == 0 else (rate, inside)

    def _past(self, metric: str, whole: Side, there: Side) -> tuple[Normal | None, date | None]:
        change = there.change_of(metric)
        if change is None or change.current.value is None or change.baseline.value is None:
            return None, None
        held = self.past.of(metric)
        is_cut = there is not whole
        days = self.past.at(metric, there.query.where) if is_cut else held
        is_ratio = self.model.metrics[metric].denominator is not None
        rest = history.without(held, days, is_ratio=is_ratio) if is_cut else {}
        now, then = change.current.period, change.baseline.period
        values = (change.baseline.value, change.current.value)
        normal = history.normal_range(days, now, then, self.calendar, values, is_ratio=is_ratio)
        return normal, history.since(days, rest, now, is_ratio=is_ratio, direction=change.direction)


def _against_the_rest(whole: Row, part: Row) -> tuple[float, float]:
    """Rate and mix of a cut beside all the rest, out of (denominator, numerator) on both sides."""
    shares = [own[0] / all_of[0] if all_of[0] else 0.0 for own, all_of in zip(part, whole, strict=True)]
    rates = [own[1] / own[0] if own[0] else None for own in part]
    rest = [_ratio(all_of[1] - own[1], all_of[0] - own[0]) for own, all_of in zip(part, whole, strict=True)]
    if rates[0] is None or rates[1] is None:
        return 0.0, 0.0
    rate = (shares[0] + shares[1]) / 2 * (rates[1] - rates[0])
    mix = (shares[1] - shares[0]) * ((rates[0] + rates[1]) / 2 - (rest[0] + rest[1]) / 2)
    return rate, mix


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 0.0


def _whole_moves(row: Row) -> tuple[float, ...]:
    """The change of the logarithm of each factor of the whole; nan where it has none."""
    factors = chain_factors(*row)
    if factors is None:
        return tuple(math.nan for _ in row[0])
    return tuple(
        math.log(now / before) if now > 0 and before > 0 else math.nan for before, now in zip(*factors, strict=True)
    )


def telling(found: Sequence[Finding], moves: Sequence[float], *, is_alike: bool) -> list[Finding]:
    """The findings worth reading, largest first: no cut twice, and "everywhere" only where most of the move was.

    Where a promotion or holiday stands on one side only, what moved everywhere is mostly that: what moved by itself
    comes first, however small beside it.
    """
    largest = max((abs(item.effect) for item in found if is_alike or item.cut.where), default=0.0)
    kept: list[Finding] = []
    for item in sorted(found, key=lambda item: (not is_alike and not item.cut.where, -abs(item.effect))):
        is_new = all((item.factor, item.cut.where) != (other.factor, other.cut.where) for other in kept)
        is_most = bool(item.cut.where) or item.move * moves[item.factor] >= EVERYWHERE * moves[item.factor] ** 2
        if is_new and is_most and abs(item.effect) >= LEAST_SHARE * largest:
            kept.append(item)
    return kept[:MOST_CAUSES]


def ranked(causes: Sequence[Cause], total: float, *, is_alike: bool) -> tuple[Cause, ...]:
    """By what they did; where a promotion or holiday moved everything, single cuts of some size first."""
    largest = max((abs(cause.contribution) for cause in causes), default=0.0)
    kept = [cause for cause in causes if abs(cause.contribution) > LEAST_PART * largest]
    bar = SOME_SIZE * largest

    def place(cause: Cause) -> tuple[bool, float]:
        is_clear = abs(cause.contribution) >= bar or cause.surprise >= BEYOND_DOUBT
        is_first = not is_alike and bool(cause.cut) and is_clear
        return not is_first, -abs(cause.contribution)

    kept.sort(key=place)
    return tuple(kept[:MOST_CAUSES])
