"""Columns of dates and times in the forms that spreadsheets write."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.sources import moments
from metrics.sources.cells import Cell
from metrics.sources.moments import MomentError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 1, 12, 0)
FIRST = datetime(2026, 11, 1)
FORMS: list[tuple[Cell, datetime | None]] = [
    ("2026-11-01 12:00:00", NOON),
    ("2026-11-01T12:00", NOON),
    ("2026-11-01 12:00:00.000", NOON),
    ("2026/11/1 12:00", NOON),
    ("2026.11.01", FIRST),
    ("2026-11-1", FIRST),
    ("2026年11月1日 12时00分", NOON),
    ("2026年11月1日 中午12:00", NOON),
    ("2026年11月1日", FIRST),
    ("２０２６年１１月１日", FIRST),
    ("2026/11/1 下午3:05", datetime(2026, 11, 1, 15, 5)),
    ("2026-11-01 凌晨12:30", datetime(2026, 11, 1, 0, 30)),
    ("20261101", FIRST),
    (20261101, FIRST),
    ("20261101120000", NOON),
    ("2026-11", FIRST),
    ("2026年11月", FIRST),
    ("202611", FIRST),
    ("2026-11-01T04:00:00Z", NOON),
    ("2026-11-01 12:00:00 +0800", NOON),
    ("2026-10-31T23:00:00-05:00", NOON),
    ("1 Nov 2026", FIRST),
    ("Nov 1, 2026 12:00 PM", NOON),
    ("Nov 1, 2026 12:00 AM", FIRST),
    ("2026-11-01 24:00:00", FIRST + timedelta(days=1)),
    (46327, FIRST),  # Excel counts days from 30 December 1899
    ("46327.5", NOON),
    (46327.3333333, datetime(2026, 11, 1, 8, 0)),
    (1793505600, NOON),  # 04:00 in Greenwich
    ("1793505600000", NOON),
    (datetime(2026, 11, 1, 11, 59, 59, 999_999), NOON),
    (date(2026, 11, 1), FIRST),
    ("", None),
    ("--", None),
    (None, None),
]


@pytest.mark.parametrize(("cell", "moment"), FORMS)
def test_each_form_is_the_moment_that_it_says(cell: Cell, moment: datetime | None) -> None:
    assert moments.read([cell], SHANGHAI) == [moment]


def test_forms_may_be_mixed_in_one_column() -> None:
    column = [cell for cell, _ in FORMS]
    assert moments.read(column, SHANGHAI) == [moment for _, moment in FORMS]


@pytest.mark.parametrize(
    "cell",
    ["soon", "2026-13-01", "2026-02-30", "20261301", "26/11/01", "8:00", "12345", "2026-11-01 25:00", 2026, True],
)
def test_what_is_no_date_is_refused_with_its_place(cell: Cell) -> None:
    with pytest.raises(MomentError) as caught:
        moments.read(["2026-11-01", cell], SHANGHAI)
    assert caught.value.index == 1


def test_day_and_month_are_told_apart_by_the_whole_column() -> None:
    assert moments.read(["01/11/2026", "13/11/2026 9:05"], SHANGHAI) == [FIRST, datetime(2026, 11, 13, 9, 5)]
    assert moments.read(["11/01/2026", "11/13/2026"], SHANGHAI) == [FIRST, datetime(2026, 11, 13)]
    assert moments.read(["11/11/2026"], SHANGHAI) == [datetime(2026, 11, 11)]


def test_a_column_that_does_not_tell_is_asked_about_and_the_answer_is_taken() -> None:
    with pytest.raises(MomentError, match="add dates: day_first or dates: month_first"):
        moments.read(["01/11/2026", "02/11/2026"], SHANGHAI)
    assert moments.read(["01/11/2026"], SHANGHAI, "day_first") == [FIRST]
    assert moments.read(["01/11/2026"], SHANGHAI, "month_first") == [datetime(2026, 1, 11)]


def test_a_column_of_both_orders_is_refused() -> None:
    with pytest.raises(MomentError, match="write year-month-day"):
        moments.read(["13/11/2026", "11/13/2026"], SHANGHAI)


def test_a_zone_with_summer_time_gives_its_own_wall_clock() -> None:
    new_york = ZoneInfo("America/New_York")
    column: list[Cell] = ["2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z"]  # the clock jumps from 02:00 to 03:00
    assert moments.read(column, new_york) == [datetime(2026, 3, 8, 1, 59), datetime(2026, 3, 8, 3, 0)]


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda held: held.replace(microsecond=0)))
def test_every_moment_reads_back_from_every_form(moment: datetime) -> None:
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    written: list[Cell] = [
        moment.isoformat(sep=" "),
        f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute:02}:{moment.second:02}",
        f"{moment:%Y年%m月%d日 %H时%M分%S秒}",
        f"{moment:%Y%m%d%H%M%S}",
        serial,
    ]
    assert moments.read(written, SHANGHAI) == [moment] * len(written)


@given(st.text(max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(MomentError):  # any other error fails the test
        moments.read([text], SHANGHAI)
