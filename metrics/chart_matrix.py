"""Values of two dimensions as a table whose cells are the darker the larger the value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.chart_canvas import ACCENT, ACCENT_LIGHT, CARD, INK, MUTED, PAPER, Canvas
from metrics.chart_frame import LABEL, MARGIN, SUBTITLE, TOP, WIDTH, ChartText, frame
from metrics.chart_scales import FormatValue

ROW = 58.0
FOOT = 80.0
MOST_ROWS, MOST_COLUMNS = 20, 8
NAME_ROOM = 190.0
DARK_FROM = 0.75  # of the largest value: from here on the words are light


def matrix(
    text: ChartText,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[str, str], float],
    *,
    format_value: FormatValue,
) -> bytes:
    """A cell for each row and column; a pair without a value shows a dash.

    Raises ValueError without any value or with more rows or columns than a phone can show.
    """
    if not values:
        raise ValueError("a matrix needs at least one value")
    if len(rows) > MOST_ROWS or len(columns) > MOST_COLUMNS:
        raise ValueError(f"{len(rows)} × {len(columns)} do not fit; at most {MOST_ROWS} × {MOST_COLUMNS}")
    canvas = Canvas(WIDTH, round(TOP + 20 + ROW * len(rows) + FOOT))
    frame(canvas, text)
    names = min(NAME_ROOM, max(canvas.text_width(name, LABEL) for name in rows))
    left = MARGIN + names + 16
    step = (WIDTH - MARGIN - left) / len(columns)
    for number, name in enumerate(columns):
        canvas.text(left + step * (number + 0.5), TOP - 6, name, SUBTITLE, MUTED, "center", step - 10)
    low, high = min(0.0, *values.values(), 0.0), max(values.values())
    for place, row in enumerate(rows):
        top = TOP + 20 + ROW * place
        canvas.text(MARGIN, top + ROW / 2, row, LABEL, INK, room=names)
        for number, column in enumerate(columns):
            box = (left + step * number + 2, top + 2, step - 4, ROW - 4)
            _cell(canvas, box, values.get((row, column)), (low, high), format_value)
    return canvas.png()


def _cell(
    canvas: Canvas,
    box: tuple[float, float, float, float],
    value: float | None,
    ends: tuple[float, float],
    format_value: FormatValue,
) -> None:
    x, y, width, height = box
    if value is None:
        canvas.box(x, y, width, height, PAPER, radius=6)
        canvas.text(x + width / 2, y + height / 2, "—", SUBTITLE, MUTED, "center")
        return
    weight = (value - ends[0]) / (ends[1] - ends[0]) if ends[1] > ends[0] else 0.0
    canvas.box(x, y, width, height, _mixed(weight), radius=6)
    color = CARD if weight >= DARK_FROM else INK
    canvas.text(x + width / 2, y + height / 2, format_value(value), SUBTITLE - 2, color, "center", width - 8)


def _mixed(weight: float) -> str:
    """A colour between white and the accent."""
    stops = (CARD, ACCENT_LIGHT, ACCENT)
    at = min(max(weight, 0.0), 1.0) * (len(stops) - 1)
    first = min(int(at), len(stops) - 2)
    return "#" + "".join(
        f"{round(int(one, 16) + (int(two, 16) - int(one, 16)) * (at - first)):02X}"
        for one, two in zip(_channels(stops[first]), _channels(stops[first + 1]), strict=True)
    )


def _channels(color: str) -> tuple[str, str, str]:
    return color[1:3], color[3:5], color[5:7]
