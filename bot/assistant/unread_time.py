"""Why a time could not be read: hours of a day, which no figure is cut by, or a day that no month has."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Literal

Why = Literal["", "hours", "no_such_day"]

LEAP_YEAR = 2024  # where no year is named, a 29 February may be meant
MONTHS_OF_A_YEAR, LONGEST_MONTH = 12, 31
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
HOURS = re.compile(
    r"凌晨|清晨|[早晚][上晨间]|[上中下正]午|午[前后]|傍晚|夜|\d\s*[点时](?!间)|[一二两三四五六七八九十]点|\d[:：]\d\d|钟头|小时"
    r"|\b(?:morning|noon|afternoon|evening|night|tonight|midnight|hours?)s?\b|\d\s*(?:am|pm|a\.m|p\.m)\b|o'?clock",
    re.IGNORECASE,
)
NAME = rf"(?P<name>{'|'.join(MONTHS)})[a-z]*\.?"
DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:(?P<year>20\d\d)\s*[年/.-]\s*)?(?<!\d)(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})(?!\d)",
        rf"\b{NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s*(?P<year>20\d\d))?",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{NAME}(?:,?\s*(?P<year>20\d\d))?",
    )
)


def why_unread(text: str) -> Why:
    """The reason as the wording knows it, "" for none that is sure."""
    if any(_is_impossible(match.groupdict()) for pattern in DATES for match in pattern.finditer(text)):
        return "no_such_day"
    return "hours" if HOURS.search(text) else ""


def _is_impossible(parts: dict[str, str | None]) -> bool:
    name = parts.get("name")
    month = MONTHS.index(name.lower()) + 1 if name else int(parts.get("month") or 0)
    day = int(parts["day"] or 0)
    if not (1 <= month <= MONTHS_OF_A_YEAR and 1 <= day <= LONGEST_MONTH):
        return 1 <= month <= MONTHS_OF_A_YEAR and day > LONGEST_MONTH
    return day > monthrange(int(parts["year"] or LEAP_YEAR), month)[1]
