"""Figures of a sentence with their units, so that two of them can be compared: 48小时 is 2天, 1.2万元 is 12,000."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.numerals import with_figures

DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SCALES = {
    "": 1.0,
    "百": 1e2,
    "千": 1e3,
    "k": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "m": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "万亿": 1e12,
}
MINUTES = {
    "秒": 1 / 60,
    "s": 1 / 60,
    "分钟": 1,
    "min": 1,
    "小时": 60,
    "h": 60,
    "天": 1440,
    "日": 1440,
    "周": 10080,
    "星期": 10080,
}
MONTHS = {"月": 1, "季度": 3, "年": 12}
ENGLISH = {
    "second": "秒", "minute": "分钟", "hour": "小时", "day": "天", "week": "周", "month": "月", "year": "年",
    "percent": "%", "point": "百分点", "time": "倍", "yuan": "元", "rmb": "元", "cny": "元", "dollar": "$",
    "order": "单", "item": "件", "piece": "件",
}  # fmt: skip
UNITS = (
    "个?百分点|%|‰|元|块|人民币|美元|小时|分钟|秒|个?工作日|天|日|周|星期|个?季度|个?月|年|倍|折|件|单|人|次|台|份|张|家|名|场|条|款|组|公斤|克"
    "|kg|minutes?|min|hours?|h|seconds?|s|days?|weeks?|months?|years?|percent|points?|times|yuan|rmb|cny|dollars?|orders?|items?|pieces?"
)
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
SPELLED = re.compile(
    rf"(?<![第星期周{''.join(DIGITS)}十])([{''.join(DIGITS)}十]{{1,3}})(?=个?(?:工作日|小时|分钟|秒|天|日|周|月|年|倍|元|折|件|次|台|百分点))"
)
QUANTITY = re.compile(
    rf"(?P<money>[¥￥$])?\s*(?P<from>{NUMBER})(?:\s*%?\s*[-–—~～至到]\s*(?P<to>{NUMBER}))?\s*"
    rf"(?P<scale>百万|千万|万亿|[百千万亿]|[km](?![a-z]))?\s*(?P<unit>(?:{UNITS})(?![a-z]))?"
)
WORKING_DAY = re.compile(r"个?工作日")


@dataclass(frozen=True)
class Quantity:
    """One figure; a range carries both ends."""

    unit: str  # what can be compared: "minutes", "months", "%", "元", … ; "" for a bare number
    values: tuple[float, ...]
    start: int  # span in the folded text
    end: int


def quantities(folded: str) -> list[Quantity]:
    """Every figure of a folded text in order; dates and years must be taken out before."""
    return [_quantity(found) for found in QUANTITY.finditer(folded)]


def with_digits(folded: str) -> str:
    """七天 as 7天: a numeral before a unit in digits; the numerals of larger amounts as well."""
    return SPELLED.sub(lambda found: str(_small(found[1])), with_figures(folded))


def _small(numeral: str) -> int:
    """Up to ninety-nine."""
    if "十" not in numeral:
        return DIGITS[numeral[-1]] if len(numeral) == 1 else int("".join(str(DIGITS[digit]) for digit in numeral))
    tens, ones = numeral.split("十", 1)
    return DIGITS.get(tens, 1) * 10 + DIGITS.get(ones, 0)


def _quantity(found: re.Match[str]) -> Quantity:
    written = (found["unit"] or "").strip()
    unit = _unit(written) or ({"$": "$"}.get(found["money"], "元") if found["money"] else "")
    factor = SCALES[found["scale"] or ""]
    if unit in MINUTES:
        unit, factor = "minutes", factor * MINUTES[unit]
    elif unit in MONTHS:
        unit, factor = "months", factor * MONTHS[unit]
    ends = [end for end in (found["from"], found["to"]) if end]
    return Quantity(
        unit, tuple(round(float(end.replace(",", "")) * factor, 6) for end in ends), found.start(), found.end()
    )


def _unit(written: str) -> str:
    if WORKING_DAY.fullmatch(written):
        return "工作日"
    bare = written.removeprefix("个")
    singular = bare[:-1] if len(bare) > 2 and bare.endswith("s") else bare
    return {"块": "元", "人民币": "元", "美元": "$"}.get(bare) or ENGLISH.get(singular, bare)
