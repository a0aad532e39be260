"""What happened at the same time: promotions on one side, empty shelves, spending, refunds and deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from metrics.diagnosis.explanation import Event
from metrics.diagnosis.reading import Figures, Side
from metrics.query import Change, Figure, KpiQuery, Scope

STOCK = "stock_days"
WATCHED = ("ad_spend", "refund_rate", "same_day_rate")  # metric ids of the bundled catalogue; absent ones are skipped
EMPTY = 0.4  # of the stock before: less is as good as none for days of the period
MOVED = 0.15  # of a watched metric: less happens every week
STOCK_DIMENSIONS = ("category", "region")
MISSING = frozenset({"days_without_rows", "days_on_one_side", "source_problem", "clamped"})


@dataclass(frozen=True)
class Beside:
    """What was found beside a change, and what was looked for in vain."""

    events: tuple[Event, ...]
    not_found: tuple[str, ...]


def look_beside(figures: Figures, whole: Side, focus: Scope) -> Beside:
    """`focus` is the scope of the leading cause: what happened there counts."""
    found, missed = [], []
    promotions = [notice for notice in whole.result.notices if notice.code == "unlike_events"]
    found += [Event("promotion", data=notice.data) for notice in promotions if notice.data["kind"] == whole.kind]
    if not found:
        missed.append("promotion")
    found += [Event("missing_data", data=notice.data) for notice in whole.result.notices if notice.code in MISSING]
    stock = _stock(figures, whole, focus)
    if stock is not None:
        found += stock
        missed += [] if stock else ["stock_out"]
    moved, calm = _watched(figures, whole, focus)
    return Beside((*found, *moved), (*missed, *calm))


def _stock(figures: Figures, whole: Side, focus: Scope) -> list[Event] | None:
    """Cells of the stock that ran empty within the focus; None where no stock is known."""
    if whole.chain.metric.id == STOCK:
        return None
    where = {name: values for name, values in focus.items() if name in STOCK_DIMENSIONS}
    query = replace(whole.query, where=where)
    changes = figures.beside((STOCK,), query, whole.kind, STOCK_DIMENSIONS)
    known = [item for item in changes if item.baseline.numerator]
    if not known:
        return None
    return [
        Event("stock_out", STOCK, item.current.scope, item.current, item.baseline) for item in known if _ran_out(item)
    ]


def _ran_out(change: Change) -> bool:
    now, before = change.current, change.baseline
    days = change.current.period.days, change.baseline.period.days
    return (now.numerator or 0.0) / days[0] < EMPTY * (before.numerator or 0.0) / days[1]


def _watched(figures: Figures, whole: Side, focus: Scope) -> tuple[list[Event], list[str]]:
    own = {whole.chain.metric.id, *whole.chain.factors}
    wanted: Sequence[str] = [id for id in WATCHED if id not in own]
    query: KpiQuery = replace(whole.query, where=focus)
    moved: list[Event] = []
    calm: list[str] = []
    for item in figures.beside(wanted, query, whole.kind):
        if item.relative is None:
            continue
        if abs(_per_day(item)) >= MOVED:
            moved.append(Event("watched_move", item.current.metric, focus, item.current, item.baseline))
        else:
            calm.append(item.current.metric)
    return moved, calm


def _per_day(change: Change) -> float:
    """The relative change; of a sum by the day, where the two periods are not of one length."""
    sides = [_daily(change.current), _daily(change.baseline)]
    return sides[0] / sides[1] - 1 if sides[1] else 0.0


def _daily(figure: Figure) -> float:
    value = figure.value or 0.0
    return value / figure.period.days if figure.denominator is None else value
