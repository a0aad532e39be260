"""Numbers as people read them: ¥312.4万, 1.83%, +0.41pp, 2.31, 12.5天."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from metrics.currency import is_money, prefix
from metrics.model import Language
from metrics.query import Unit

MINUS = "−"  # the typographic minus: as wide as a plus, and no hyphen that a line could break at
# Large numbers are read in steps, smallest first: (from and divided by, suffix, digits after the point).
_STEPS: dict[Language, tuple[tuple[int, str, int], ...]] = {
    "zh": ((10_000, "万", 1), (100_000_000, "亿", 2)),
    "en": ((1_000_000, "M", 2), (1_000_000_000, "B", 2)),
}
WHOLE_PART = re.compile(r"(?P<whole>[\d,]+)\.\d")
LONG_DIGITS = 4  # with so many before the point, those after it only get in the way
WHOLE_FROM = 10_000  # from here on cents only get in the way


def format(value: float, unit: Unit, decimals: int, language: Language) -> str:
    """A level, e.g. `¥312.4万`, `1.83%`, `2.31`, `12.5天`; `decimals` counts in the printed unit."""
    return _unsigned(value, unit, decimals, language, always_sign=False)


def format_compact(value: float, unit: Unit, decimals: int, language: Language) -> str:
    """The level in few characters, for narrow columns: `¥8,051万`, `¥1,826`, `1.83%`."""
    shown = format(value, unit, decimals, language)
    whole = WHOLE_PART.search(shown)
    is_long = whole is not None and len(whole["whole"].replace(",", "")) >= LONG_DIGITS and _is_large(unit)
    if not is_long:
        return shown
    step = next((at_least for at_least, name, _ in _STEPS[language] if shown.endswith(name)), 1)
    name = next((name for _, name, _ in _STEPS[language] if shown.endswith(name)), "")
    rounded = _rounded(_exact(value) / step, 0)
    return f"{MINUS if rounded < 0 else ''}{prefix(unit)}{abs(rounded):,}{name}"


def format_change(value: float, unit: Unit, decimals: int, language: Language) -> str:
    """A difference with its sign, in the unit: `+¥12.3万`, `−0.41pp`; a difference that rounds to nothing is `0`."""
    if unit == "fraction":
        return _signed(_rounded(value * 100, decimals), decimals) + "pp"
    return _unsigned(value, unit, decimals, language, always_sign=True)


def format_relative(value: float, decimals: int = 1) -> str:
    """A relative difference: `−18.3%`."""
    return _signed(_rounded(value * 100, decimals), decimals) + "%"


def _unsigned(value: float, unit: Unit, decimals: int, language: Language, *, always_sign: bool) -> str:
    _check(value)
    if unit == "fraction":
        return _number(_rounded(value * 100, decimals), decimals, always_sign) + "%"
    if _is_large(unit):
        body, sign = _large(value, decimals, language)
    else:
        rounded = _rounded(value, decimals)
        body, sign = f"{abs(rounded):,.{decimals}f}", _sign_of(rounded)
    shown = {1: "+" if always_sign else "", 0: "", -1: MINUS}[sign]
    suffix = ("天" if language == "zh" else " days") if unit == "days" else ""
    return f"{shown}{prefix(unit)}{body}{suffix}"


def _is_large(unit: Unit) -> bool:
    """Whether values of the unit are printed in steps of 万 or millions."""
    return unit == "count" or is_money(unit)


def _large(value: float, decimals: int, language: Language) -> tuple[str, int]:
    """Digits and sign; a step is taken when the number as rounded so far reaches it: nothing prints as 10,000.0万."""
    digits, suffix = (0 if abs(value) >= WHOLE_FROM else decimals), ""
    shown = _rounded(value, digits)
    reached = shown
    for at_least, name, step_digits in _STEPS[language]:
        if abs(reached) < at_least:
            break
        shown, digits, suffix = _rounded(_exact(value) / at_least, step_digits), step_digits, name
        reached = shown * at_least
    return f"{abs(shown):,.{digits}f}{suffix}", _sign_of(shown)


def _check(value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"{value!r} is no figure; an absent value has no format")


def _exact(value: float | Decimal) -> Decimal:
    """The decimal that the float prints as, so that 0.285 is a half and not a little less."""
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _rounded(value: float | Decimal, decimals: int) -> Decimal:
    return _exact(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _sign_of(value: Decimal) -> int:
    return (value > 0) - (value < 0)


def _number(value: Decimal, decimals: int, always_sign: bool) -> str:
    if always_sign:
        return _signed(value, decimals)
    return (MINUS if value < 0 else "") + f"{abs(value):,.{decimals}f}"


def _signed(value: Decimal, decimals: int) -> str:
    return {1: "+", 0: "", -1: MINUS}[_sign_of(value)] + f"{abs(value):,.{decimals}f}"
