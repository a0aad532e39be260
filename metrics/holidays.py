"""Lunar dates, solar terms and public days off, from the two libraries that know them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

_LONGEST_HOLIDAY = 15  # days; a bound for the walk, the longest plan so far had 9


def lunar_day(year: int, month: int, day: int) -> date:
    """The civil date of a lunar month and day in the lunar year that begins in `year`."""
    held = _lunar_year(year).getMonth(month)
    if held is None or not 1 <= day <= held.getDayCount():
        raise ValueError(f"the lunar year {year} has no day {day} in month {month}")
    return _civil(held.getFirstJulianDay() + day - 1)


def solar_term(year: int, term: str) -> date:
    """The civil date of a solar term such as 清明; KeyError when there is no such term."""
    from lunar_python import Lunar  # see _lunar_year

    if term not in Lunar.JIE_QI_IN_USE:
        raise KeyError(term)
    return _civil(_lunar_year(year).getJieQiJulianDays()[Lunar.JIE_QI_IN_USE.index(term)])


@lru_cache(maxsize=8)  # the library keeps one year only, and a comparison asks for days of several in turn
def _lunar_year(year: int) -> Any:
    """Months and solar terms of a lunar year; 10 ms to work out."""
    from lunar_python import LunarYear  # 80 ms, and only questions about lunar festivals need it

    return LunarYear.fromYear(year)


def _civil(julian_day: float) -> date:
    from lunar_python import Solar  # see _lunar_year

    solar = Solar.fromJulianDay(julian_day)
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def days_off(around: date) -> tuple[date, date] | None:
    """First and last of the consecutive days off that hold `around`; None where no official plan is known."""
    import chinese_calendar  # 45 ms; raises for years whose plan is not published yet

    try:
        if not chinese_calendar.is_holiday(around):
            return None
        first = last = around
        while chinese_calendar.is_holiday(first - timedelta(1)) and (around - first).days < _LONGEST_HOLIDAY:
            first -= timedelta(1)
        while chinese_calendar.is_holiday(last + timedelta(1)) and (last - around).days < _LONGEST_HOLIDAY:
            last += timedelta(1)
    except NotImplementedError:
        return None
    return first, last
