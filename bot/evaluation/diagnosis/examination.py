"""Each simulated shop asked why, and whether the cause that was put in is among the first two named."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.evaluation.diagnosis.cases import Case
from bot.evaluation.diagnosis.shop import ZONE, SimulatedShop
from metrics.calendar import Calendar
from metrics.diagnosis.diagnostician import Diagnostician
from metrics.diagnosis.explanation import Cause, Explanation
from metrics.model import SemanticModel

DAYS = 150
LOOKED_AT = 2  # causes
SPEND_SHOWS_IN = "roi"


@dataclass(frozen=True)
class Verdict:
    """What one case came to."""

    case: Case
    place: int | None  # of the true cause among those named, from 1; None: not named
    named: tuple[str, ...]
    residual: float  # relative to the change
    days_off: int | None  # by which the day named missed the true one; None: none named
    within_normal: bool | None
    seconds: float

    @property
    def is_found(self) -> bool:
        return self.place is not None and self.place <= LOOKED_AT


def examined(cases: Iterable[Case], model: SemanticModel, calendar: Calendar) -> Iterator[Verdict]:
    """One verdict for each case."""
    for case in cases:
        end = case.query.period.end
        shop = SimulatedShop(model, calendar, case.planted, end, DAYS, case.scale, case.seed)
        now = datetime.combine(end + timedelta(days=1), datetime.min.time(), ZONE)
        started = time.perf_counter()
        explanation = Diagnostician(shop.run, model, calendar).explain(case.query, now, "manager")
        yield _judged(case, explanation, time.perf_counter() - started)


def _judged(case: Case, explanation: Explanation, seconds: float) -> Verdict:
    causes = explanation.causes
    place = next((number for number, cause in enumerate(causes, 1) if is_true(case, cause)), None)
    began = causes[place - 1].since if place is not None else None
    return Verdict(
        case=case,
        place=place,
        named=tuple(cause.id for cause in causes),
        residual=abs(explanation.residual) / max(abs(explanation.total), 1e-12),
        days_off=_days_between(began, case.planted.first),
        within_normal=explanation.normal.within,
        seconds=seconds,
    )


def is_true(case: Case, cause: Cause) -> bool:
    """Whether a cause is the one that was put in: the same cut and the same lever."""
    cut: Mapping[str, tuple[str, ...]] = {name: (value,) for name, value in case.planted.cut.items()}
    if dict(cause.cut) != cut or cause.kind != "driver":
        return False
    if case.planted.lever == "ad_spend":  # shows as the return on it, whose sides are named with the cause
        return cause.metric == SPEND_SHOWS_IN and _largest_side(cause) == "ad_spend"
    return cause.metric == case.planted.lever


def _largest_side(cause: Cause) -> str:
    return max(cause.inside, key=lambda part: abs(part.contribution)).metric if cause.inside else ""


def _days_between(found: date | None, true: date) -> int | None:
    return (found - true).days if found is not None else None
