"""How much memory the running demo holds after a day's worth of questions."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure, Measured, NotRunError
from benchmarks.serving import serving
from benchmarks.workshop import Workshop

PROC = Path("/proc")
TARGET_MB = 700.0


def measure(workshop: Workshop) -> Measured:
    """Resident memory of the process and its children; pages that they share count in each."""
    if not (PROC / "self" / "status").exists():
        raise NotRunError("resident memory is read from /proc, which this system does not have")
    with serving(workshop) as demo:
        pid = demo.process.pid
        demo.ask()
        started = _megabytes(pid, "VmRSS")
        demo.answer_mixed()
        after, peak = _megabytes(pid, "VmRSS"), _megabytes(pid, "VmHWM")
    return Measured(
        (
            Figure("demo after its first answer", started, "MB"),
            Figure(f"demo after {workshop.questions} mixed questions", after, "MB", TARGET_MB),
            Figure("demo at its peak", peak, "MB", TARGET_MB),
        )
    )


def _megabytes(pid: int, field: str) -> float:
    return sum(_kilobytes(one, field) for one in _tree(pid)) / 1024


def _tree(pid: int) -> list[int]:
    children = [int(child) for task in (PROC / str(pid) / "task").iterdir() for child in _children(task)]
    return [pid, *(below for child in children for below in _tree(child))]


def _children(task: Path) -> list[str]:
    return (task / "children").read_text().split()


def _kilobytes(pid: int, field: str) -> float:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1])
    return 0.0
