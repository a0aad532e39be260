"""How long `opsbot --help` takes: the start path that every command pays for."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, Measured
from benchmarks.workshop import Workshop

PROCESSES = 7
TARGET_SECONDS = 0.4


def measure(workshop: Workshop) -> Measured:
    """Median wall time of whole processes."""
    command = [str(Path(sys.executable).with_name("opsbot")), "--help"]
    seconds = [_seconds(command, workshop.folder) for _ in range(PROCESSES)]
    return Measured((Figure("opsbot --help, median", statistics.median(seconds), "s", TARGET_SECONDS, 2),))


def _seconds(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - started
