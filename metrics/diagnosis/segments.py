"""A change over the values of one dimension: parts that add up, what each is made of, and what is new or gone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from metrics.diagnosis.chains import Chain
from metrics.diagnosis.explanation import Part, PartKind
from metrics.diagnosis.mixing import Sides, mixed
from metrics.diagnosis.products import chain_factors, log_mean, product_parts
from metrics.query import Scope

Row = tuple[Sequence[float], Sequence[float]]  # measures of one segment before and now
OVERLAP = 1e-6  # of the larger side: less is rounding of sums, no buyer counted twice


def share_of(contribution: float, total: float) -> float | None:
    """The part of the change, None where there is no change."""
    return contribution / total if total else None


def driver_parts(chain: Chain, row: Row, scope: Scope, total: float, hidden: Sequence[str] = ()) -> tuple[Part, ...]:
    """The factors of a product with what each added; () where something came of nothing or one is not to be seen."""
    factors = _factors(chain, row)
    if factors is None or len(chain.measures) < 2 or set(chain.factors) & {"", *hidden}:
        return ()
    before, now = factors
    parts = product_parts(before, now)
    return tuple(
        Part(f"driver:{id}", "driver", id, scope, part, share_of(part, total), one, other)
        for id, part, one, other in zip(chain.factors, parts, before, now, strict=True)
    )


def ratio_sides(
    chain: Chain, names: tuple[str, str], row: Row, scope: Scope, total: float, hidden: Sequence[str] = ()
) -> tuple[Part, ...]:
    """What numerator and denominator added to the change of a ratio; `names` are their metrics."""
    (bottom_before, top_before), (bottom, top) = row
    if not all(names) or set(names) & set(hidden) or not bottom_before or not bottom:
        return ()
    parts = product_parts((1 / bottom_before, top_before), (1 / bottom, top))
    sides = ((bottom_before, bottom), (top_before, top))
    found = [
        Part(f"driver:{id}", "driver", id, scope, part, share_of(part, total), *side)
        for id, part, side in zip(names, parts, sides, strict=True)
    ]
    return tuple(reversed(found))


def _factors(chain: Chain, row: Row) -> tuple[list[float], list[float]] | None:
    return chain_factors(*row)


def amount_parts(chain: Chain, dimension: str, rows: Mapping[str, Row], scope: Scope, total: float) -> tuple[Part, ...]:
    """The change of an amount by segment, largest first; what segments share counts as an overlap."""
    found = []
    for value, (before, now) in rows.items():
        one, other = before[-1], now[-1]
        kind: PartKind = "new" if not one and other else "vanished" if one and not other else "segment"
        own = {**scope, dimension: (value,)}
        part = other - one
        id = f"segment:{dimension}={value}"
        found.append(Part(id, kind, chain.metric.id, own, part, share_of(part, total), one, other))
    return _with_overlap(found, dimension, scope, total, max((abs(p.now or 0) + abs(p.before or 0)) for p in found))


def ratio_parts(
    chain: Chain, dimension: str, rows: Mapping[str, Row], scope: Scope, total: float, *, is_split: bool = True
) -> tuple[Part, ...]:
    """The change of a ratio by segment: its own ratio (rate) and its weight (mix); () where there is no ratio.

    `is_split` False: the weights are not to be seen, so the two stay one part.
    """
    sides = {value: Sides(before[1], before[0], now[1], now[0]) for value, (before, now) in rows.items()}
    found = mixed(sides)
    if found is None:
        return ()
    parts = []
    for value, part in found.items():
        own = {**scope, dimension: (value,)}
        id = f"segment:{dimension}={value}"
        side = sides[value]
        kind: PartKind = "new" if side.is_new else "vanished" if side.is_gone else "segment"
        before, now = side.rates or (None, None)
        inside: tuple[Part, ...] = ()
        if is_split and kind == "segment":
            inside = (
                Part(f"rate:{dimension}={value}", "rate", chain.metric.id, own, part.rate, share_of(part.rate, total)),
                Part(f"mix:{dimension}={value}", "mix", "", own, part.mix, share_of(part.mix, total)),
            )
        parts.append(Part(id, kind, chain.metric.id, own, part.both, share_of(part.both, total), before, now, inside))
    largest = max((abs(rate) for side in sides.values() for rate in side.rates or ()), default=0.0)
    return _with_overlap(parts, dimension, scope, total, largest)


def _with_overlap(parts: list[Part], dimension: str, scope: Scope, total: float, size: float) -> tuple[Part, ...]:
    """Largest first; what is left to the total is who is counted in several segments, or the rounding of sums."""
    parts.sort(key=lambda part: -abs(part.contribution))
    rest = total - math.fsum(part.contribution for part in parts)
    if abs(rest) > OVERLAP * max(size, abs(total)):
        parts.append(Part(f"overlap:{dimension}", "overlap", "", scope, rest, share_of(rest, total)))
    return tuple(parts)


def effects(chain: Chain, cells: Sequence[Row], scope: Scope, total: float) -> tuple[Part, ...]:
    """Volume, mix and the rates of an amount over its smallest cells; they add up. () where there is no product.

    With a cell's weight s in the first measure and L the logarithmic mean of its money: volume Σ L·Δln(whole first
    measure), mix Σ L·Δln s, and each later factor Σ L·Δln of it; new and vanished cells stand apart.
    """
    whole = [math.fsum(row[side][0] for row in cells) for side in (0, 1)]
    if len(chain.measures) < 2 or not total or min(whole, default=0.0) <= 0:
        return ()
    growth = math.log(whole[1] / whole[0])
    sums: dict[str, float] = dict.fromkeys(("volume", "mix", *chain.factors[1:], "rest"), 0.0)
    for before, now in cells:
        if min(*before, *now) <= 0:
            sums["rest"] += now[-1] - before[-1]
            continue
        weight = log_mean(now[-1], before[-1])
        sums["volume"] += weight * growth
        sums["mix"] += weight * (math.log(now[0] / before[0]) - growth)
        for place, id in enumerate(chain.factors[1:], 1):
            sums[id] += weight * math.log((now[place] / now[place - 1]) / (before[place] / before[place - 1]))
    sums["mix"] += total - math.fsum(sums.values())  # the last digits of rounding
    return tuple(_effect(name, part, chain, scope, total) for name, part in sums.items() if part or name != "rest")


def _effect(name: str, part: float, chain: Chain, scope: Scope, total: float) -> Part:
    kinds: dict[str, PartKind] = {"volume": "volume", "mix": "mix", "rest": "rest"}
    metric = chain.factors[0] if name in ("volume", "mix") else name if name in chain.factors else ""
    return Part(f"effect:{name}", kinds.get(name, "rate"), metric, scope, part, share_of(part, total))
