"""A course over time with the one it is compared with, promotions shaded, a running last point marked."""

from __future__ import annotations

import math
from collections.abc import Sequence

from metrics.chart_canvas import ACCENT, FAINT, GRID, MUTED, PAPER, SHADE, Canvas
from metrics.chart_frame import HEIGHT, LABEL, MARGIN, TICK, WIDTH, ChartText, Series, check_values, frame
from metrics.chart_scales import Axis, FormatValue, ticks_between

Span = tuple[int, int, str]  # first place, last place, name
MOST_DOTS = 14  # more points are a line


def line(
    text: ChartText,
    current: Series,
    comparison: Series | None,
    *,
    format_value: FormatValue,
    partial_last: bool = False,
    spans: Sequence[Span] = (),
) -> bytes:
    """A course over time, the comparison dashed behind it; a running last point is hollow and dashed.

    Raises ValueError when `current` holds no value.
    """
    check_values(current, "a line")
    canvas = Canvas(WIDTH, HEIGHT)
    top = frame(canvas, text, (current.label, comparison.label) if comparison else ())
    values = current.values + (comparison.values if comparison else ())
    ticks = ticks_between(min(values), max(values), format_value)
    labels = _axis_labels(current, comparison)
    bottom, right = HEIGHT - 108.0, WIDTH - MARGIN - _room_for_last(canvas, current, labels, format_value)
    left = MARGIN + max(canvas.text_width(words, TICK) for _, words in ticks) + 14
    down = Axis(ticks[0][0], ticks[-1][0], bottom, top + (40 if spans else 16))
    across = Axis(0, max(1, len(labels) - 1), left + 20, right - 24)
    if len(labels) == 1:
        across = Axis(-1, 1, left, right)
    _spans(canvas, spans, across, (left, right), (top, bottom))
    for value, words in ticks:
        canvas.line([(left, down.at(value)), (right, down.at(value))], MUTED if value == 0 else GRID, 1.5)
        canvas.text(left - 12, down.at(value), words, TICK, MUTED, "right")
    _time_labels(canvas, labels, across, bottom + 34)
    if comparison:
        _course(canvas, comparison, across, down, FAINT, dashed=True)
    _course(canvas, current, across, down, ACCENT, partial_last=partial_last)
    _label_last(canvas, current, across, down, format_value, partial_last=partial_last)
    return canvas.png()


def _spans(
    canvas: Canvas, spans: Sequence[Span], across: Axis, sides: tuple[float, float], ends: tuple[float, float]
) -> None:
    """Shaded days with their name above; a name that would lie on the one before it goes."""
    half, free = abs(across.at(1) - across.at(0)) / 2, 0.0
    places = [(max(sides[0], across.at(a) - half), min(sides[1], across.at(b) + half), name) for a, b, name in spans]
    for left, right, _ in places:
        canvas.box(left, ends[0] + 4, right - left, ends[1] - ends[0] - 4, SHADE)
    for left, right, name in places:
        width = canvas.text_width(name, TICK - 3)
        middle = min(max((left + right) / 2, sides[0] + width / 2), canvas.width - MARGIN / 2 - width / 2)
        if middle - width / 2 >= free:
            canvas.text(middle, ends[0] + 20, name, TICK - 3, MUTED, "center", 240)
            free = middle + width / 2 + 14


def _axis_labels(current: Series, comparison: Series | None) -> list[str]:
    """Labels of the current series; where only the comparison goes on, its dates would be of another period."""
    labels = [label for label, _ in current.points]
    longer = len(comparison.points) - len(labels) if comparison else 0
    return labels + [""] * longer


def _time_labels(canvas: Canvas, labels: list[str], across: Axis, y: float) -> None:
    """As many labels as fit, evenly spread, the last one always; empty ones are places without a label."""
    fitted = [canvas.fitted(label, TICK, 190)[0] for label in labels]
    widest = max(canvas.text_width(label, TICK) for label in set(fitted))
    apart = abs(across.at(1) - across.at(0))
    step = max(1, math.ceil((widest + 26) / apart))
    last = max((place for place, label in enumerate(labels) if label), default=-1)
    for place in range(last, -1, -step):
        half = canvas.text_width(fitted[place], TICK) / 2
        x = min(max(across.at(place), half + 8), canvas.width - half - 8)
        canvas.text(x, y, fitted[place], TICK, MUTED, "center")


def _course(
    canvas: Canvas,
    series: Series,
    across: Axis,
    down: Axis,
    color: str,
    *,
    dashed: bool = False,
    partial_last: bool = False,
) -> None:
    """The line of a series, broken at gaps; a value between two gaps stays visible as a dot."""
    for run in runs(series):
        points = [(across.at(place), down.at(value)) for place, value in run]
        is_running = partial_last and run[-1][0] == len(series.points) - 1 and len(run) > 1
        solid = points[:-1] if is_running else points
        if is_running:
            canvas.line(points[-2:], color, 4, dashed=True)
        if len(solid) > 1:
            canvas.line(solid, color, 3 if dashed else 4, dashed=dashed)
        elif len(points) == 1:
            canvas.dot(*points[0], color, 9)


def runs(series: Series) -> list[list[tuple[int, float]]]:
    """Stretches of neighbouring values, with their places."""
    runs: list[list[tuple[int, float]]] = [[]]
    for place, (_, value) in enumerate(series.points):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((place, value))
    return [run for run in runs if run]


def _room_for_last(canvas: Canvas, current: Series, labels: list[str], format_value: FormatValue) -> float:
    """Pixels to keep free on the right for the newest figure; none where it stands inside the picture."""
    place, value = runs(current)[-1][-1]
    return canvas.text_width(format_value(value), LABEL) if 1 < place + 1 == len(labels) else 0.0


def _label_last(
    canvas: Canvas,
    current: Series,
    across: Axis,
    down: Axis,
    format_value: FormatValue,
    *,
    partial_last: bool,
) -> None:
    """The newest value in figures: right of its dot at the end of the axis, else above or below it."""
    place, value = runs(current)[-1][-1]
    x, y, words = across.at(place), down.at(value), format_value(value)
    canvas.dot(x, y, ACCENT, hollow=partial_last and place == len(current.points) - 1)
    if place == across.high:
        canvas.text(x + 16, y, words, LABEL, ACCENT)
        return
    width = canvas.text_width(words, LABEL)
    middle = y + 32 if y + 50 < down.start else y - 32
    left = min(max(x - width / 2, MARGIN), canvas.width - MARGIN / 2 - width)
    canvas.box(left - 6, middle - 17, width + 12, 34, PAPER, radius=6)
    canvas.text(left, middle, words, LABEL, ACCENT)
