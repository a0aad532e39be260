"""How long the sample shop takes to write."""

from __future__ import annotations

from benchmarks.figures import Figure, Measured
from benchmarks.workshop import Workshop

TARGET_SECONDS = 15.0


def measure(workshop: Workshop) -> Measured:
    """420 days from nothing, once."""
    report = workshop.shop
    return Measured(
        (
            Figure(f"sample shop of {report.days} days", report.seconds, "s", TARGET_SECONDS, 1),
            Figure("order lines in it", report.order_lines, ""),
        )
    )
