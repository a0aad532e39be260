"""A column of dates or times, in whatever forms spreadsheets write them, into naive local times of the shop."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

from metrics.sources.cells import EMPTY_WORDS, Cell, text_of

DayOrder = Literal["day_first", "month_first"]
SERIAL_START = datetime(1899, 12, 30)  # day 0 of Excel's serial dates, after its leap-year mistake of 1900
SERIALS = (20_000, 80_000)  # 1954 … 2119; smaller and larger numbers are no dates that a shop has
EPOCHS = {10: 1.0, 13: 1e3}  # digits of a Unix time -> units a second
DIGIT_FORMS = {6: "%Y%m", 8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
YEARS = (1970, 2100)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LATE = ("下午", "晚上", "傍晚", "pm", "中午")
EARLY = ("上午", "早上", "凌晨", "am")

_CLOCK = (
    r"(?:[t,\s]*(?:星期.|周.)?\s*(?P<half>上午|早上|凌晨|中午|下午|傍晚|晚上|am|pm)?\s*(?P<hour>\d{1,2})\s*[:时點点]"
    r"\s*(?:(?P<minute>\d{1,2})\s*分?\s*(?::?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*秒?)?)?"
    r"\s*(?P<after>am|pm)?)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)
_FORMS = tuple(
    re.compile(form + _CLOCK)
    for form in (
        r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*(?:[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?)?月?",
        r"(?P<one>\d{1,2})\s*[-/.]\s*(?P<two>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})[\s-]+(?P<name>[a-z]{3,9})\.?[,\s-]+(?P<year>\d{4})",
        r"(?:[a-z]{3,9},?\s+)?(?P<name>[a-z]{3,9})\.?\s+(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>\d{4})",
    )
)


class MomentError(ValueError):
    """Why the cell at `index` of a column is no time: a clause that follows the cell in a message."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index


@dataclass(frozen=True)
class _Slashed:
    """A date like 01/02/2026 whose order the whole column decides."""

    one: int
    two: int
    rest: re.Match[str]


def read(cells: Sequence[Cell | None], zone: ZoneInfo, order: DayOrder | None = None) -> list[datetime | None]:
    """One time a cell, None for an empty one. Raises MomentError for the first cell that is no time.

    Forms may be mixed where each is clear by itself. 01/02/2026 is not: the column's other cells decide, or `order`.
    """
    known: dict[Cell | None, datetime | _Slashed | None] = {}
    found: list[datetime | _Slashed | None] = []
    slashed: list[int] = []
    for index, cell in enumerate(cells):
        if (moment := _plain(cell)) is not None:
            found.append(moment)
            continue
        if cell not in known:
            known[cell] = _attempt(cell, zone, index)
        found.append(known[cell])
        if isinstance(known[cell], _Slashed):
            slashed.append(index)
    if not slashed:
        return found  # type: ignore[return-value]  # without a _Slashed the list holds times and None only
    return _ordered(found, slashed, zone, order)


def _plain(cell: Cell | None) -> datetime | None:
    """2026-11-01 08:00:00, which most exports write, without the search for a form."""
    if isinstance(cell, datetime):
        return cell if cell.microsecond == 0 and cell.tzinfo is None else None
    if not isinstance(cell, str) or len(cell) != 19 or cell[4] != "-" or cell[7] != "-" or cell[13] != ":":
        return None
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def _attempt(cell: Cell | None, zone: ZoneInfo, index: int) -> datetime | _Slashed | None:
    try:
        return _moment(cell, zone)
    except (ValueError, OverflowError) as error:
        raise MomentError(index, str(error) if isinstance(error, UnclearError) else "is no date or time") from None


class UnclearError(ValueError):
    """A cell that could be read in two ways."""


def _moment(cell: Cell | None, zone: ZoneInfo) -> datetime | _Slashed | None:
    if isinstance(cell, datetime):
        return _local(_rounded(cell), zone)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _numeric(repr(int(cell)) if float(cell).is_integer() else repr(cell), zone)
    if not isinstance(cell, str) and cell is not None:
        raise ValueError("a time of day without a date")
    text = text_of(cell)
    if len(text) >= 10 and text[4] == "-" and text[5].isdigit() and text[7] == "-":
        try:
            return _local(datetime.fromisoformat(text), zone)
        except ValueError:
            pass  # 2026-11-1 and 24:00 are written, too
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if plain in EMPTY_WORDS:
        return None
    if re.fullmatch(r"\d+(?:\.\d+)?", plain) and not re.fullmatch(r"\d{4}\.\d{1,2}", plain):
        return _numeric(plain, zone)
    return _written(plain, zone)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo is not None else moment


