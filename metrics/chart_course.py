"""A period added up day by day: what is in, what is expected with its band, and the target as a line."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, ACCENT_LIGHT, BAD, GRID, MUTED, Canvas
from metrics.chart_frame import HEIGHT, LABEL, MARGIN, TICK, WIDTH, ChartText, frame
from metrics.chart_scales import Axis, FormatValue, ticks_between

LABELS = 6  # days named under the picture


@dataclass(frozen=True)
class Course:
    """Totals since the period began, by the end of each day."""

    days: tuple[str, ...]
    known: int  # days that are wholly in
    totals: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    target: float | None
    names: tuple[str, str, str]  # what is in, what is expected, the target


def course(text: ChartText, drawn: Course, *, format_value: FormatValue) -> bytes:
    """The picture. Raises ValueError for less than two days."""
    if len(drawn.days) < 2:  # a line has two ends
        raise ValueError(f"a course needs at least two days, not {len(drawn.days)}")
    canvas = Canvas(WIDTH, HEIGHT)
    top = frame(canvas, text, drawn.names[:2])
    values = [0.0, *drawn.high, *([drawn.target] if drawn.target else [])]
    ticks = ticks_between(0.0, max(values), format_value)
    bottom = HEIGHT - 108.0
    left = MARGIN + max(canvas.text_width(words, TICK) for _, words in ticks) + 14
    right = WIDTH - MARGIN - canvas.text_width(format_value(drawn.totals[-1]), LABEL) - 24
    down = Axis(ticks[0][0], ticks[-1][0], bottom, top + 30)
    across = Axis(0, len(drawn.days) - 1, left + 20, right)
    for value, words in ticks:
        canvas.line([(left, down.at(value)), (right, down.at(value))], MUTED if value == 0 else GRID, 1.5)
        canvas.text(left - 12, down.at(value), words, TICK, MUTED, "right")
    _labels(canvas, drawn, across, bottom + 34)
    _band(canvas, drawn, across, down)
    _lines(canvas, drawn, across, down, format_value)
    _target(canvas, drawn, down, (left, right), format_value)
    return canvas.png()


def _labels(canvas: Canvas, drawn: Course, across: Axis, y: float) -> None:
    step = max(1, -(-len(drawn.days) // LABELS))
    for place in range(len(drawn.days) - 1, -1, -step):
        canvas.text(across.at(place), y, drawn.days[place], TICK, MUTED, "center")


def _band(canvas: Canvas, drawn: Course, across: Axis, down: Axis) -> None:
    start = max(0, drawn.known - 1)
    places = range(start, len(drawn.days))
    upper = [(across.at(at), down.at(drawn.high[at])) for at in places]
    lower = [(across.at(at), down.at(drawn.low[at])) for at in reversed(places)]
    canvas.area([*upper, *lower], ACCENT_LIGHT)


def _lines(canvas: Canvas, drawn: Course, across: Axis, down: Axis, format_value: FormatValue) -> None:
    points = [(across.at(at), down.at(total)) for at, total in enumerate(drawn.totals)]
    known, ahead = points[: drawn.known], points[max(0, drawn.known - 1) :]
    if len(ahead) > 1:
        canvas.line(ahead, ACCENT, 4, dashed=True)
    if len(known) > 1:
        canvas.line(known, ACCENT, 5)
    canvas.dot(*points[-1], ACCENT, hollow=drawn.known < len(points))
    canvas.text(points[-1][0] + 16, points[-1][1], format_value(drawn.totals[-1]), LABEL, ACCENT)


def _target(canvas: Canvas, drawn: Course, down: Axis, sides: tuple[float, float], format_value: FormatValue) -> None:
    if drawn.target is None:
        return
    y = down.at(drawn.target)
    canvas.line([(sides[0], y), (sides[1], y)], BAD, 3)
    canvas.text(sides[0] + 12, y - 22, f"{drawn.names[2]} {format_value(drawn.target)}", TICK, BAD)
