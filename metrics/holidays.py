"""Lunar dates, solar terms and public days off, from the two libraries that know them."""

from __future__ import annotations

from datetime import date, timedelta

_LONGEST_HOLIDAY = 15  # days; a bound for the walk, the longest plan so far had 9


def lunar_day(year: int, month: int, day: int) -> date:
    """The civil date of a lunar month and day in the lunar year that begins in `year`."""
    from lunar_python import Lunar  # 80 ms, and only questions about lunar festivals need it

    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def solar_term(year: int, term: str) -> date:
    """The civil date of a solar term such as 清明; KeyError when there is no such term."""
    from lunar_python import Solar  # see lunar_day

    solar = Solar.fromYmd(year, 6, 1).getLunar().getJieQiTable()[term]
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
