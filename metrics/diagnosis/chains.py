"""How a metric comes about: a row of measures, each over the one before it a factor with a name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from metrics.model import Metric, SemanticModel
from metrics.query import Figure

ADDITIVE = ("sum", "count")


@dataclass(frozen=True)
class Count:
    """A measure that counts something, and the share of it that matters: (numerator, denominator)."""

    measure: str
    share: tuple[str, str] | None = None


@dataclass(frozen=True)
class Chain:
    """Visitors → buyers → GMV: the first measure and each step to the next are the factors of the last one."""

    metric: Metric
    measures: tuple[str, ...]
    factors: tuple[str, ...]  # metric id of each factor, "" for one that no metric is

    @property
    def is_ratio(self) -> bool:
        """Whether the metric is the last step itself and not the last measure."""
        return self.metric.denominator is not None

    def asked(self, model: SemanticModel) -> tuple[str, ...]:
        """The metrics whose figures hold every measure."""
        ratios = tuple(id for id in self.factors if id and model.metrics[id].denominator is not None)
        return ratios or (self.metric.id,)

    def counts(self, model: SemanticModel) -> tuple[str, ...]:
        """Metrics that count what amounts of money rest on, where the chain itself counts nothing."""
        plain = plain_metrics(model)
        held = {count.measure for count in self.counted(model)} - set(self.measures)
        return tuple(plain[id] for id in sorted(held) if id in plain)

    def counted(self, model: SemanticModel) -> tuple[Count, ...]:
        """For each factor what its chance depends on: buyers for a conversion rate or the spend of a buyer."""
        return tuple(_count_of(self.measures[max(0, n - 1) : n + 1], model) for n in range(len(self.measures)))

    def values(self, figures: Iterable[Figure], model: SemanticModel) -> tuple[float, ...]:
        """The measures of one cut out of its figures; what has no rows is 0."""
        held = measured(figures, model)
        return tuple(held.get(id, 0.0) for id in self.measures)


def measured(figures: Iterable[Figure], model: SemanticModel) -> dict[str, float]:
    """Measure id → value, as far as the figures hold it."""
    held: dict[str, float] = {}
    for figure in figures:
        metric = model.metrics[figure.metric]
        sides = (figure.value, None) if metric.denominator is None else (figure.numerator, figure.denominator)
        for id, value in zip((metric.numerator, metric.denominator), sides, strict=True):
            if id is not None and value is not None:
                held[id] = value
    return held


def chains_of(metric: Metric, model: SemanticModel, hidden: Collection[str] = ()) -> Iterator[Chain]:
    """Every way to see the metric as a product, the one that the catalogue names first; at last the metric alone."""
    if metric.denominator is not None:
        plain = plain_metrics(model)
        first = plain.get(metric.denominator, "")
        yield Chain(metric, (metric.denominator, metric.numerator), ("" if first in hidden else first, metric.id))
        return
    named = _named(metric, model)
    if named is not None and not set(named.factors) & set(hidden):
        yield named
    for chain in _in_two(metric, model):
        if not set(chain.factors) & set(hidden):
            yield chain
    yield Chain(metric, (metric.numerator,), (metric.id,))


def plain_metrics(model: SemanticModel) -> Mapping[str, str]:
    """Measure id → the metric that is nothing but this measure."""
    return {item.numerator: item.id for item in reversed(tuple(model.metrics.values())) if item.denominator is None}


def _named(metric: Metric, model: SemanticModel) -> Chain | None:
    """The drivers of the catalogue, where they multiply to the metric."""
    left = [model.metrics[id] for id in metric.drivers]
    start = next((item for item in left if item.denominator is None), None)
    if start is None:
        return None
    measures, factors = [start.numerator], [start.id]
    left.remove(start)
    while left:
        step = next((item for item in left if item.denominator == measures[-1]), None)
        if step is None:
            return None
        left.remove(step)
        measures.append(step.numerator)
        factors.append(step.id)
    return Chain(metric, tuple(measures), tuple(factors)) if measures[-1] == metric.numerator else None


def _in_two(metric: Metric, model: SemanticModel) -> Iterator[Chain]:
    """Something and what is made of each of it: buyers × spend per buyer, visitors × the share that buys.

    A price of something else (spend per new buyer) is how dear it was, not what moved it: those stay out.
    """
    plain = plain_metrics(model)
    for ratio in model.metrics.values():
        base = plain.get(ratio.denominator or "")
        is_yield = ratio.unit == "fraction" or (ratio.unit == metric.unit and metric.higher_is_better)
        if ratio.numerator == metric.numerator and base is not None and is_yield:
            yield Chain(metric, (ratio.denominator or "", ratio.numerator), (base, ratio.id))


def adds_up(metric: Metric, model: SemanticModel) -> bool:
    """Whether the metric's figures of segments add up to the whole."""
    return metric.denominator is None and model.measures[metric.numerator].aggregation in ADDITIVE


def _count_of(pair: Sequence[str], model: SemanticModel) -> Count:
    """Of the last measure of `pair`, or of the one it is divided by, or of what is counted in one of their tables."""
    for id in reversed(pair):
        if _is_count(id, model):
            return Count(id)
    tables = {model.measures[id].table for id in pair}
    plain = [item.numerator for item in model.metrics.values() if item.denominator is None]
    found = next((id for id in plain if _is_count(id, model) and model.measures[id].table in tables), None)
    if found is None:
        return Count(pair[-1])
    return Count(found, (pair[1], pair[0]) if len(pair) > 1 else None)


def _is_count(id: str, model: SemanticModel) -> bool:
    """Whether a measure counts people, orders or things, and no money."""
    metric = model.metrics.get(plain_metrics(model).get(id, ""))
    measure = model.measures[id]
    if metric is not None:
        return metric.unit == "count"
    return measure.aggregation != "sum" or model.tables[measure.table].columns.get(measure.column) == "integer"
