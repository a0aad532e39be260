"""Which part of a day is in at this hour: by the hours of the weeks before, on promotion days by the year before."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from metrics.anomalies.eventdays import EventDays, earlier
from metrics.anomalies.readings import Run
from metrics.errors import QueryError
from metrics.model import Metric
from metrics.query import Figure, KpiQuery, Period, Scope

DAYS = 14


def share_of_day(run: Run, metric: Metric, scope: Scope, so_far: Figure, now: datetime, places: EventDays) -> float:
    """From 0 to 1; 0 where the metric is settled by day and nothing of the day is in yet."""
    until = so_far.period.until
    if until is None or until.date() != now.date() or (until.hour, until.minute) == (0, 0):
        return 0.0
    place = places.get(now.date())
    like: tuple[date, ...] = ()
    if place is not None and not place.is_aftermath:
        like = earlier(place, places.of(place.event))
    shares = [_share(run, metric, scope, Period(day, day, "day"), until, now) for day in like]
    usual = Period(now.date() - timedelta(days=DAYS), now.date() - timedelta(days=1), "days")
    found = shares if any(share is not None for share in shares) else [_share(run, metric, scope, usual, until, now)]
    known = [share for share in found if share is not None]
    elapsed = (until.hour + until.minute / 60) / 24
    return sum(known) / len(known) if known else elapsed


def _share(run: Run, metric: Metric, scope: Scope, period: Period, until: datetime, now: datetime) -> float | None:
    """Of the days of `period`, the part that had come by that time of the day."""
    try:
        figures = run(KpiQuery((metric.id,), period, scope, grain="hour"), now).figures
    except QueryError:
        return None
    early = total = 0.0
    for figure in figures:
        if figure.bucket is None or figure.value is None:
            continue
        total += figure.value
        if figure.bucket.hour < until.hour:
            early += figure.value
        elif figure.bucket.hour == until.hour:
            early += figure.value * until.minute / 60
    return early / total if total > 0 else None
