"""How far a month's target is reached, against how much of the month has run."""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.chart_canvas import ACCENT, GRID, INK, MUTED, SHADE_DARK, Align, Canvas, Point
from metrics.chart_frame import HEIGHT, LABEL, SUBTITLE, WIDTH, ChartText, frame
from metrics.chart_scales import Axis, FormatValue

RADIUS, THICK = 276.0, 62.0
BELOW = 24  # degrees: so early in the month there is no room beside the ring
NEAR_THE_END = 0.93  # of the month: the two marks would lie on one another, and the sum stands in the middle
CENTER: Point = (WIDTH / 2, 496.0)


@dataclass(frozen=True)
class GaugeWords:
    """What the marks of a gauge mean."""

    target: str = ""
    due: str = ""  # where it should be by now


def gauge(
    text: ChartText,
    *,
    actual: float,
    target: float,
    elapsed: float | None,
    format_value: FormatValue,
    words: GaugeWords | None = None,
) -> bytes:
    """How much of a target is reached, with a mark where it should be by now (`elapsed`: planned share from 0 to 1).

    Raises ValueError for a target that is not above zero.
    """
    if not target > 0 or not math.isfinite(target) or not math.isfinite(actual):
        raise ValueError(f"a gauge needs a target above zero and a finite value, not {actual} of {target}")
    words = words or GaugeWords()
    canvas = Canvas(WIDTH, HEIGHT)
    frame(canvas, text)
    reached = actual / target
    full = max(1.0, reached * 1.04) if reached > 1 else 1.0
    turn = Axis(0, full, 0, 180)
    _ring(canvas, turn, reached, elapsed)
    is_due_shown = elapsed is not None and 0 < elapsed < 1 and reached < 1  # past the target it tells nothing more
    if elapsed is not None and is_due_shown:
        _mark(canvas, turn.at(elapsed), f"{words.due} {format_value(target * elapsed)}".strip(), INK)
    if not is_due_shown or elapsed is None or elapsed < NEAR_THE_END:
        _mark(canvas, turn.at(1.0), f"{words.target} {format_value(target)}".strip(), MUTED if reached < 1 else INK)
    canvas.text(CENTER[0], 396, f"{reached * 100:.1f}%".replace("-", "−"), 86, INK, "center")
    canvas.text(CENTER[0], 474, f"{format_value(actual)} / {format_value(target)}", LABEL + 2, MUTED, "center", 400)
    return canvas.png()


def _ring(canvas: Canvas, turn: Axis, reached: float, elapsed: float | None) -> None:
    """What is reached, and what is lacking up to now."""
    canvas.arc(CENTER, RADIUS, THICK, 0, 180, GRID)
    if reached > 0:
        canvas.arc(CENTER, RADIUS, THICK, 0, turn.at(reached), ACCENT)
    if elapsed is not None and elapsed > max(reached, 0):
        canvas.arc(CENTER, RADIUS, THICK, turn.at(max(reached, 0)), turn.at(min(elapsed, turn.high)), SHADE_DARK)


def _mark(canvas: Canvas, angle: float, words: str, color: str) -> None:
    """A stroke across the ring with words outside it; at its ends the words stand below."""
    across, up = -math.cos(math.radians(angle)), -math.sin(math.radians(angle))
    inner, outer = RADIUS - THICK - 6, RADIUS + 12
    ends = [(CENTER[0] + across * at, CENTER[1] + up * at) for at in (inner, outer)]
    canvas.line(ends, color, 5)
    if angle >= 172 or angle <= BELOW:
        canvas.text(CENTER[0] + across * (RADIUS - THICK / 2), CENTER[1] + 34, words, SUBTITLE, color, "center", 330)
        return
    x, y = CENTER[0] + across * (outer + 12), CENTER[1] + up * (outer + 20)
    align: Align = "center" if abs(across) < 0.2 else "left" if across > 0 else "right"
    room = 330 if align == "center" else (WIDTH - x if across > 0 else x) - 16
    canvas.text(x, y, words, SUBTITLE, color, align, room)
