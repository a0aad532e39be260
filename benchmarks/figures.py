"""What a benchmark hands back, and the one table that all of them are printed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

HEADER = ("benchmark", "figure", "measured", "target", "")


class NotRunError(Exception):
    """The benchmark lacks something it needs that the caller may hand in; the text says what."""


@dataclass(frozen=True)
class Figure:
    """One measured number, and the most that it may be."""

    name: str
    value: float
    unit: str  # "s", "ms", "MB", "" …
    target: float | None = None  # at most; None: reported, not judged
    decimals: int = 0

    @property
    def verdict(self) -> str:
        """ok, over, or nothing where no target is set."""
        if self.target is None:
            return ""
        return "ok" if self.value <= self.target else "over"


@dataclass(frozen=True)
class Measured:
    """The figures of one benchmark, and lines that explain them."""

    figures: tuple[Figure, ...]
    details: tuple[str, ...] = ()


Row = tuple[str, str, str, str, str]


def rows_of(benchmark: str, figures: Sequence[Figure]) -> list[Row]:
    """One table row a figure."""
    return [
        (benchmark, figure.name, _number(figure, figure.value), _target(figure), figure.verdict) for figure in figures
    ]


def table(rows: Sequence[Row]) -> str:
    """A Markdown table that is also aligned for a terminal."""
    lines = [HEADER, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(HEADER))]
    printed = ["| " + " | ".join(_cell(line, place, widths) for place in range(len(HEADER))) + " |" for line in lines]
    rule = "|" + "|".join("-" * (width + 1) + (":" if place in (2, 3) else "-") for place, width in enumerate(widths))
    return "\n".join([printed[0], rule + "|", *printed[1:]])


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(round(len(ordered) * share, 6))) - 1]


def _cell(line: Row, place: int, widths: list[int]) -> str:
    return line[place].rjust(widths[place]) if place in (2, 3) else line[place].ljust(widths[place])


def _target(figure: Figure) -> str:
    return "" if figure.target is None else f"≤ {_number(figure, figure.target)}"


def _number(figure: Figure, value: float) -> str:
    return f"{value:,.{figure.decimals}f} {figure.unit}".strip()
