"""Promotions and holidays that stand on one side of a comparison only are named."""

from __future__ import annotations

from datetime import date

import pytest

from metrics.calendar import Calendar
from metrics.comparability import mismatch
from metrics.query import Period


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return Calendar.load()


def test_a_week_after_a_promotion_week_says_so(calendar: Calendar) -> None:
    # 双11 runs 11-01…11-11: three days of 11-09…11-15, all seven of 11-02…11-08.
    current, before = Period(date(2026, 11, 9), date(2026, 11, 15)), Period(date(2026, 11, 2), date(2026, 11, 8))
    notice = mismatch("previous", current, before, calendar)
    assert notice is not None
    assert ":3:7" in notice.data["events"]


def test_the_same_promotion_a_year_ago_is_alike(calendar: Calendar) -> None:
    current, before = Period(date(2026, 11, 1), date(2026, 11, 11)), Period(date(2025, 11, 1), date(2025, 11, 11))
    assert mismatch("year_ago", current, before, calendar) is None


def test_two_plain_weeks_are_alike(calendar: Calendar) -> None:
    current, before = Period(date(2026, 7, 13), date(2026, 7, 19)), Period(date(2026, 7, 6), date(2026, 7, 12))
    assert mismatch("previous", current, before, calendar) is None


def test_a_new_year_campaign_that_began_last_year_counts(calendar: Calendar) -> None:
    # 年货节 of 2026 touches January; the days are counted whichever year the campaign is filed under.
    current, before = Period(date(2026, 1, 19), date(2026, 1, 25)), Period(date(2025, 11, 24), date(2025, 11, 30))
    notice = mismatch("against", current, before, calendar)
    assert notice is not None


def test_a_day_that_only_has_a_name_does_not_stand_in_the_way_of_a_comparison(calendar: Calendar) -> None:
    # 2026-10-31 is Halloween; both weeks are plain otherwise
    current, before = Period(date(2026, 10, 25), date(2026, 10, 31)), Period(date(2026, 10, 11), date(2026, 10, 17))
    assert mismatch("previous", current, before, calendar) is None
