"""Ranked horizontal bars with their values and changes, always from zero."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, BAD, FAINT, GOOD, INK, MUTED, Canvas
from metrics.chart_frame import HEIGHT, LABEL, MARGIN, TOP, WIDTH, ChartText, Series, check_values, frame
from metrics.chart_scales import Axis, FormatValue

MOST_BARS = 24
STEP, STEP_WITH_COMPARISON = 52, 64  # pixels a row at least
NAME_ROOM = 270.0
FOOT = 74.0


@dataclass(frozen=True)
class Note:
    """What stands behind a bar's value: its change."""

    words: str
    good: bool | None = None  # None: neither welcome nor unwelcome


@dataclass(frozen=True)
class _Row:
    name: str
    value: float | None
    before: float | None
    note: Note | None


def ranked_bars(
    text: ChartText,
    bars: Series,
    *,
    comparison: Series | None = None,
    notes: Mapping[str, Note] | None = None,
    format_value: FormatValue,
) -> bytes:
    """Horizontal bars, the largest on top; the comparison of each as a thin grey bar below it.

    A bar without a value keeps its row and shows a dash. Raises ValueError without any value or with more bars than
    a picture can show.
    """
    check_values(bars, "ranked bars")
    if len(bars.points) > MOST_BARS:
        raise ValueError(f"{len(bars.points)} bars do not fit a picture; hand in at most {MOST_BARS}")
    before = dict(comparison.points) if comparison else {}
    rows = [_Row(name, value, before.get(name), (notes or {}).get(name)) for name, value in bars.points]
    rows.sort(key=lambda row: -math.inf if row.value is None else row.value, reverse=True)
    least = STEP_WITH_COMPARISON if comparison else STEP
    height = max(min(HEIGHT, round(TOP + FOOT + 96 * max(3, len(rows)))), round(TOP + FOOT + least * len(rows)))
    canvas = Canvas(WIDTH, height)
    top = frame(canvas, text, (bars.label, comparison.label) if comparison else (), dashed=False)
    step = min(96.0, (height - FOOT - top) / len(rows))
    across, note_at = _axis(canvas, rows, format_value)
    for number, row in enumerate(rows):
        _bar(canvas, across, top + step * (number + 0.5), step, row, format_value)
        _note(canvas, row, note_at, top + step * (number + 0.5))
    canvas.line([(across.at(0), top), (across.at(0), top + step * len(rows))], MUTED, 1.5)
    return canvas.png()


def _axis(canvas: Canvas, rows: list[_Row], format_value: FormatValue) -> tuple[Axis, float]:
    """Room for the names on the left, for the values beyond both ends and for the changes; and where those end."""
    present = [value for row in rows for value in (row.value, row.before) if value is not None]
    low, high = min(0.0, *present), max(0.0, *present)
    if low == high:
        high = 1.0
    names = max(canvas.text_width(canvas.fitted(row.name, LABEL, NAME_ROOM)[0], LABEL) for row in rows)
    words = max(canvas.text_width(format_value(value), LABEL) for value in present) + 18
    notes = max((canvas.text_width(row.note.words, LABEL) + 22 for row in rows if row.note), default=0.0)
    start = MARGIN + min(names, NAME_ROOM) + 18 + (words if low < 0 else 0)
    end = canvas.width - MARGIN - notes - (words if high > 0 else 0)
    return Axis(low, high, start, max(end, start + 60)), canvas.width - MARGIN


def _bar(canvas: Canvas, across: Axis, y: float, step: float, row: _Row, format_value: FormatValue) -> None:
    thick = min(40.0, step * (0.5 if row.before is not None else 0.58))
    canvas.text(MARGIN, y, row.name, LABEL, INK, room=NAME_ROOM)
    if row.value is None:
        canvas.text(across.at(0) + 12, y, "—", LABEL, MUTED)
        return
    middle = y - thick * 0.18 if row.before is not None else y
    left, right = sorted((across.at(0), across.at(row.value)))
    is_below = row.value < 0
    if right - left >= 1:
        color = BAD if is_below else ACCENT
        canvas.box(left, middle - thick / 2, right - left, thick, color, radius=4, hatched=is_below)
    if row.before is not None:
        start, end = sorted((across.at(0), across.at(row.before)))
        canvas.box(start, middle + thick / 2 + 2, end - start, thick * 0.28, FAINT)
    if is_below:
        canvas.text(left - 12, middle, format_value(row.value), LABEL, INK, "right")
    else:
        canvas.text(right + 12, middle, format_value(row.value), LABEL, INK)


def _note(canvas: Canvas, row: _Row, right: float, y: float) -> None:
    if row.note is not None:
        color = MUTED if row.note.good is None else GOOD if row.note.good else BAD
        canvas.text(right, y, row.note.words, LABEL - 2, color, "right")
