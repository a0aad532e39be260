"""Small whole numbers as people write them: 7, 七, 两, 三十, twelve."""

from __future__ import annotations

DIGITS = "〇零一二三四五六七八九"
# How a small number may be written, for use inside larger patterns.
NUMBER = r"(?:\d{1,3}|[一二两俩三仨四五六七八九十百]{1,5})"
_VALUES = {**{digit: value for value, digit in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "俩": 2, "仨": 3}
_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
ENGLISH_NUMBER = r"(?:\d{1,3}|" + "|".join(_WORDS[1:]) + ")"


def number(text: str) -> int | None:
    """The value of a whole number up to 999; None when the characters do not make one (三二, 十十)."""
    if text.isdecimal():
        return int(text)
    if text in _WORDS:
        return _WORDS.index(text)
    total, rest = 0, text.replace("廿", "二十").replace("卅", "三十")
    for sign, worth in (("百", 100), ("十", 10)):
        head, found, tail = rest.partition(sign)
        if found:
            if head and head not in _VALUES:
                return None
            total += (_VALUES[head] if head else 1) * worth
            rest = tail.removeprefix("零")
    if rest and rest not in _VALUES:
        return None
    return total + (_VALUES[rest] if rest else 0) if text else None


def year_number(text: str) -> int | None:
    """The value of a year written digit by digit: 2025, 25, 二〇二五, 二五; None for anything else."""
    digits = "".join(str(_VALUES[sign]) if sign in DIGITS else sign for sign in text)
    if not digits.isdecimal() or len(digits) not in (2, 4):
        return None
    return int(digits) + (2000 if len(digits) == 2 else 0)
