"""The one class that says why a figure moved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from metrics.calendar import Calendar
from metrics.currency import is_money
from metrics.diagnosis import history
from metrics.diagnosis.causes import Causes
from metrics.diagnosis.cells import Cells
from metrics.diagnosis.chains import adds_up, chains_of, plain_metrics
from metrics.diagnosis.coincidences import Beside, look_beside
from metrics.diagnosis.explanation import Explanation, Normal, Part
from metrics.diagnosis.mixing import Sides, is_reversed
from metrics.diagnosis.past import Past
from metrics.diagnosis.reading import Figures, Run, Side, hidden_metrics, is_visible, marginal
from metrics.diagnosis.segments import Row, amount_parts, driver_parts, effects, ratio_parts, ratio_sides
from metrics.diagnosis.side_by_side import SideBySide, one_by_one
from metrics.diagnosis.target_gap import target_gap
from metrics.errors import QueryError
from metrics.model import Audience, SemanticModel
from metrics.query import Comparison, KpiQuery, Scope

SMALL_PART = 0.1  # of all that the drivers moved: a driver below hardly did
NO_BESIDE = Beside((), ())


@dataclass(frozen=True)
class Diagnostician:
    """Explains changes; reads figures through `run` alone."""

    run: Run
    model: SemanticModel
    calendar: Calendar
    side_by_side: SideBySide = one_by_one

    def explain(
        self, query: KpiQuery, now: datetime, audience: Audience = "everyone", categories: Sequence[str] = ()
    ) -> Explanation:
        """Why the first metric of the query moved against its first comparison (the period before by default).

        Against a target: how far it is from it, and where.

        Nothing outside `categories` is read (() means all), and no metric that the audience may not see is named.
        Raises QueryError for a metric that the audience may not see or a query that makes no sense, SourceError when
        a table cannot be read.
        """
        metric = self.model.metrics[query.metrics[0]]
        if not is_visible(metric, audience):
            raise QueryError(f"{metric.id} is for managers only", code="not_visible")
        if query.compare[:1] == ("target",):
            figures = Figures(self.run, self.model, now, hidden_metrics(self.model, audience))
            aimed = replace(query, metrics=(metric.id,), by=(), grain=None, top=None)
            return target_gap(replace(aimed, where=within(query.where, categories)), figures, self.model)
        kind: Comparison = next((item for item in query.compare if item != "target"), "previous")
        plain = replace(query, metrics=(metric.id,), by=(), grain=None, top=None, compare=(kind,))
        plain = replace(plain, where=within(plain.where, categories))
        figures = Figures(self.run, self.model, now, hidden_metrics(self.model, audience))
        whole = figures.side(plain, kind, self._more(metric.id, figures))
        if whole.change is None or whole.change.absolute is None:
            return self._unexplained(whole, plain)
        return self._explained(whole, plain, figures)

    def _unexplained(self, whole: Side, query: KpiQuery) -> Explanation:
        metric = whole.chain.metric
        return Explanation(query, metric.id, metric.unit, whole.change, 0.0, 0.0, result=whole.result)

    def _explained(self, whole: Side, query: KpiQuery, figures: Figures) -> Explanation:
        change = whole.change
        total = (change.absolute or 0.0) if change is not None else 0.0
        drivers = self._drivers(whole, total, figures)
        past = Past(figures, whole)
        cells, _ = self.side_by_side(lambda: figures.cells(whole), lambda: past.of(whole.chain.metric.id))
        segments, reversed_by = self._segments(whole, cells, total, figures)
        causes = (
            Causes(figures, past, self.model, self.calendar, self.side_by_side).of(whole, cells, total, drivers)
            if total
            else ()
        )
        causes = tuple(cause for cause in causes if cause.normal is None or cause.normal.within is not True)
        found = look_beside(figures, whole, causes[0].scope if causes else whole.query.where) if total else NO_BESIDE
        listed = drivers or next(iter(segments.values()), ())
        is_sum = adds_up(whole.chain.metric, self.model)
        return Explanation(
            query=query,
            metric=whole.chain.metric.id,
            unit=change.current.unit if change is not None else whole.chain.metric.unit,
            change=change,
            total=total,
            residual=total - math.fsum(part.contribution for part in listed) if listed else 0.0,
            drivers=drivers,
            segments=segments,
            effects=effects(whole.chain, _rows(cells), query.where, total) if cells is not None and is_sum else (),
            causes=causes,
            reversed_by=reversed_by,
            money=self._money(whole),
            normal=self._normal(whole, past),
            events=found.events,
            unmoved=_unmoved(drivers),
            not_found=found.not_found,
            hidden=tuple(sorted(set(figures.hidden) & self._involved(whole))),
            result=whole.result,
            period=whole.query.period if whole.query.period != query.period else None,
        )

    def _drivers(self, whole: Side, total: float, figures: Figures) -> tuple[Part, ...]:
        chain, row = whole.chain, whole.row(self.model)
        if not chain.is_ratio:
            return driver_parts(chain, row, whole.query.where, total)
        names = plain_metrics(self.model)
        both = (names.get(chain.measures[0], ""), names.get(chain.measures[1], ""))
        return ratio_sides(chain, both, row, whole.query.where, total, tuple(figures.hidden))

    def _segments(
        self, whole: Side, cells: Cells | None, total: float, figures: Figures
    ) -> tuple[dict[str, tuple[Part, ...]], tuple[str, ...]]:
        if cells is None:
            return {}, ()
        chain = whole.chain
        sums = all(self.model.measures[id].aggregation in ("sum", "count") for id in self._counted(whole))
        found: dict[str, tuple[Part, ...]] = {}
        reversals = []
        for dimension in cells.dimensions:
            rows = dict(marginal(cells, dimension)) if sums else figures.rows(whole, dimension)
            rows = {value: row for value, row in rows.items() if any((*row[0], *row[1]))}
            if len(rows) < 2:
                continue
            if chain.is_ratio:
                is_split = not set(figures.hidden) & set(self._involved(whole))
                parts = ratio_parts(chain, dimension, rows, whole.query.where, total, is_split=is_split)
                sides = {value: Sides(row[0][1], row[0][0], row[1][1], row[1][0]) for value, row in rows.items()}
                if is_reversed(sides):
                    reversals.append(dimension)
            else:
                parts = amount_parts(chain, dimension, rows, whole.query.where, total)
            if parts:
                found[dimension] = parts
        return found, tuple(reversals)

    def _counted(self, whole: Side) -> tuple[str, ...]:
        """The measures that the parts are made of."""
        return whole.chain.measures if whole.chain.is_ratio else whole.chain.measures[-1:]

    def _involved(self, whole: Side) -> set[str]:
        """Every metric that the chain is made of, also what may not be shown."""
        names = plain_metrics(self.model)
        return {names[id] for id in whole.chain.measures if id in names} | {whole.chain.metric.id}

    def _normal(self, whole: Side, past: Past) -> Normal:
        change = whole.change
        if change is None or change.current.value is None or change.baseline.value is None:
            return Normal(None, None, None, 0, "no_history")
        now, then = change.current.period, change.baseline.period
        metric = whole.chain.metric
        if metric.minimum_days > 1:  # its days say nothing of its weeks
            return Normal(None, None, None, 0, "no_history")
        days = past.of(metric.id)
        values = (change.baseline.value, change.current.value)
        return history.normal_range(days, now, then, self.calendar, values, is_ratio=metric.denominator is not None)

    def _more(self, id: str, figures: Figures) -> tuple[str, ...]:
        """Metrics to read besides: the two sides of a ratio, and what puts its move in money."""
        metric, names = self.model.metrics[id], plain_metrics(self.model)
        measures = () if metric.denominator is None else (metric.numerator, metric.denominator)
        sides = (names[measure] for measure in measures if measure in names)
        return (*(side for side in sides if side not in figures.hidden), *self._money_metrics(id, figures))

    def _money_metrics(self, id: str, figures: Figures) -> tuple[str, ...]:
        """Metrics to read besides, so that a rate's move can be put in money."""
        amount = self._amount_of(id)
        if amount is None:
            return ()
        chain = next(chains_of(self.model.metrics[amount], self.model, figures.hidden))
        return (amount, *chain.asked(self.model)) if id in chain.factors else ()

    def _amount_of(self, id: str) -> str | None:
        """The amount of money that the rate is a factor of: GMV of conversion, refunds of the refund rate."""
        if self.model.metrics[id].unit != "fraction":
            return None
        for metric in self.model.metrics.values():
            if is_money(metric.unit) and metric.denominator is None:
                chain = next(iter(chains_of(metric, self.model)))
                if id in chain.factors[1:]:
                    return metric.id
        return None

    def _money(self, whole: Side) -> Part | None:
        """What the rate's move alone cost or brought, in money."""
        amount = self._amount_of(whole.chain.metric.id)
        if amount is None:
            return None
        for chain in chains_of(self.model.metrics[amount], self.model):
            side = replace(whole, chain=chain)
            changes = [side.change_of(id) for id in chain.asked(self.model)]
            if whole.chain.metric.id not in chain.factors or any(item is None for item in changes):
                continue
            row = side.row(self.model)
            parts = driver_parts(chain, row, whole.query.where, row[1][-1] - row[0][-1])
            part = next((item for item in parts if item.metric == whole.chain.metric.id), None)
            return replace(part, id=f"money:{amount}", metric=amount) if part is not None else None
        return None


def within(where: Scope, categories: Sequence[str]) -> Scope:
    """The scope, narrowed to the categories that may be read."""
    if not categories:
        return where
    asked = where.get("category", ())
    kept = tuple(value for value in asked if value in categories) if asked else tuple(categories)
    if not kept:
        raise QueryError("none of the categories asked for may be read here", code="not_visible")
    return {**where, "category": kept}


def _rows(cells: Cells) -> list[Row]:
    return [(tuple(one), tuple(other)) for one, other in zip(cells.before, cells.now, strict=True)]


def _unmoved(drivers: Sequence[Part]) -> tuple[str, ...]:
    moved = math.fsum(abs(part.contribution) for part in drivers)
    return tuple(part.metric for part in drivers if abs(part.contribution) < SMALL_PART * moved)
