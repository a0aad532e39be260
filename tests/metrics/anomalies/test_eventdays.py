"""Days of events, and which day of an earlier year each of them is like."""

from __future__ import annotations

from datetime import date

from metrics.anomalies.eventdays import earlier, event_days
from metrics.calendar import Calendar

DAYS = event_days(Calendar.load(), date(2024, 9, 1), date(2026, 12, 31))


def test_a_promotion_touches_the_days_before_and_after_it() -> None:
    parts = {
        day: DAYS[day].part for day in (date(2026, 10, 28), date(2026, 11, 1), date(2026, 11, 5), date(2026, 11, 11))
    }
    assert list(parts.values()) == ["before", "start", "within", "day"]
    assert DAYS[date(2026, 11, 19)].part == "after"  # the eighth day after
    assert date(2026, 11, 20) not in DAYS


def test_the_main_day_is_like_the_main_day_of_the_year_before() -> None:
    place = DAYS[date(2026, 11, 11)]
    assert earlier(place, DAYS.of(place.event)) == (date(2025, 11, 11),)


def test_where_two_holidays_share_days_each_keeps_its_own() -> None:
    """In 2025 Mid-Autumn fell into the National Day holiday, in 2026 it did not."""
    place = DAYS[date(2026, 10, 2)]
    assert place.event == "national_day"
    assert earlier(place, DAYS.of("national_day")) == (date(2025, 10, 2),)


def test_an_event_without_an_earlier_year_is_like_no_day() -> None:
    place = DAYS[date(2024, 11, 11)]
    assert earlier(place, DAYS.of(place.event)) == ()
