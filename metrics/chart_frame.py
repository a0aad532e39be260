"""What every picture shares: its words, its series, title and footer, and the legend."""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, FAINT, INK, MUTED, Canvas

WIDTH, HEIGHT = 1000, 640
MARGIN = 40
# Pixels at a width of 1000: a phone's preview is about 360 points wide and shows the picture at a third.
TITLE, SUBTITLE, LABEL, TICK, FOOTER = 40, 28, 30, 27, 23
TOP = 150.0  # where the picture may begin


@dataclass(frozen=True)
class Series:
    """Values in the order of their axis; None is a gap."""

    label: str
    points: tuple[tuple[str, float | None], ...]  # label on the axis, value

    @property
    def values(self) -> tuple[float, ...]:
        """The values that exist."""
        return tuple(value for _, value in self.points if value is not None)


@dataclass(frozen=True)
class ChartText:
    """The words around a picture."""

    title: str
    subtitle: str
    footer: str  # freshness and source


def check_values(series: Series, what: str) -> None:
    """Raises ValueError for a series that cannot be drawn."""
    if not series.values:
        raise ValueError(f"{what} needs at least one value; {series.label!r} holds none")
    if not all(math.isfinite(value) for value in series.values):
        raise ValueError(f"{series.label!r} holds a value that is not finite; hand in None for a gap")


def frame(canvas: Canvas, text: ChartText, legend: tuple[str, ...] = (), *, dashed: bool = True) -> float:
    """Title, subtitle, legend and footer; returns where the picture may begin."""
    room = canvas.width - 2 * MARGIN
    canvas.text(MARGIN, 48, text.title, TITLE, INK, room=room)
    canvas.text(MARGIN, canvas.height - 30, text.footer, FOOTER, MUTED, room=room)
    if not legend:
        canvas.text(MARGIN, 100, text.subtitle, SUBTITLE, MUTED, room=room)
        return TOP
    left = float(MARGIN)
    for number, name in enumerate(legend):
        is_second = number == 1
        left += _legend_entry(canvas, left, name, is_second=is_second, dashed=is_second and dashed) + 40
    return TOP


def _legend_entry(canvas: Canvas, left: float, name: str, *, is_second: bool, dashed: bool) -> float:
    """A sample of the line and its name; returns the width of both."""
    canvas.line([(left, 100), (left + 44, 100)], FAINT if is_second else ACCENT, 6, dashed=dashed)
    room = canvas.width * (0.53 if is_second else 0.4) - MARGIN - 60
    return 58 + canvas.text(left + 58, 100, name, SUBTITLE - 2, MUTED if is_second else INK, room=room)
