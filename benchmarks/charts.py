"""How long each kind of picture takes to draw."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable

from benchmarks.figures import Figure, Measured
from benchmarks.workshop import Workshop

PICTURES = 15
TARGET_MS = 120.0
CATEGORIES = ("美妆", "服饰", "母婴", "家电", "3C", "食品", "生鲜", "家居", "教育", "汽车", "潮玩")


def measure(workshop: Workshop) -> Measured:
    """Median of some pictures of each kind, after one that loads fonts."""
    return Measured(tuple(_figure(kind, draw) for kind, draw in _kinds().items()))


def _figure(kind: str, draw: Callable[[], bytes]) -> Figure:
    draw()
    return Figure(f"{kind}, median", statistics.median(_milliseconds(draw) for _ in range(PICTURES)), "ms", TARGET_MS)


def _milliseconds(draw: Callable[[], bytes]) -> float:
    started = time.perf_counter()
    draw()
    return (time.perf_counter() - started) * 1000


def _kinds() -> dict[str, Callable[[], bytes]]:
    from metrics import charts

    text = charts.ChartText("母婴 · 支付转化率", "近30天", "数据截至 14:05")
    now, before = _course(30, 0.018), _course(30, 0.021)
    bars = tuple((name, 1e6 / (place + 1)) for place, name in enumerate(CATEGORIES))
    earlier = tuple((name, value * 0.9) for name, value in bars)
    trend = tuple(value for _, value in now)
    cells = tuple(charts.Cell(name, "¥312万", "▲3.2%", name > "家", trend) for name in CATEGORIES[:6])
    return {
        "line of 30 days with its comparison": lambda: charts.line(
            text, charts.Series("本期", now), charts.Series("上期", before), format_value=_percent
        ),
        "11 ranked bars with their comparison": lambda: charts.ranked_bars(
            text, charts.Series("本期", bars), comparison=charts.Series("上期", earlier), format_value=_yuan
        ),
        "target gauge": lambda: charts.gauge(text, actual=7.2e6, target=1e7, elapsed=0.7, format_value=_yuan),
        "panel of 6 KPIs with their courses": lambda: charts.panel(text, cells),
    }


def _course(days: int, level: float) -> tuple[tuple[str, float], ...]:
    return tuple((f"11/{day + 1:02}", level * (1 + 0.2 * math.sin(day))) for day in range(days))


def _percent(value: float) -> str:
    return f"{value:.2%}"


def _yuan(value: float) -> str:
    return f"¥{value / 1e4:,.1f}万"
