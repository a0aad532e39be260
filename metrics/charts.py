"""Charts as PNG bytes, made for a phone: line, ranked bars, target gauge, matrix, waterfall and a manager's panel.

Pure functions: every word is handed in and nothing global is touched, so they may run in any thread.
"""

from __future__ import annotations

from metrics.chart_bars import MOST_BARS, Note, ranked_bars
from metrics.chart_frame import ChartText, Series
from metrics.chart_gauge import GaugeWords, gauge
from metrics.chart_line import Span, line
from metrics.chart_matrix import matrix
from metrics.chart_panel import MOST_CELLS, Cell, Progress, panel
from metrics.chart_waterfall import MOST_STEPS, WaterfallStep, waterfall

__all__ = [
    "MOST_BARS",
    "MOST_CELLS",
    "MOST_STEPS",
    "Cell",
    "ChartText",
    "GaugeWords",
    "Note",
    "Progress",
    "Series",
    "Span",
    "WaterfallStep",
    "gauge",
    "line",
    "matrix",
    "panel",
    "ranked_bars",
    "waterfall",
]
