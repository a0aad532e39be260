"""Ten thousand passages: indexing with progress, searches, and syncs that find nothing new."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Measured, percentile
from benchmarks.handbooks import handbook_questions, write_handbooks
from benchmarks.workshop import Workshop

if TYPE_CHECKING:
    from knowledge.library import Library

CHUNKS = 10_000
SEARCHES, WARM_UP, SYNCS, PROCESSES = 200, 20, 5, 5
TARGET_MS, SYNC_TARGET_SECONDS = 80.0, 1.0
SETTINGS = '[knowledge]\nfolders = ["handbooks"]\nbundled = false\n'


def measure(workshop: Workshop) -> Measured:
    """One index over generated handbooks, with the built-in sentence model."""
    home = workshop.folder / "scale"
    books = write_handbooks(home / "handbooks", CHUNKS)
    (home / "opsbot.toml").write_text(SETTINGS, encoding="utf-8")
    return Measured((*_in_process(home, books), *_as_command(home)), (f"{books} handbooks",))


def _in_process(home: Path, books: int) -> tuple[Figure, ...]:
    from knowledge.library import Library

    library = Library.open(home / "index", [home / "handbooks"])
    try:
        steps: list[int] = []
        report = library.sync(lambda done, total, file: steps.append(done))
        started = time.perf_counter()
        library.warm()
        warmed = time.perf_counter() - started
        while not library.is_settled:
            time.sleep(0.5)
        settled = time.perf_counter() - started
        spent = _searches(library)
        syncs = [_seconds(library) for _ in range(SYNCS)]
    finally:
        library.close()
    return (
        Figure("passages indexed", report.chunks, ""),
        Figure("indexing them", report.seconds, "s", None, 1),
        Figure("files without a step of progress", books - len(steps), "", 0),
        Figure("first question, loading model and index", warmed, "s", None, 1),
        Figure("until Chroma answers in the place of the scan", settled, "s", None, 1),
        Figure(f"{SEARCHES} searches, p50", percentile(spent, 0.5), "ms"),
        Figure("searches, p95", percentile(spent, 0.95), "ms", TARGET_MS),
        Figure("sync with nothing changed, median", statistics.median(syncs), "s", SYNC_TARGET_SECONDS, 3),
    )


def _searches(library: Library) -> list[float]:
    spent = []
    for question in handbook_questions(WARM_UP + SEARCHES):
        started = time.perf_counter()
        library.search(question)
        spent.append((time.perf_counter() - started) * 1000)
    return spent[WARM_UP:]


def _seconds(library: Library) -> float:
    started = time.perf_counter()
    assert not library.sync().changed
    return time.perf_counter() - started


def _as_command(home: Path) -> tuple[Figure, ...]:
    """`opsbot index` over the same home, whole processes."""
    command = [str(Path(sys.executable).with_name("opsbot")), "index", "--home", str(home)]
    spent = []
    for _ in range(PROCESSES):
        started = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        spent.append(time.perf_counter() - started)
        assert "0 added, 0 changed, 0 removed" in done.stdout, done.stdout
    return (Figure("opsbot index with nothing changed, median", statistics.median(spent), "s", SYNC_TARGET_SECONDS, 2),)
