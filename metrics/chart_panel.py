"""A manager's panel: a cell for each KPI with its change and its last days."""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, BAD, CARD, GOOD, GOOD_LIGHT, GRID, INK, MUTED, Canvas
from metrics.chart_frame import LABEL, MARGIN, SUBTITLE, WIDTH, ChartText, Series, frame
from metrics.chart_line import runs
from metrics.chart_scales import Axis

MOST_CELLS = 8
STEP, GAP = 190.0, 18
TOP_ROOM, FOOT_ROOM, PROGRESS_ROOM = 134, 66, 84


@dataclass(frozen=True)
class Cell:
    """One KPI of the manager's panel."""

    label: str
    value: str
    change: str  # with its own sign or arrow; "" when there is none
    good: bool | None  # whether the change is welcome; None: neither
    trend: tuple[float | None, ...] = ()  # sparkline, oldest first


@dataclass(frozen=True)
class Progress:
    """How much of a target is reached, under the cells."""

    words: str
    due: str  # what the mark means
    reached: float  # share of the target
    passed: float  # share of the time


def panel(text: ChartText, cells: tuple[Cell, ...], progress: Progress | None = None) -> bytes:
    """Up to eight KPIs in two columns, each with its change and a small course.

    A welcome change is dark on light, an unwelcome one light on dark, so that the two differ without colour.
    """
    if not 1 <= len(cells) <= MOST_CELLS:
        raise ValueError(f"a panel shows 1 to {MOST_CELLS} KPIs, not {len(cells)}")
    columns = 1 if len(cells) == 1 else 2
    rows = math.ceil(len(cells) / columns)
    below = TOP_ROOM + STEP * rows
    canvas = Canvas(WIDTH, round(below + FOOT_ROOM + (PROGRESS_ROOM if progress else 0)))
    frame(canvas, text)
    width = (WIDTH - 2 * MARGIN - GAP * (columns - 1)) / columns
    for number, cell in enumerate(cells):
        left = MARGIN + (number % columns) * (width + GAP)
        _cell(canvas, cell, left, TOP_ROOM + (number // columns) * STEP, width, STEP - GAP)
    if progress:
        _progress(canvas, progress, below + 22)
    return canvas.png()


def _progress(canvas: Canvas, progress: Progress, top: float) -> None:
    """A bar of the target with a mark where time stands."""
    canvas.text(MARGIN, top, progress.words, LABEL - 2, INK, room=WIDTH * 0.52)
    canvas.text(WIDTH - MARGIN, top, progress.due, SUBTITLE - 2, MUTED, "right", WIDTH * 0.38)
    full = max(1.0, progress.reached)
    across = Axis(0, full, MARGIN, WIDTH - MARGIN)
    canvas.box(MARGIN, top + 26, WIDTH - 2 * MARGIN, 26, GRID, radius=8)
    if progress.reached > 0:
        canvas.box(MARGIN, top + 26, across.at(progress.reached) - MARGIN, 26, ACCENT, radius=8)
    mark = across.at(min(max(progress.passed, 0.0), full))
    canvas.line([(mark, top + 20), (mark, top + 58)], INK, 5)


def _cell(canvas: Canvas, cell: Cell, left: float, top: float, width: float, height: float) -> None:
    canvas.box(left, top, width, height, CARD, radius=14)
    canvas.text(left + 22, top + 34, cell.label, SUBTITLE, MUTED, room=width - 44)
    value_width = canvas.text(left + 22, top + 84, cell.value, 50, INK, room=width * 0.62)
    change_width = _change(canvas, cell, left + 22, top + 138, width * 0.62) if cell.change else 0.0
    used = max(value_width, change_width)
    _sparkline(canvas, cell.trend, left + max(width * 0.56, used + 48), left + width - 26, top + 70, top + height - 34)


def _change(canvas: Canvas, cell: Cell, x: float, y: float, room: float) -> float:
    """The change on a plate of its own where it is news; returns its width."""
    words, size = canvas.fitted(cell.change, LABEL - 3, room)
    if cell.good is None:
        return canvas.text(x, y, words, size, MUTED)
    width = canvas.text_width(words, size) + 24
    canvas.box(x, y - 21, width, 42, GOOD_LIGHT if cell.good else BAD, radius=10)
    canvas.text(x + 12, y, words, size, GOOD if cell.good else CARD)
    return width


def _sparkline(
    canvas: Canvas, trend: tuple[float | None, ...], left: float, right: float, top: float, bottom: float
) -> None:
    """A small course without axes; nothing when there is no course to show."""
    series = Series("", tuple(("", value) for value in trend))
    if len(series.values) < 2 or right - left < 40:
        return
    low, high = min(series.values), max(series.values)
    if low == high:
        low, high = low - 1, high + 1
    across, down = Axis(0, len(trend) - 1, left, right), Axis(low, high, bottom, top)
    for run in runs(series):
        points = [(across.at(place), down.at(value)) for place, value in run]
        canvas.line(points, ACCENT, 3)
    canvas.dot(*points[-1], ACCENT, 9)
