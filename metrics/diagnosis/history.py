"""What is normal: how far like periods of the past moved, and the day from which a series left its range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, median

from metrics.calendar import Calendar
from metrics.comparability import event_days
from metrics.diagnosis.explanation import Normal
from metrics.query import Figure, Period

WEEK = 7
WEEKS_OF_HISTORY = 16  # looked back over; a season older than that is another season
LEAST_PERIODS = 4  # moves of the past, fewer say nothing
WIDTH = 3.0  # of the band in robust standard deviations
MAD_TO_SIGMA = 1.4826
LEAST_SIGMA = 0.01  # of a logarithm: nothing in trade repeats to the percent
DAYS_BEFORE = 28  # that a change of level is held against
LEAST_DAYS = 6  # before it, fewer are no level
CLEAR = 3.5  # noise units of a change of level
LOOK_BACK = 14  # days before the period in which a change may have begun


@dataclass(frozen=True)
class Day:
    """What one day adds up: a sum, or the two sides of a ratio."""

    numerator: float
    denominator: float = 1.0


def days_of(figures: Sequence[Figure]) -> dict[date, Day]:
    """The days of a daily series that hold a value; sides of a ratio where it is one."""
    found = {}
    for figure in figures:
        if figure.bucket is None or (figure.value is None and not figure.denominator):
            continue
        if figure.denominator is None:
            found[figure.bucket.date()] = Day(figure.value or 0.0)
        else:
            found[figure.bucket.date()] = Day(figure.numerator or 0.0, figure.denominator)
    return found


def without(whole: Mapping[date, Day], part: Mapping[date, Day], *, is_ratio: bool) -> dict[date, Day]:
    """What is left of each day when a part is taken out; days on which nothing is left are not in it."""
    found = {}
    for day, all_of in whole.items():
        own = part.get(day, Day(0.0, 0.0 if is_ratio else 1.0))
        left = all_of.numerator - own.numerator
        below = all_of.denominator - own.denominator if is_ratio else 1.0
        if left > 0 and below > 0:
            found[day] = Day(left, below)
    return found


def level(days: Mapping[date, Day], first: date, count: int, *, is_ratio: bool) -> float | None:
    """The sum, or the ratio of the sums, over some days; None where one of them is missing."""
    held = [days.get(first + timedelta(days=number)) for number in range(count)]
    if any(day is None for day in held):
        return None
    numerator = math.fsum(day.numerator for day in held if day)
    if not is_ratio:
        return numerator
    denominator = math.fsum(day.denominator for day in held if day)
    return numerator / denominator if denominator else None


def normal_range(
    days: Mapping[date, Day],
    current: Period,
    baseline: Period,
    calendar: Calendar,
    values: tuple[float, float],
    *,
    is_ratio: bool,
) -> Normal:
    """Whether the move from the baseline to now is one that like periods of the past made too.

    Like periods: as long, on the same weekdays, as far from their own baseline, with the same promotions and
    holidays on both sides. `values` are the figures before and now.
    """
    moves = _past_moves(days, current, baseline, calendar, is_ratio=is_ratio)
    return judged(moves, values, is_alike=_alike(current, baseline, calendar))


def judged(moves: Sequence[float], values: tuple[float, float], *, is_alike: bool) -> Normal:
    """The range that moves of logarithms in the past leave, and whether the last one stays in it."""
    before, now = values
    if len(moves) < LEAST_PERIODS or before <= 0:
        return Normal(None, None, None, len(moves), "little_history" if moves else "no_history")
    middle = median(moves)
    sigma = max(LEAST_SIGMA, MAD_TO_SIGMA * median(abs(move - middle) for move in moves))
    low, high = (before * math.exp(middle + side * WIDTH * sigma) for side in (-1, 1))
    if not is_alike:
        return Normal(None, low, high, len(moves), "unlike_events")
    return Normal(low <= now <= high, low, high, len(moves))


def _past_moves(
    days: Mapping[date, Day], current: Period, baseline: Period, calendar: Calendar, *, is_ratio: bool
) -> list[float]:
    count, gap = min(current.days, baseline.days), (current.start - baseline.start).days
    found = []
    earliest = min(days, default=current.start)
    # Pairs that reach into the change itself are no past: the first is one whole period back.
    step = WEEK * max(1, -(-count // WEEK))
    shift = max(step, WEEK)
    while current.start - timedelta(days=shift + gap) >= earliest:
        first = current.start - timedelta(days=shift)
        pair = [_span(first - timedelta(days=back), count) for back in (0, gap)]
        if _alike(pair[0], pair[1], calendar):
            now, before = (level(days, span.start, count, is_ratio=is_ratio) for span in pair)
            if now is not None and before is not None and now > 0 and before > 0:
                found.append(math.log(now / before))
        shift += step
    return found


def _alike(one: Period, other: Period, calendar: Calendar) -> bool:
    return event_days(one, calendar) == event_days(other, calendar)


def _span(first: date, count: int) -> Period:
    return Period(first, first + timedelta(days=count - 1))


def since(
    days: Mapping[date, Day], rest: Mapping[date, Day], current: Period, *, is_ratio: bool, direction: int
) -> date | None:
    """The first day of the new level that the period stands at; None where no day parts the series clearly.

    Of all days that may have begun it, the one that parts the logarithms before and after best (the largest
    two-sample difference in noise units), with the weekdays taken out. `rest` is what the days are held against, so
    that a promotion, which moves both, is no change of level; empty: nothing.
    """
    logs = _plain_logs(days, is_ratio=is_ratio)
    if rest:
        others = _plain_logs(rest, is_ratio=is_ratio)
        logs = {day: value - others[day] for day, value in logs.items() if day in others}
    best: tuple[float, date] | None = None
    first = current.start - timedelta(days=LOOK_BACK)
    noise = _noise_before(logs, first)
    for number in range((current.end - first).days + 1):
        day = first + timedelta(days=number)
        parted = _parting(logs, day, current.end, noise)
        if parted is None or parted[0] * direction <= 0 or day not in logs:
            continue
        score, middle = parted
        if (logs[day] - middle) * direction > 0 and (best is None or abs(score) > best[0]):
            best = (abs(score), day)
    return best[1] if best is not None and best[0] >= CLEAR else None


def _plain_logs(days: Mapping[date, Day], *, is_ratio: bool) -> dict[date, float]:
    """Logarithms of the days without what their weekday always does."""
    logs = {}
    for day in days:
        value = level(days, day, 1, is_ratio=is_ratio)
        if value is not None and value > 0:
            logs[day] = math.log(value)
    weekdays: dict[int, list[float]] = {}
    for day, value in logs.items():
        weekdays.setdefault(day.weekday(), []).append(value)
    usual = {weekday: median(values) for weekday, values in weekdays.items()}
    return {day: value - usual[day.weekday()] for day, value in logs.items()}


def _noise_before(logs: Mapping[date, float], day: date) -> float:
    """Everyday straying of the days before, the same for every day that may have begun the change."""
    held = [logs[one] for n in range(1, DAYS_BEFORE + 1) if (one := day - timedelta(days=n)) in logs]
    return max(LEAST_SIGMA, MAD_TO_SIGMA * _spread(held) if held else 0.0)


def _parting(logs: Mapping[date, float], day: date, end: date, noise: float) -> tuple[float, float] | None:
    """How far the days from `day` to `end` lie from those before it, in noise units, and the level half-way."""
    before = [logs[one] for n in range(1, DAYS_BEFORE + 1) if (one := day - timedelta(days=n)) in logs]
    after = [logs[one] for n in range((end - day).days + 1) if (one := day + timedelta(days=n)) in logs]
    if len(before) < LEAST_DAYS or not after:
        return None
    size = math.sqrt(len(before) * len(after) / (len(before) + len(after)))
    old, new = fmean(before), fmean(after)
    return (new - old) * size / noise, (new + old) / 2


def _spread(values: Sequence[float]) -> float:
    middle = median(values)
    return median(abs(value - middle) for value in values)
