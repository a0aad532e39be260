"""What left its normal range in the period of a review."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.reviews.facts import Assignment, Numbers
from metrics.errors import MetricsError

if TYPE_CHECKING:
    from metrics.anomalies.anomaly import Scan

MOST_UNUSUAL = 6
Judge = Callable[[Numbers, Assignment], "Scan | None"]


def judge(numbers: Numbers, at: Assignment) -> Scan | None:
    """The unusual of the period, most money first; None where there is too little to judge by."""
    from metrics.anomalies.scan import scan  # late: numpy

    try:
        found = scan(
            numbers.run,
            numbers.model,
            numbers.calendar,
            at.period,
            at.now,
            categories=at.scope.get("category", ()),
            audience=at.audience,
            most=MOST_UNUSUAL,
        )
    except MetricsError:
        return None
    return found if found.series else None