def _rounded(moment: datetime) -> datetime:
    """To the second: a spreadsheet keeps 8:00 as a fraction of a day, which may fall just short of it."""
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0)


def _numeric(digits: str, zone: ZoneInfo) -> datetime:
    if "." not in digits and len(digits) in DIGIT_FORMS:
        moment = datetime.strptime(digits, DIGIT_FORMS[len(digits)])
        return _checked(moment)
    if "." not in digits and len(digits) in EPOCHS:
        seconds = int(digits) / EPOCHS[len(digits)]
        return _checked(_local(datetime.fromtimestamp(seconds, tz=UTC), zone))
    if SERIALS[0] <= float(digits) < SERIALS[1]:
        return _rounded(SERIAL_START + timedelta(days=float(digits)))
    raise ValueError(digits)


def _checked(moment: datetime) -> datetime:
    if not YEARS[0] <= moment.year < YEARS[1]:
        raise ValueError(f"the year {moment.year}")
    return moment


def _written(plain: str, zone: ZoneInfo) -> datetime | _Slashed:
    for form in _FORMS:
        match = form.fullmatch(plain)
        if match is None:
            continue
        parts = match.groupdict()
        if parts.get("one"):
            return _Slashed(int(parts["one"]), int(parts["two"]), match)
        month = MONTHS.index(parts["name"][:3]) + 1 if parts.get("name") else int(parts["month"])
        return _joined(match, month, int(parts["day"] or 1), zone)
    raise ValueError(plain)


def _joined(match: re.Match[str], month: int, day: int, zone: ZoneInfo) -> datetime:
    parts = match.groupdict()
    moment = _checked(datetime(int(parts["year"]), month, day)) + _clock(parts)
    if not parts["zone"]:
        return moment
    offset = parts["zone"].replace(":", "")
    minutes = (int(offset[1:3]) * 60 + int(offset[3:5])) * (-1 if offset[0] == "-" else 1) if offset[0] in "+-" else 0
    return _local(moment.replace(tzinfo=timezone(timedelta(minutes=minutes))), zone)


def _clock(parts: dict[str, str | None]) -> timedelta:
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    half = parts["half"] or parts["after"]
    if half == "晚上" and hour == 12:
        raise UnclearError("may be noon or midnight; write hours of 0 to 23")
    if half in LATE and hour < 12 and not (half == "中午" and hour >= 10):
        hour += 12
    elif half in EARLY and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and minute + second > 0):
        raise ValueError("no time of day")
    micros = int((parts["fraction"] or "0").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)


def _ordered(
    found: list[datetime | _Slashed | None], slashed: list[int], zone: ZoneInfo, order: DayOrder | None
) -> list[datetime | None]:
    day_first = _day_first(found, slashed, order)
    whole: list[datetime | None] = []
    for index, held in enumerate(found):
        if isinstance(held, _Slashed):
            day, month = (held.one, held.two) if day_first else (held.two, held.one)
            try:
                held = _joined(held.rest, month, day, zone)
            except ValueError:
                raise MomentError(index, "is no date or time") from None
        whole.append(held)
    return whole


def _day_first(found: list[datetime | _Slashed | None], slashed: list[int], order: DayOrder | None) -> bool:
    if order is not None:
        return order == "day_first"
    dates = [(index, held) for index in slashed if isinstance(held := found[index], _Slashed)]
    days = [index for index, held in dates if held.one > 12]
    months = [index for index, held in dates if held.two > 12]
    if days and months:
        raise MomentError(months[0], "puts the month first where other rows put the day first; write year-month-day")
    open_ones = [index for index, held in dates if held.one != held.two]
    if not days and not months and open_ones:
        why = "may have the day or the month first, and no other row tells; add dates: day_first or dates: month_first"
        raise MomentError(open_ones[0], why)
    return bool(days)
