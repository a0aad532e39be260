"""English phrases of time: yesterday, last week, past 4 weeks, Nov 1-11, Q3 2025, first half."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from metrics.phrases.atoms import Days, Edge, Fixed, Months, Span, Standpoint, Weekdays, Years
from metrics.phrases.lexicon import ASCII, Ignored, Meaning, Open, Rule, Vague, always, rule
from metrics.phrases.numerals import ENGLISH_NUMBER, number
from metrics.phrases.relative import last_whole, near_halves, next_units, running_unit, unit_ago
from metrics.twins import add_months

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?|mon|tues?|wed|thu(?:rs)?|fri|sat|sun)\b"
_FIRST_WEEKDAY, _LAST_WEEKDAY = (_WEEKDAY.replace("weekday", end) for end in ("first", "last"))
_ORDINAL = r"(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|—|~|to|through|thru|until|till)\s*"
_UNITS = r"(?P<unit>day|week|month|quarter|year)"
_QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_WHICH = {"this": 0, "current": 0, "last": -1, "previous": -1, "prior": -1, "preceding": -1, "next": 1, "coming": 1}
_WHICH_PATTERN = rf"(?P<which>{'|'.join(_WHICH)})"


def _day(offset: int) -> Callable[[re.Match[str], Standpoint], Meaning]:
    def build(match: re.Match[str], at: Standpoint) -> Meaning:
        day = at.today + timedelta(offset)
        return Fixed(Span(day, day, "day"))

    return build


def _month_number(text: str) -> int:
    return _MONTHS.index(text[:3]) + 1


def _unit(match: re.Match[str], at: Standpoint) -> Meaning:
    return unit_at(match["unit"], _WHICH[match["which"]], at)


def unit_at(unit: str, offset: int, at: Standpoint) -> Meaning:
    """The day, week, month, quarter or year `offset` units from the running one."""
    if unit == "day":
        day = at.today + timedelta(offset)
        return Fixed(Span(day, day, "day"))
    if unit == "week":
        return Fixed(Span(at.week(offset), at.week(offset + 1) - timedelta(1), "week"))
    if unit == "year":
        return Years(at.today.year + offset)
    running = running_unit(unit[0], at)
    length = 3 if unit == "quarter" else 1
    first = add_months(running.start, length * offset)
    return Months(first.year, first.month, first.month + length - 1, running.kind)


def _before_last(match: re.Match[str], at: Standpoint) -> Meaning:
    return unit_at(match["unit"], -2, at)


def _weekday(match: re.Match[str], at: Standpoint) -> Meaning:
    """ "last Wednesday" is the latest one before today; "this Wednesday" and "Wednesday of last week" name the week."""
    day = _WEEKDAYS.index(match["weekday"][:3])
    which, groups = match["which"], match.groupdict()
    if groups.get("week") or which in ("this", "next", "coming"):
        return Weekdays(_WHICH[which], day, day)
    if which is None:
        return Weekdays(None, day, day)
    found = at.today - timedelta((at.today.weekday() - day - 1) % 7 + 1)
    return Fixed(Span(found, found, "day", by_weekday=True))


def _weekend(match: re.Match[str], at: Standpoint) -> Meaning:
    return Weekdays(_WHICH[match["which"]] if match["which"] else None, 5, 6)


def _near(match: re.Match[str], at: Standpoint) -> Meaning | None:
    if match["n"] in ("a couple of", "a few", "several", "few", "couple of", "couple"):
        return Vague()
    count = number(match["n"]) if match["n"] else 1
    return last_whole(count, match["unit"], at) if count else Vague()


def _abbreviated(match: re.Match[str], at: Standpoint) -> Meaning | None:
    """L30D, P7D, T12M."""
    unit = {"d": "day", "w": "week", "m": "month"}[match["letter"]]
    return last_whole(int(match["n"]), unit, at)


def _ahead(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"])
    return next_units(count, match["unit"], at) if count else Vague()


def _ago(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"])
    if not count:
        return Vague()
    return _day(-count)(match, at) if match["unit"] == "day" else unit_ago(count, match["unit"], at)


def _dates(match: re.Match[str], at: Standpoint) -> Meaning:
    groups = match.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    last = int(groups["last"]) if groups.get("last") else None
    return Days(year, _month_number(match["month"]), int(match["day"]), last)


def _month(match: re.Match[str], at: Standpoint) -> Meaning | None:
    year = int(match["year"] or 0) or (2000 + int(match["short"]) if match["short"] else None)
    if match["month"] == "may" and year is None and not _MAY_IS_A_MONTH.search(match.string[: match.start()]):
        return None
    month = _month_number(match["month"])
    return Months(year, month, month)


def _ordinal_quarter(match: re.Match[str], at: Standpoint) -> Meaning:
    quarter = _QUARTERS[match["nth"]]
    return Months(None, 3 * quarter - 2, 3 * quarter, "quarter")


def _first_quarters(match: re.Match[str], at: Standpoint) -> Meaning:
    count = number(match["n"]) or 0
    return Months(None, 1, 3 * count, "quarter") if 1 <= count <= 4 else Vague()


def _half(match: re.Match[str], at: Standpoint) -> Meaning:
    return Months(None, 1, 6, "quarter") if match["nth"] in ("first", "1st") else Months(None, 7, 12, "quarter")


def _to_date(match: re.Match[str], at: Standpoint) -> Meaning:
    return Fixed(running_unit(match["unit"][0], at))


def _spoken_year(match: re.Match[str], at: Standpoint) -> Meaning:
    return Years(2020 + ((number(match["last"]) or 0) if match["last"] else 0))


def _last_full(match: re.Match[str], at: Standpoint) -> Meaning:
    return unit_at(match["unit"], -1, at)


def _near_half(match: re.Match[str], at: Standpoint) -> Meaning:
    return near_halves("年" if match["unit"] == "year" else "个月", at)


def _fortnights(match: re.Match[str], at: Standpoint) -> Meaning | None:
    count = number(match["n"]) if match["n"] else 1
    return last_whole(2 * count, "week", at) if count else None


def _first_of_running(match: re.Match[str], at: Standpoint) -> Meaning:
    return Edge(Fixed(running_unit(match["unit"][0], at)), "first") if match["unit"] != "day" else Vague()


def _nth_day(match: re.Match[str], at: Standpoint) -> Meaning:
    return Days(None, None, int(match["day"] or match["lone"]))


def _weekdays_of(match: re.Match[str], at: Standpoint) -> Meaning:
    first, last = (_WEEKDAYS.index(match[end][:3]) for end in ("first", "last"))
    return Weekdays(_WHICH[match["which"]], first, last)


_MAY_IS_A_MONTH = re.compile(r"\b(?:in|of|for|during|since|last|from|to|vs\.?|and|this)\s$", ASCII)
_MONTH_NAME = rf"(?:{'|'.join(_MONTHS)})"
_NTH_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)\b"
_LONE_DAY = _NTH_DAY.replace("day", "lone")
_SEASON = r"(?:spring|summer|autumn|winter)"
_NOT_A_SEASON = r"(?!\s+(?:festival|collection|dress|clothes|clothing|sale|range|line|shoes|coats?|jackets?))"
_THE = r"(?:\bthe\s+)?"
RULES: tuple[Rule, ...] = (
    always(r"\b(?:good|freaky|casual)\s+friday\b", Ignored()),
    always(r"\b(?:black|cyber)\s+(?:friday|monday)\b", Vague()),  # unless the calendar has it
    rule(r"\btwenty[\s-]+twenty(?:[\s-]+(?P<last>one|two|three|four|five|six|seven|eight|nine))?\b", _spoken_year),
    rule(
        rf"{_THE}\b(?:last|past|previous|most\s+recent)\s+(?:full|complete|whole|entire|calendar)\s+{_UNITS}\b",
        _last_full,
    ),
    always(r"\ba\s+year\s+ago\s+(?:today|yesterday|this\s+(?:week|month|quarter))\b", Vague()),
    always(
        r"\bthis\s+past\s+(?:week|month|quarter|year|weekend)\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days\b",
        Vague(),
    ),
    rule(rf"{_THE}\b(?:last|past)\s+half(?:[\s-]+a)?[\s-]+(?P<unit>year|month)\b", _near_half),
    rule(rf"{_THE}\b(?:last|past|previous)\s+(?:(?P<n>{ENGLISH_NUMBER})\s+)?fortnights?\b", _fortnights),
    always(
        rf"\b(?:last|this|next|past|previous|in|during|over|since|through)\s+(?:the\s+)?{_SEASON}\b{_NOT_A_SEASON}",
        Vague(),
    ),
    rule(rf"\b(?:the\s+)?(?:start|beginning)\s+of\s+(?:the|this)\s+{_UNITS}\b", _first_of_running),
    rule(
        rf"(?:(?<=\bon\s)|(?<=\bsince\s)|(?<=\bfrom\s))the\s+{_NTH_DAY}|\bthe\s+{_LONE_DAY}(?=\s*(?:$|[?.!,;]|-|and\b|to\b|vs\b))",
        _nth_day,
    ),
    rule(
        rf"\bbetween\s+{_MONTH}\s*(?P<day>\d{{1,2}}){_ORDINAL}\s+and\s+(?:the\s+)?(?P<last>\d{{1,2}}){_ORDINAL}(?!\d|\.\d|%)(?!\s*(?:of\s+)?{_MONTH_NAME})(?:\s*,?\s*(?P<year>20\d\d)\b)?",
        _dates,
    ),
    rule(
        rf"\bbetween\s+(?:the\s+)?(?P<day>\d{{1,2}}){_ORDINAL}\s+and\s+(?:the\s+)?(?P<last>\d{{1,2}}){_ORDINAL}\s+(?:of\s+)?{_MONTH}(?:\s*,?\s*(?P<year>20\d\d)\b)?",
        _dates,
    ),
    rule(
        rf"\b{_FIRST_WEEKDAY}{_TO}{_LAST_WEEKDAY}\s+(?:of\s+)?(?P<which>last|this)\s+week\b",
        _weekdays_of,
    ),
    rule(r"\btoday\b", _day(0)),
    rule(r"\b(?:yesterday|yday|y'day|ystd)\b", _day(-1)),
    rule(r"\btomorrow\b", _day(1)),
    rule(_THE + r"\bday\s+before\s+yesterday\b", _day(-2)),
    rule(rf"{_THE}\b{_WHICH_PATTERN}\s+{_UNITS}\b", _unit),
    rule(rf"{_THE}\b{_UNITS}\s+before\s+last\b", _before_last),
    rule(rf"\b(?:{_WHICH_PATTERN}\s+)?{_WEEKDAY}(?!\s+(?:of\s+)?(?:last|this)\s+week)", _weekday),
    rule(rf"\b{_WEEKDAY}\s+(?:of\s+)?(?P<which>last|this)\s+(?P<week>week)\b", _weekday),
    rule(rf"\b{_WHICH_PATTERN}\s+(?P<week>week)(?:'s)?\s+{_WEEKDAY}", _weekday),
    rule(rf"{_THE}\b(?:{_WHICH_PATTERN}\s+)?weekend\b", _weekend),
    rule(
        rf"{_THE}\b(?:last|past|previous|trailing|prior|rolling)\s+(?P<n>{ENGLISH_NUMBER}|(?:a\s+)?(?:few|couple(?:\sof)?)|several)\s+{_UNITS}s?\b",
        _near,
    ),
    rule(rf"{_THE}\b(?:past|trailing)\s+(?P<n>)?{_UNITS}\b", _near),
    rule(r"\b[lpt](?P<n>[1-9]\d{0,2})(?P<letter>[dwm])\b", _abbreviated),
    rule(rf"{_THE}\b(?:next|coming)\s+(?P<n>{ENGLISH_NUMBER})\s+{_UNITS}s?\b", _ahead),
    rule(rf"\b(?P<n>{ENGLISH_NUMBER})\s+{_UNITS}s?\s+ago\b", _ago),
    rule(
        rf"\b{_MONTH}\s*(?P<day>\d{{1,2}}){_ORDINAL}(?!\d|\.\d|%)(?:{_TO}(?P<last>\d{{1,2}}){_ORDINAL}(?!\d|\.\d|%))?(?:\s*,?\s*(?P<year>20\d\d)\b)?",
        _dates,
    ),
    rule(
        rf"\b(?P<day>\d{{1,2}}){_ORDINAL}(?:{_TO}(?P<last>\d{{1,2}}){_ORDINAL})?\s+(?:of\s+)?{_MONTH}(?:\s*,?\s*(?P<year>20\d\d)\b)?",
        _dates,
    ),
    rule(rf"\b{_MONTH}(?:\s*,?\s*(?:of\s+)?(?P<year>20\d\d)\b|\s?'(?P<short>\d\d)\b)?", _month),
    rule(rf"{_THE}\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\b", _ordinal_quarter),
    rule(rf"{_THE}\bfirst\s+(?P<n>{ENGLISH_NUMBER})\s+quarters\b", _first_quarters),
    rule(rf"{_THE}\b(?P<nth>first|second|1st|2nd)\s+half\b(?:\s+of\s+the\s+year\b)?", _half),
    rule(r"\b(?P<unit>week|month|quarter|year)[\s-]+to[\s-]+date\b", _to_date),
    rule(r"\b(?P<unit>[wmqy])td\b", _to_date),
    always(r"\bso\s+far\b|\bonwards?\b|\b(?:up\s+)?(?:to|until|till)\s+now\b|\bto\s+date\b", Open()),
)
