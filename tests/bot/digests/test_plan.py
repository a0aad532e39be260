"""When a digest is due, on days when the clocks change, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.plan import due_at, due_days, next_due, parse_time

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "read"),
    [("09:00", "09:00"), ("9", "09:00"), ("9:5", "09:05"), ("08：30", "08:30"), ("9点30", "09:30"), ("7点", "07:00")],
)
def test_a_time_is_read_as_people_write_it(written: str, read: str) -> None:
    assert parse_time(written) == read


@pytest.mark.parametrize("written", ["24:00", "9:60", "morning", "", "-1", "9:00am", "099:00"])
def test_what_is_no_time_is_refused(written: str) -> None:
    assert parse_time(written) is None


def test_a_time_that_occurs_twice_counts_the_first_time() -> None:
    # 25 October 2026: at 03:00 CEST the clocks go back to 02:00 CET; 02:30 CEST is 00:30 UTC.
    assert due_at(date(2026, 10, 25), "02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_time_that_does_not_occur_gives_the_first_valid_minute() -> None:
    # 29 March 2026: at 02:00 CET the clocks go on to 03:00 CEST, which is 01:00 UTC.
    assert due_at(date(2026, 3, 29), "02:30", BERLIN) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_subscription_begins_with_the_next_time_and_looks_back_one_day_only() -> None:
    since = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
    due = due_days("09:00", SHANGHAI, since, datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI))
    assert due == ()
    due = due_days("09:00", SHANGHAI, since, datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI))
    assert [day for day, _ in due] == [date(2026, 11, 24), date(2026, 11, 25)]


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.times())
def test_the_next_digest_is_always_within_a_day_and_a_change_of_clocks(naive: datetime, time: object) -> None:
    now = naive.replace(tzinfo=UTC)
    coming = next_due(f"{time:%H:%M}", BERLIN, now)
    assert now < coming <= now + timedelta(hours=25, minutes=1)
