"""One cause, one line: the smallest cut that explains an unusual stretch stands for all that it shows in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from metrics.anomalies.outlays import value_metric
from metrics.anomalies.runs import Stretch
from metrics.model import Metric, SemanticModel

MOST_DAYS = 0.5  # of its days another one must have to speak for it
EXPLAINS = 0.6  # of what its whole is off by, then the part stands for it
SHARPER = 1.3  # times as far off as its whole
# A part that makes up most of its whole cannot be much further off; it then has to explain nearly all of it.
NEARLY_ALL, SLIGHTLY_SHARPER = 0.9, 1.1
INHERITS = 1.5  # up to so many times as far off as its whole, a part only shares in it


def without_repeats(found: Sequence[Stretch], model: SemanticModel) -> tuple[Stretch, ...]:
    """Parts and wholes first, then the metrics that only follow from another one."""
    smallest = _smallest_cuts(found)
    return tuple(one for one in smallest if not any(_causes(other, one, model) for other in smallest))


def _smallest_cuts(found: Sequence[Stretch]) -> list[Stretch]:
    explained = {id(one): any(_explains(part, one) for part in found) for one in found}
    dropped = set()
    for one in found:
        if explained[id(one)] or any(_inherits(one, whole, explained[id(whole)]) for whole in found):
            dropped.add(id(one))
    return [one for one in found if id(one) not in dropped]


def _explains(part: Stretch, whole: Stretch) -> bool:
    if not _is_part_of(part, whole):
        return False
    if whole.shares_days(part) < MOST_DAYS:
        return False
    all_of_it = whole.excess(*whole.days)
    share = part.excess(*whole.days) / all_of_it if all_of_it else 0.0
    sharper = abs(part.off) / abs(whole.off)
    return share >= EXPLAINS and sharper >= (SHARPER if share < NEARLY_ALL else SLIGHTLY_SHARPER)


def _inherits(part: Stretch, whole: Stretch, whole_is_explained: bool) -> bool:
    """A part that is off no further than its whole says nothing new, whatever the whole is off for."""
    if not _is_part_of(part, whole) or part.shares_days(whole) < MOST_DAYS or _explains(part, whole):
        return False
    return abs(part.off) < (INHERITS if not whole_is_explained else SHARPER * INHERITS) * abs(whole.off)


def _is_part_of(part: Stretch, whole: Stretch) -> bool:
    is_narrower = whole.place.items() < part.place.items()
    return is_narrower and part.series.metric is whole.series.metric and part.sign == whole.sign and _meet(part, whole)


def _meet(one: Stretch, other: Stretch) -> bool:
    """Whether they share a day, or one begins where the other ends."""
    near = timedelta(days=1)
    return one.days[0] <= other.days[1] + near and other.days[0] <= one.days[1] + near


def _causes(cause: Stretch, effect: Stretch, model: SemanticModel) -> bool:
    """Whether the one metric moved the other, in the same place or one that contains the other."""
    if cause.series.metric is effect.series.metric or not _meet(cause, effect):
        return False
    one, other = cause.place.items(), effect.place.items()
    if not (one <= other or other <= one):
        return False
    pull = _pull(cause.series.metric, effect.series.metric, model)
    if pull == 0 or pull * cause.sign != effect.sign:
        return False
    if one > other:  # a part can move its whole by its money only
        return cause.money is not None and effect.money is not None and cause.money / effect.money >= EXPLAINS
    return abs(cause.off) >= EXPLAINS * abs(effect.off)


def _pull(cause: Metric, effect: Metric, model: SemanticModel) -> int:
    """+1 when the effect rises with the cause, -1 when it falls, 0 when the catalogue knows no such tie."""
    value = value_metric(model)
    if value is None or effect.id in value.drivers:
        return 0
    sold = model.measures[value.numerator].table
    if cause is value or cause.id in value.drivers:  # all that is sold follows from what drives the value
        top = model.measures[effect.numerator].table == sold
        below = effect.denominator is not None and model.measures[effect.denominator].table == sold
        return int(top) - int(below)
    if cause.denominator is None and model.measures[cause.numerator].table != sold:
        return int(cause.numerator == effect.numerator) - int(cause.numerator == effect.denominator)
    return 0
