"""Charts as PNG bytes, made for a phone: a line, ranked bars, a target gauge and a manager's panel.

Pure functions: every word is handed in and nothing global is touched, so they may run in any thread.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.chart_canvas import (
    ACCENT,
    ACCENT_LIGHT,
    BAD,
    CARD,
    FAINT,
    GOOD,
    GOOD_LIGHT,
    GRID,
    INK,
    MUTED,
    PAPER,
    Canvas,
    Point,
)
from metrics.chart_scales import Axis, FormatValue, ticks_between

WIDTH, HEIGHT = 1000, 600
MARGIN = 44
MOST_BARS = 24
MOST_CELLS = 8
_TICK_TEXT = 22


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


@dataclass(frozen=True)
class Cell:
    """One KPI of the manager's panel."""

    label: str
    value: str
    change: str  # with its own sign or arrow; "" when there is none
    good: bool | None  # whether the change is welcome; None: neither
    trend: tuple[float | None, ...] = ()  # sparkline, oldest first


def line(
    text: ChartText,
    current: Series,
    comparison: Series | None,
    *,
    format_value: FormatValue,
    partial_last: bool = False,
) -> bytes:
    """A course over time, the comparison dashed behind it; a running last point is hollow and dashed.

    Raises ValueError when `current` holds no value.
    """
    _check_values(current, "a line")
    canvas = Canvas(WIDTH, HEIGHT)
    top = _frame(canvas, text, _legend_names(current, comparison))
    values = current.values + (comparison.values if comparison else ())
    ticks = ticks_between(min(values), max(values), format_value)
    labels = _axis_labels(current, comparison)
    bottom, right = HEIGHT - 96.0, WIDTH - MARGIN - _room_for_last(canvas, current, labels, format_value)
    left = MARGIN + max(canvas.text_width(words, _TICK_TEXT) for _, words in ticks) + 16
    down = Axis(ticks[0][0], ticks[-1][0], bottom, top + 26)
    for value, words in ticks:
        canvas.line([(left, down.at(value)), (right, down.at(value))], GRID, 1.5)
        canvas.text(left - 14, down.at(value), words, _TICK_TEXT, MUTED, "right")
    across = Axis(0, max(1, len(labels) - 1), left + 24, right - 24)
    if len(labels) == 1:
        across = Axis(-1, 1, left, right)
    _time_labels(canvas, labels, across, bottom + 28)
    if comparison:
        _course(canvas, comparison, across, down, FAINT, dashed=True)
    _course(canvas, current, across, down, ACCENT, partial_last=partial_last)
    _label_last(canvas, current, across, down, format_value, partial_last=partial_last)
    return canvas.png()


def ranked_bars(text: ChartText, bars: Series, *, comparison: Series | None = None, format_value: FormatValue) -> bytes:
    """Horizontal bars, the largest on top; the comparison of each as a thin grey bar below it.

    A bar without a value keeps its row and shows a dash. Raises ValueError without any value or with more bars than
    a picture can show.
    """
    _check_values(bars, "ranked bars")
    if len(bars.points) > MOST_BARS:
        raise ValueError(f"{len(bars.points)} bars do not fit a picture; hand in at most {MOST_BARS}")
    rows = sorted(bars.points, key=lambda point: -math.inf if point[1] is None else point[1], reverse=True)
    height = max(HEIGHT, 210 + (58 if comparison else 46) * len(rows))
    canvas = Canvas(WIDTH, height)
    top = _frame(canvas, text, _legend_names(bars, comparison), dashed=False) + 8
    before = dict(comparison.points) if comparison else {}
    step = min(84.0, (height - 66 - top) / len(rows))
    across = _bar_axis(canvas, rows, before, format_value)
    for number, (name, value) in enumerate(rows):
        _bar(canvas, across, top + step * (number + 0.5), step, name, value, before.get(name), format_value)
    if across.low < 0:
        canvas.line([(across.at(0), top), (across.at(0), top + step * len(rows))], MUTED, 1.5)
    return canvas.png()


def gauge(text: ChartText, *, actual: float, target: float, elapsed: float | None, format_value: FormatValue) -> bytes:
    """How much of a target is reached, with a mark where it should be by now (`elapsed`: planned share from 0 to 1).

    Raises ValueError for a target that is not above zero.
    """
    if not target > 0 or not math.isfinite(target) or not math.isfinite(actual):
        raise ValueError(f"a gauge needs a target above zero and a finite value, not {actual} of {target}")
    canvas = Canvas(WIDTH, HEIGHT)
    _frame(canvas, text, ())
    reached = actual / target
    full = max(1.0, reached * 1.04) if reached > 1 else 1.0
    center, radius, thick = (WIDTH / 2, 490.0), 300.0, 62.0
    turn = Axis(0, full, 0, 180)
    canvas.arc(center, radius, thick, 0, 180, GRID)
    if reached > 0:
        canvas.arc(center, radius, thick, 0, turn.at(reached), ACCENT)
    if elapsed is not None and elapsed > max(reached, 0):
        canvas.arc(center, radius, thick, turn.at(max(reached, 0)), turn.at(min(elapsed, full)), ACCENT_LIGHT)
    if elapsed is not None and 0 <= elapsed < 1 and reached < 1:  # past the target it tells nothing more
        _gauge_mark(canvas, center, radius, thick, turn.at(elapsed), format_value(target * elapsed), INK)
    _gauge_mark(canvas, center, radius, thick, turn.at(1.0), format_value(target), MUTED)
    canvas.text(WIDTH / 2, 402, f"{reached * 100:.1f}%".replace("-", "−"), 84, INK, "center")
    canvas.text(WIDTH / 2, 478, f"{format_value(actual)} / {format_value(target)}", 30, MUTED, "center", 430)
    return canvas.png()


