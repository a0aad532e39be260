"""From values to pixels: a straight axis and the round values that stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

FormatValue = Callable[[float], str]


@dataclass(frozen=True)
class Axis:
    """A straight scale from values to pixels."""

    low: float
    high: float
    start: float  # pixel of `low`
    end: float  # pixel of `high`

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def ticks_between(low: float, high: float, format_value: FormatValue) -> list[tuple[float, str]]:
    """Round values that enclose low and high, each with words of its own."""
    from matplotlib.ticker import MaxNLocator  # matplotlib is loaded only to draw

    if low == high:
        low, high = (low - abs(low) * 0.1, high + abs(high) * 0.1) if low else (0.0, 1.0)
    elif 0 < low < 0.4 * high:
        low = 0.0
    for steps in (4, 3, 2, 1):
        values = [float(value) for value in MaxNLocator(steps, steps=[1, 2, 5, 10]).tick_values(low, high)]
        words = [format_value(value) for value in values]
        if len(set(words)) == len(words):
            return list(zip(values, words, strict=True))
    return [(values[0], words[0]), (values[-1], "")]  # closer together than the format can tell apart
