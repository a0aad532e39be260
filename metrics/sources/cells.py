"""One cell of a spreadsheet into the number, id, truth value or text that it stands for, or an error."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

Cell = str | int | float | bool | date | datetime | time | timedelta
TRUE_WORDS = frozenset({"true", "1", "yes", "y", "t", "是", "对", "有", "√", "✓", "✔"})
FALSE_WORDS = frozenset({"false", "0", "no", "n", "f", "否", "不是", "错", "无", "没有", "×", "✗", "✘"})
EMPTY_WORDS = frozenset({"", "-", "--", "---", "/", "n/a", "na", "#n/a", "null", "(null)", "none", "nan", "\\n",
                         "空", "(空)", "(空白)", "空白", "暂无"})  # fmt: skip
EMPTY_IDS = frozenset({"", "-", "--", "#n/a", "null", "(null)"})  # a nickname may well be `na` or 空
POWERS = {"千": 3, "k": 3, "万": 4, "萬": 4, "w": 4, "百万": 6, "千万": 7, "亿": 8, "億": 8, "%": -2, "‰": -3}  # of ten
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\u202a\u202c\u202d\u200e\u200f"))
DASHES = str.maketrans("−–—―﹣", "-----")
EXACT_INTEGER = 2**53  # a spreadsheet's number is a double: beyond this its digits are lost (Excel keeps 15)
EXCEL_DIGITS = 10**15

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<currency>(?:jp)?¥|(?:us|hk|nt|au|ca|s|a|c)?\$|€|£|rmb|cny|usd|eur|gbp|jpy|hkd|twd|sgd)?\s*(?P<inner>[+-]?)\s*"
    r"(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?P<exponent>e[+-]?\d{1,3})?\s*"
    r"(?P<scale>百万|千万|千|万|萬|亿|億|k|w)?\s*(?P<tail>元|块|圆|¥|€|£|rmb|cny|usd|eur|gbp|jpy|hkd|twd|sgd|%|‰|件|个|单|笔|人|次|天)?"
)
_HEADER_UNIT = re.compile(r".*[(\[](?P<unit>千|万|百万|千万|亿)元?[)\]]")
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?e\+?\d{1,3}")
_QUOTED_FORMULA = re.compile(r'="?([^"]*)"?')


class CellError(ValueError):
    """Why a cell is not what its column holds: a clause that follows the cell in a message."""


def text_of(cell: Cell | None) -> str:
    """The cell as a person reads it, without what spreadsheets put around it (=\"…\", ', tabs, invisible marks)."""
    if not isinstance(cell, str):
        return "" if cell is None else _written(cell)
    if cell.isalnum():
        return cell
    text = cell.translate(INVISIBLE).strip() if cell[:1] in "\ufeff\u200b'=" or not cell.isascii() else cell.strip()
    if text.startswith("=") and (match := _QUOTED_FORMULA.fullmatch(text)):
        text = match[1].strip()
    return text[1:].strip() if text.startswith("'") else text


def _written(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT_INTEGER:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    return str(cell)


def folded(text: str) -> str:
    """The form in which cells and headers are compared: full-width folded, lower case, no spaces at all."""
    return "".join(unicodedata.normalize("NFKC", text.translate(INVISIBLE)).casefold().split())


def number(cell: Cell | None) -> float | None:
    """The number, None for an empty cell. ¥, 元, thousands separators, 万, 亿, %, (…) for minus are understood."""
    if isinstance(cell, bool) or (cell is not None and not isinstance(cell, str | int | float)):
        raise CellError("is no number")
    if isinstance(cell, int | float):
        return _finite(float(cell))
    text = text_of(cell)
    try:
        return _finite(float(text)) if "_" not in text and text.isascii() else _written_number(text)
    except CellError:
        raise
    except ValueError:
        return _written_number(text)


def _finite(value: float) -> float | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise CellError("is no finite number")
    return value


def _written_number(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text).translate(DASHES).casefold().strip()
    if plain in EMPTY_WORDS:
        return None
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1].strip() if negative else plain
    if plain.endswith("-"):  # as some ledgers write it
        negative, plain = not negative, plain[:-1].strip()
    match = _NUMBER.fullmatch(plain)
    if match is None or (match["sign"] and match["inner"]):
        raise CellError("is no number")
    power = POWERS.get(match["scale"] or "", 0) + POWERS.get(match["tail"] or "", 0)
    # shifted as decimal digits: 12.3 / 100 is not the double nearest to 0.123
    value = float(Decimal(match["digits"].replace(",", "") + (match["exponent"] or "")).scaleb(power))
    minus = (match["sign"] or match["inner"]) == "-"
    return _finite(-value if minus != negative else value)


def in_unit_of(header: str, cell: Cell | None) -> float | None:
    """The number of a cell under a header such as 销售额(万元), which scales the cells that name no unit themselves."""
    value = number(cell)
    match = _HEADER_UNIT.fullmatch(folded(header))
    if value is None or match is None or (isinstance(cell, str) and any(unit in cell for unit in "千万萬亿億%")):
        return value
    return float(Decimal(repr(value)).scaleb(POWERS[match["unit"]]))


def integer(cell: Cell | None) -> int | None:
    """The whole number, None for an empty cell."""
    value = number(cell)
    if value is None:
        return None
    whole = round(value)
    if value != whole:
        raise CellError("is no whole number")
    if abs(whole) >= EXACT_INTEGER:
        raise CellError("is too large to be counted exactly")
    return whole


def boolean(cell: Cell | None) -> bool | None:
    """True or false, None for an empty cell."""
    word = folded(text_of(cell))
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    if word in EMPTY_WORDS:
        return None
    raise CellError("is neither yes nor no (是/否, true/false, 1/0)")


def identifier(cell: Cell | None) -> str | None:
    """An order number or a buyer's name as text, None for an empty cell; one whose digits are lost is refused."""
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= EXCEL_DIGITS:
        raise CellError("has more than 15 digits, of which Excel has lost the last; export the column as text")
    text = text_of(cell)
    if text.isdecimal() and text.isascii():
        return text
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if _SCIENTIFIC.fullmatch(plain.casefold()):
        raise CellError("is a rounded number, so different ids look alike; export the column as text")
    if plain.endswith(".0") and plain[:-2].isdigit():
        return plain[:-2]
    return None if plain.casefold() in EMPTY_IDS else plain


def text(cell: Cell | None) -> str | None:
    """The text, None for an empty cell."""
    plain = text_of(cell)
    return None if folded(plain) in EMPTY_WORDS else plain


READERS: dict[str, Callable[[Cell | None], object]] = {
    "number": number,
    "integer": integer,
    "boolean": boolean,
    "id": identifier,
    "text": text,
}