def panel(text: ChartText, cells: tuple[Cell, ...]) -> bytes:
    """Up to eight KPIs in two columns, each with its change and a small course.

    A welcome change is dark on light, an unwelcome one light on dark, so that the two differ without colour.
    """
    if not 1 <= len(cells) <= MOST_CELLS:
        raise ValueError(f"a panel shows 1 to {MOST_CELLS} KPIs, not {len(cells)}")
    columns = 1 if len(cells) == 1 else 2
    rows = math.ceil(len(cells) / columns)
    step = 176.0
    canvas = Canvas(WIDTH, round(192 + step * rows))
    top = _frame(canvas, text, ()) - 4
    width = (WIDTH - 2 * MARGIN - 20 * (columns - 1)) / columns
    for number, cell in enumerate(cells):
        left = MARGIN + (number % columns) * (width + 20)
        _cell(canvas, cell, left, top + (number // columns) * step, width, step - 18)
    return canvas.png()


def _check_values(series: Series, what: str) -> None:
    if not series.values:
        raise ValueError(f"{what} needs at least one value; {series.label!r} holds none")
    if not all(math.isfinite(value) for value in series.values):
        raise ValueError(f"{series.label!r} holds a value that is not finite; hand in None for a gap")


def _legend_names(current: Series, comparison: Series | None) -> tuple[str, ...]:
    return (current.label, comparison.label) if comparison else ()


def _frame(canvas: Canvas, text: ChartText, legend: tuple[str, ...], *, dashed: bool = True) -> float:
    """Title, subtitle, legend and footer; returns where the picture may begin."""
    room = canvas.width - 2 * MARGIN
    canvas.text(MARGIN, 48, text.title, 36, INK, room=room)
    used = 0.0
    for number, name in reversed(list(enumerate(legend))):
        right, is_second = canvas.width - MARGIN - used, number == 1
        used += _legend_entry(canvas, right, name, is_second=is_second, dashed=is_second and dashed) + 30
    canvas.text(MARGIN, 96, text.subtitle, 24, MUTED, room=room - used)
    canvas.text(MARGIN, canvas.height - 30, text.footer, 19, MUTED, room=room)
    return 128.0


def _legend_entry(canvas: Canvas, right: float, name: str, *, is_second: bool, dashed: bool) -> float:
    width = canvas.text(right, 96, name, 22, MUTED if is_second else INK, "right", 210)
    canvas.line([(right - width - 46, 95), (right - width - 12, 95)], FAINT if is_second else ACCENT, 5, dashed=dashed)
    return width + 46


def _axis_labels(current: Series, comparison: Series | None) -> list[str]:
    """Labels of the current series; where only the comparison goes on, its dates would be of another period."""
    labels = [label for label, _ in current.points]
    longer = len(comparison.points) - len(labels) if comparison else 0
    return labels + [""] * longer


def _time_labels(canvas: Canvas, labels: list[str], across: Axis, y: float) -> None:
    """As many labels as fit, evenly spread, the last one always; empty ones are places without a label."""
    fitted = [canvas.fitted(label, _TICK_TEXT, 190)[0] for label in labels]
    widest = max(canvas.text_width(label, _TICK_TEXT) for label in set(fitted))
    apart = abs(across.at(1) - across.at(0))
    step = max(1, math.ceil((widest + 26) / apart))
    last = max((place for place, label in enumerate(labels) if label), default=-1)
    for place in range(last, -1, -step):
        half = canvas.text_width(fitted[place], _TICK_TEXT) / 2
        x = min(max(across.at(place), half + 8), canvas.width - half - 8)
        canvas.text(x, y, fitted[place], _TICK_TEXT, MUTED, "center")


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
    for run in _runs(series):
        points = [(across.at(place), down.at(value)) for place, value in run]
        is_running = partial_last and run[-1][0] == len(series.points) - 1 and len(run) > 1
        solid = points[:-1] if is_running else points
        if is_running:
            canvas.line(points[-2:], color, 4, dashed=True)
        if len(solid) > 1:
            canvas.line(solid, color, 3 if dashed else 4, dashed=dashed)
        elif len(points) == 1:
            canvas.dot(*points[0], color, 9)


def _runs(series: Series) -> list[list[tuple[int, float]]]:
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
    place, value = _runs(current)[-1][-1]
    return canvas.text_width(format_value(value), 26) if 1 < place + 1 == len(labels) else 0.0


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
    place, value = _runs(current)[-1][-1]
    x, y, words = across.at(place), down.at(value), format_value(value)
    canvas.dot(x, y, ACCENT, hollow=partial_last and place == len(current.points) - 1)
    if place == across.high:
        canvas.text(x + 16, y, words, 26, ACCENT)
        return
    width = canvas.text_width(words, 26)
    middle = y + 32 if y + 50 < down.start else y - 32
    left = min(max(x - width / 2, MARGIN), canvas.width - MARGIN / 2 - width)
    canvas.box(left - 6, middle - 17, width + 12, 34, PAPER, radius=6)
    canvas.text(left, middle, words, 26, ACCENT)


def _bar_axis(
    canvas: Canvas, rows: list[tuple[str, float | None]], before: dict[str, float | None], format_value: FormatValue
) -> Axis:
    """Room for the names on the left and for the values beyond both ends."""
    present = [value for value in (*(value for _, value in rows), *before.values()) if value is not None]
    low, high = min(0.0, *present), max(0.0, *present)
    if low == high:
        high = 1.0
    names = max(canvas.text_width(canvas.fitted(name, 24, 230)[0], 24) for name, _ in rows)
    words = max(canvas.text_width(format_value(value), 24) for value in present) + 18
    start = MARGIN + min(names, 230.0) + 18 + (words if low < 0 else 0)
    return Axis(low, high, start, canvas.width - MARGIN - (words if high > 0 else 0))


def _bar(
    canvas: Canvas,
    across: Axis,
    y: float,
    step: float,
    name: str,
    value: float | None,
    before: float | None,
    format_value: FormatValue,
) -> None:
    thick = min(34.0, step * (0.52 if before is not None else 0.62))
    canvas.text(MARGIN, y, name, 24, INK, room=230)
    if value is None:
        canvas.text(across.at(0) + 12, y, "—", 24, MUTED)
        return
    middle = y - thick * 0.18 if before is not None else y
    left, right = sorted((across.at(0), across.at(value)))
    canvas.box(
        left, middle - thick / 2, right - left, thick, ACCENT if value >= 0 else BAD, radius=4, hatched=value < 0
    )
    if before is not None:
        start, end = sorted((across.at(0), across.at(before)))
        canvas.box(start, middle + thick / 2 + 2, end - start, thick * 0.28, FAINT)
    if value >= 0:
        canvas.text(right + 12, middle, format_value(value), 24, INK)
    else:
        canvas.text(left - 12, middle, format_value(value), 24, INK, "right")


def _gauge_mark(
    canvas: Canvas, center: Point, radius: float, thick: float, angle: float, words: str, color: str
) -> None:
    """A stroke across the ring with words outside it."""
    across, up = -math.cos(math.radians(angle)), -math.sin(math.radians(angle))
    inner, outer = radius - thick - 6, radius + 10
    ends = [(center[0] + across * at, center[1] + up * at) for at in (inner, outer)]
    canvas.line(ends, color, 4)
    x, y = center[0] + across * (outer + 14), center[1] + up * (outer + 18)
    if angle >= 175:
        canvas.text(ends[1][0] - thick / 2, center[1] + 26, words, 24, color, "center", 240)
    else:
        canvas.text(x, y, words, 24, color, "center" if abs(across) < 0.2 else "left" if across > 0 else "right", 240)


def _cell(canvas: Canvas, cell: Cell, left: float, top: float, width: float, height: float) -> None:
    canvas.box(left, top, width, height, CARD, radius=14)
    canvas.text(left + 24, top + 32, cell.label, 24, MUTED, room=width - 48)
    value_width = canvas.text(left + 24, top + 76, cell.value, 44, INK, room=width * 0.62)
    if cell.change:
        _change(canvas, cell, left + 24, top + 128, width * 0.55)
    _sparkline(
        canvas, cell.trend, left + max(width * 0.60, value_width + 50), left + width - 28, top + 66, top + height - 28
    )


def _change(canvas: Canvas, cell: Cell, x: float, y: float, room: float) -> None:
    words, size = canvas.fitted(cell.change, 22, room)
    if cell.good is None:
        canvas.text(x, y, words, size, MUTED)
        return
    canvas.box(x, y - 19, canvas.text_width(words, size) + 24, 36, GOOD_LIGHT if cell.good else BAD, radius=10)
    canvas.text(x + 12, y, words, size, GOOD if cell.good else CARD)


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
    for run in _runs(series):
        points = [(across.at(place), down.at(value)) for place, value in run]
        canvas.line(points, ACCENT, 3)
    canvas.dot(*points[-1], ACCENT, 9)
