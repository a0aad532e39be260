"""What is normal and since when, on series whose answer is known by construction."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from metrics.calendar import Calendar
from metrics.diagnosis.history import Day, judged, normal_range, since, without
from metrics.query import Period

MONDAY = date(2026, 8, 10)  # this week and the one before hold no promotion and no holiday
WEEK, BEFORE = (
    Period(MONDAY, MONDAY + timedelta(6), "week"),
    Period(MONDAY - timedelta(7), MONDAY - timedelta(1), "week"),
)


def series(fall_from: date | None, factor: float = 0.7) -> dict[date, Day]:
    """Fifteen weeks of 100 a day, 130 on Saturdays and Sundays, with 2 % of noise, and a fall from a day on."""
    random = Random(3)
    days = {}
    for number in range(15 * 7):
        day = WEEK.end - timedelta(days=number)
        value = (130 if day.weekday() > 4 else 100) * random.gauss(1, 0.02)
        days[day] = Day(value * (factor if fall_from is not None and day >= fall_from else 1))
    return days


def test_a_week_like_the_others_is_within_normal_variation_and_a_fallen_one_is_not() -> None:
    for fall, expected in ((None, True), (MONDAY, False)):
        days = series(fall)
        values = tuple(sum(days[p.start + timedelta(n)].numerator for n in range(7)) for p in (BEFORE, WEEK))
        found = normal_range(days, WEEK, BEFORE, Calendar.load(), (values[0], values[1]), is_ratio=False)
        assert found.within is expected
        assert (found.low or 0) < values[0] < (found.high or 0)


def test_the_range_is_three_robust_deviations_around_the_usual_move() -> None:
    # Logarithms of moves −0.02, 0, 0.02, 0.04: median 0.01, distances 0.03 0.01 0.01 0.03, their median 0.02;
    # sigma 1.4826 × 0.02 = 0.029652; from 100 that is 100·exp(0.01 ∓ 0.088956) = 92.41 and 110.40.
    found = judged((-0.02, 0.0, 0.02, 0.04), (100.0, 111.0), is_alike=True)
    assert found.low == pytest.approx(92.41, abs=0.01)
    assert found.high == pytest.approx(110.40, abs=0.01)
    assert found.within is False
    assert judged((-0.02, 0.0, 0.02, 0.04), (100.0, 111.0), is_alike=False).within is None
    assert judged((0.0, 0.1), (100.0, 111.0), is_alike=True).reason == "little_history"


@pytest.mark.parametrize("days_before_the_week", [0, 3, 9])
def test_the_first_day_of_a_new_level_is_found_inside_and_before_the_period(days_before_the_week: int) -> None:
    began = MONDAY - timedelta(days=days_before_the_week)
    assert since(series(began), {}, WEEK, is_ratio=False, direction=-1) == began


def test_no_day_is_named_where_the_level_stayed() -> None:
    assert since(series(None), {}, WEEK, is_ratio=False, direction=-1) is None


def test_what_moves_the_rest_as_well_is_no_change_of_level() -> None:
    days = series(MONDAY)
    assert (
        since(days, {day: Day(3 * held.numerator) for day, held in days.items()}, WEEK, is_ratio=False, direction=-1)
        is None
    )


def test_the_rest_is_the_whole_without_its_part() -> None:
    day = MONDAY
    assert without({day: Day(30, 1000)}, {day: Day(10, 400)}, is_ratio=True) == {day: Day(20, 600)}
    assert without({day: Day(10, 400)}, {day: Day(10, 400)}, is_ratio=True) == {}
