"""Days of the lunar year: 正月十五, 大年初三, 农历八月十五, 腊月廿三."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from metrics.holidays import lunar_day
from metrics.phrases.atoms import Span, Standpoint
from metrics.phrases.lexicon import Meaning, Rule, Vague, always, rule
from metrics.phrases.numerals import number

_MONTHS = {"正": 1, "冬": 11, "腊": 12}
_FIRST_YEAR, _LAST_YEAR = 1990, 2090
_YEARS_BACK = 2  # a 30th of a lunar month may be missing in one year, hardly in three


@dataclass(frozen=True)
class LunarDay:
    """One day of the lunar year, which begins a month or two after the civil one."""

    year: int | None
    month: int
    day: int

    def resolve(self, at: Standpoint, after: date | None = None) -> Span | None:
        if self.year is not None:
            return self._span(_civil(self.year, self.month, self.day), at)
        for found in self._days(at, after):
            if found is not None and (found <= at.today if after is None else found >= after):
                return self._span(found, at)
        return None

    def _span(self, day: date | None, at: Standpoint) -> Span | None:
        """The day with a festival of its month, by which its twin of another year is found."""
        if day is None:
            return None
        same_month = (
            event.id for event in at.calendar.events if event.rule.lunar and event.rule.lunar[0] == self.month
        )
        return Span(day, day, "day", event=next(same_month, None))

    def _days(self, at: Standpoint, after: date | None) -> Iterator[date | None]:
        first, step = (after.year - 1, 1) if after else (at.today.year, -1)
        return (_civil(first + step * index, self.month, self.day) for index in range(_YEARS_BACK + 1))


def _civil(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return lunar_day(year, month, day)
    except Exception as error:  # the library raises nothing more exact for a month without a 30th
        if type(error) is not Exception:
            raise
        return None


def _day(match: re.Match[str], at: Standpoint) -> Meaning:
    name, day = match["month"] or "正", number(match["day"].removeprefix("初")) or 0
    month = _MONTHS.get(name) or number(name) or 0
    return LunarDay(None, month, day) if 1 <= month <= 12 and 1 <= day <= 30 else Vague()


_DAY = (
    r"(?P<day>初[一二三四五六七八九十]|[廿卅][一二三四五六七八九]?|[二三]?十[一二三四五六七八九]?|\d{1,2})(?:[日号])?"
)

RULES: tuple[Rule, ...] = (
    rule(rf"(?:农历|阴历|旧历)(?:的)?(?P<month>[正冬腊]|十[一二]?|[一二三四五六七八九]|\d{{1,2}})月{_DAY}", _day),
    rule(rf"(?P<month>[正冬腊])月{_DAY}", _day),
    rule(r"(?:大年|年)(?P<month>)(?P<day>初[一二三四五六七八九十])", _day),
    always(r"农历|阴历|旧历", Vague()),
)
