"""Steps of a series that are no whole week or month: they are marked, and no extreme is taken from them."""

from __future__ import annotations

from calendar import monthrange

from bot.assistant.compose.figures import Printer
from bot.assistant.gather import is_running
from metrics.query import Figure, KpiResult

MARK = "*"
DAYS_OF_A_WEEK = 7


def is_cut(figure: Figure, result: KpiResult) -> bool:
    """Whether the figure is of a week or month that an edge of the asked range, or of the data, cuts short."""
    period, grain = figure.period, result.query.grain
    if figure.bucket is None or is_running(figure, result) or grain not in ("week", "month"):
        return False
    whole = DAYS_OF_A_WEEK if grain == "week" else monthrange(period.start.year, period.start.month)[1]
    return period.days < whole


def is_whole(figure: Figure, result: KpiResult) -> bool:
    """Whether the figure can be held against the other steps."""
    return not is_cut(figure, result) and not is_running(figure, result)


def step_name(figure: Figure, result: KpiResult, printer: Printer) -> str:
    """Where the step begins, marked when it is cut: "10/01*"."""
    name = printer.bucket(figure, result.query.grain)
    return printer.say(f"{name}{MARK}") if is_cut(figure, result) else name


def cut_note(result: KpiResult, printer: Printer) -> str:
    """What the mark means; "" when no step is cut."""
    if not any(is_cut(figure, result) for figure in result.figures):
        return ""
    left_out = any(is_whole(figure, result) for figure in result.figures)
    place = f"kpi/cut_{result.query.grain}"
    return printer.say(printer.wording.text(place, printer.language, mark=MARK, left_out=left_out))
