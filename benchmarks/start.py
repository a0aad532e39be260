"""How long a start takes where shop and index are present, and how soon the first question is answered."""

from __future__ import annotations

import statistics

from benchmarks.figures import Figure, Measured
from benchmarks.serving import serving
from benchmarks.workshop import Workshop

STARTS = 3
TARGET_SECONDS = 1.5


def measure(workshop: Workshop) -> Measured:
    """Medians over some whole starts; questions and answers go over the Bot API."""
    ready, first, second = zip(*(_once(workshop) for _ in range(STARTS)), strict=True)
    return Measured(
        (
            Figure("process start until ready, median", statistics.median(ready), "s", None, 2),
            Figure("first answer after ready, median", statistics.median(first), "s", TARGET_SECONDS, 2),
            Figure("second answer, median", statistics.median(second), "s", None, 2),
        )
    )


def _once(workshop: Workshop) -> tuple[float, float, float]:
    with serving(workshop) as demo:
        return demo.ready_seconds, demo.ask(), demo.ask("昨天服饰退款率")
