"""Amounts written in Chinese numerals as figures, so that 两千万 in a question finds 2000万 in a document.

Only where a numeral can be nothing else: with 万 or 亿 behind it, as a percentage, a tenth or a fraction. 双十一, 一些
and 万一 are words.
"""

from __future__ import annotations

import re

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
POWERS = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[零〇一二两三四五六七八九十百千]"
COUNT = "[一二两三四五六七八九十]"  # what a numeral begins with; 千万 and 百万 alone are words
LARGE = re.compile(
    rf"(?<![第双{NUMERAL[1:-1]}])({COUNT}{NUMERAL}*|\d+(?:\.\d+)?)(?:点({NUMERAL}+))?\s*个?\s*([万亿]{{1,2}})(?!一|分)"
)
PERCENT = re.compile(rf"百分之({NUMERAL}+)(?:点({NUMERAL}+))?")
TENTHS = re.compile(
    r"(?<![组构完变达促生养分现])([一二两三四五六七八九])成(?!为|立|果|功|交|员|本|熟|长|品|都|份|套|人|年|不)(半?)"
)
FRACTION = re.compile(rf"({NUMERAL}+)分之({NUMERAL}+)")
SHORT_YEAR = re.compile(r"(?<![\d.])([12]\d)年(?![前后内来以期龄]|的?时间|老|经验)")


def with_figures(text: str) -> str:
    """The text with such amounts in figures: 一个亿 → 1亿, 三成 → 30%, 三分之一 → 1/3."""
    text = PERCENT.sub(lambda found: f"{_decimal(found[1], found[2])}%", text)
    text = FRACTION.sub(lambda found: f"{_whole(found[2])}/{_whole(found[1])}", text)
    text = TENTHS.sub(lambda found: f"{DIGITS[found[1]] * 10 + (5 if found[2] else 0)}%", text)
    return LARGE.sub(lambda found: f"{_decimal(found[1], found[2])}{found[3]}", text)


def with_whole_years(question: str) -> str:
    """23年 as 2023年, which is how documents write it."""
    return SHORT_YEAR.sub(r"20\1年", question)


def _decimal(whole: str, fraction: str | None) -> str:
    number = whole if whole[0].isdigit() else str(_whole(whole))
    return f"{number}.{''.join(str(DIGITS.get(digit, 0)) for digit in fraction)}" if fraction else number


def _whole(numeral: str) -> int:
    """Up to the thousands; 千 alone is a thousand."""
    total, digit = 0, 0
    for character in numeral:
        if character in POWERS:
            total += (digit or 1) * POWERS[character]
            digit = 0
        else:
            digit = DIGITS[character]
    return total + digit
