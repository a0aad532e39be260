"""What the cells of a column look like: times, numbers, ids, labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from metrics.proposing.headers import Kind

MOST = 0.9  # of the filled cells must fit; the rest are totals rows, dashes and typing errors
DATE = r"(?:\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?)?月?|\d{8}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{6})"
CLOCK = r"[ T]*\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{1,2}秒?(?:\.\d+)?)?(?:[+-]\d{2})?"  # PostgreSQL writes +08
ZONE = r"\s*(?:Z|[+-]\d{2}:?\d{2}|UTC|CST)?(?: ?[AP]M)?"
TIME = re.compile(f"{DATE}(?:{CLOCK})?{ZONE}")
CODE = "CNY|RMB|USD|EUR|GBP|JPY|HKD|TWD|SGD"
NUMBER = re.compile(
    rf"[-+−]?\s*(?:[A-Z]{{0,2}}[¥￥$€£]|{CODE})?\s*[-+−]?[\d,]*\.?\d+\s*(?:元|万|亿|件|个|€|£|{CODE}|%)?", re.IGNORECASE
)
FLAGS = frozenset({"true", "false", "1", "0", "yes", "no", "y", "n", "是", "否"})
LOOKED_AT = 1_000  # cells, spread over all
LABELS_AT_MOST = 80
LABEL_LENGTH = 40
LONGEST_ID = 128


def fits(kind: Kind, cells: Sequence[str]) -> bool:
    """Whether filled cells can be read as `kind`; a column without any cannot be judged and does not fit."""
    if not cells:
        return False
    if kind == "label":
        return len(set(cells)) <= LABELS_AT_MOST and max(map(len, cells)) <= LABEL_LENGTH
    some = cells[:: max(1, len(cells) // LOOKED_AT)]
    return sum(map(CHECKS[kind], some)) >= MOST * len(some)


def is_masked(cells: Sequence[str]) -> bool:
    """Whether names or numbers were made unreadable (张**): they tell no two people apart."""
    return sum("*" in cell for cell in cells) > len(cells) / 2


def _is_time(cell: str) -> bool:
    return TIME.fullmatch(cell.strip("'\t ")) is not None


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell.strip("'\t ")) is not None


def _is_id(cell: str) -> bool:
    return len(cell) <= LONGEST_ID and any(character.isdigit() for character in cell)


def _is_person(cell: str) -> bool:
    return len(cell) <= LONGEST_ID


def _is_flag(cell: str) -> bool:
    return cell.casefold() in FLAGS


CHECKS: dict[Kind, Callable[[str], bool]] = {
    "time": _is_time,
    "number": _is_number,
    "count": _is_number,
    "id": _is_id,
    "person": _is_person,
    "flag": _is_flag,
}
