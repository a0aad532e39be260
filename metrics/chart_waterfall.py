"""A change as a waterfall: each part from where the one above it ended, and at last their sum from zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, BAD, FAINT, GOOD, INK, MUTED, Canvas
from metrics.chart_frame import LABEL, MARGIN, TOP, WIDTH, ChartText, frame
from metrics.chart_scales import Axis

MOST_STEPS = 12
STEP, LEAST_STEP = 92.0, 58.0  # pixels a row
NAME_ROOM = 300.0
FOOT = 78.0
LEAST_HEIGHT = 480


@dataclass(frozen=True)
class WaterfallStep:
    """One part of a change."""

    name: str
    value: float
    words: str  # the value as it is printed
    good: bool | None = None  # None: neither welcome nor unwelcome


@dataclass(frozen=True)
class _Row:
    step: WaterfallStep
    start: float
    end: float


def waterfall(text: ChartText, steps: Sequence[WaterfallStep], total: WaterfallStep) -> bytes:
    """The parts in the order given, one below the other, then the total from zero.

    Raises ValueError without any part, with more than a picture can show, or for a value that is not finite.
    """
    if not 0 < len(steps) <= MOST_STEPS:
        raise ValueError(f"a waterfall of {len(steps)} parts cannot be drawn; hand in 1 to {MOST_STEPS}")
    if not all(math.isfinite(step.value) for step in (*steps, total)):
        raise ValueError("a part of the waterfall is not finite; leave it out")
    rows = _rows(steps, total)
    step = max(LEAST_STEP, min(STEP, 640.0 / len(rows)))
    canvas = Canvas(WIDTH, max(LEAST_HEIGHT, round(TOP + FOOT + step * len(rows))))
    top = frame(canvas, text)
    across = _axis(canvas, rows)
    for number, row in enumerate(rows):
        _bar(canvas, across, row, top + step * (number + 0.5), step, is_total=number == len(rows) - 1)
    for number, row in enumerate(rows[:-1]):
        _link(canvas, across.at(row.end), top + step * (number + 0.5), step)
    canvas.line([(across.at(0), top), (across.at(0), top + step * len(rows))], MUTED, 1.5)
    return canvas.png()


def _rows(steps: Sequence[WaterfallStep], total: WaterfallStep) -> list[_Row]:
    rows, reached = [], 0.0
    for step in steps:
        rows.append(_Row(step, reached, reached + step.value))
        reached += step.value
    return [*rows, _Row(total, 0.0, total.value)]


def _axis(canvas: Canvas, rows: Sequence[_Row]) -> Axis:
    """From the lowest point reached to the highest, with room for names and for words at both ends."""
    ends = [value for row in rows for value in (row.start, row.end)]
    low, high = min(0.0, *ends), max(0.0, *ends)
    if low == high:
        high = 1.0
    names = max(canvas.text_width(canvas.fitted(row.step.name, LABEL, NAME_ROOM)[0], LABEL) for row in rows)
    words = max(canvas.text_width(row.step.words, LABEL) for row in rows) + 22
    start = MARGIN + min(names, NAME_ROOM) + 24 + (words if low < 0 else 0)
    return Axis(low, high, start, canvas.width - MARGIN - (words if high > 0 else 0))


def _bar(canvas: Canvas, across: Axis, row: _Row, y: float, step: float, *, is_total: bool) -> None:
    thick = min(46.0, step * 0.56)
    canvas.text(MARGIN, y, row.step.name, LABEL, INK, room=NAME_ROOM)
    left, right = sorted((across.at(row.start), across.at(row.end)))
    is_below = row.end < row.start
    color = ACCENT if is_total or row.step.good is None else GOOD if row.step.good else BAD
    if right - left >= 1:
        canvas.box(left, y - thick / 2, right - left, thick, color, radius=4, hatched=is_below)
    if is_below:
        canvas.text(left - 12, y, row.step.words, LABEL, INK, "right")
    else:
        canvas.text(right + 12, y, row.step.words, LABEL, INK)


def _link(canvas: Canvas, x: float, y: float, step: float) -> None:
    """From the end of one bar to the row below, where the next one begins."""
    half = min(46.0, step * 0.56) / 2
    canvas.line([(x, y + half), (x, y + step - half)], FAINT, 2, dashed=True)
