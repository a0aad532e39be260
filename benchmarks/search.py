"""How long a search of the documents takes, and a sync that finds nothing new."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Measured, percentile
from benchmarks.questions import knowledge_questions
from benchmarks.workshop import Workshop

if TYPE_CHECKING:
    from knowledge.library import Library

TARGET_MS = 80.0
SYNC_TARGET_SECONDS = 1.0
WARM_UP, SYNCS = 5, 5


def measure(workshop: Workshop) -> Measured:
    """The questions of the documents' evaluation against the bundled documents."""
    questions = knowledge_questions()
    with workshop.core() as core:
        for question in questions[:WARM_UP]:
            core.library.search(question)
        spent = [_milliseconds(core.library, question) for question in questions]
        syncs = [core.library.sync().seconds for _ in range(SYNCS)]
        chunks = core.library.sync().chunks
    return Measured(
        (
            Figure(f"{len(questions)} searches in {chunks} chunks, p50", percentile(spent, 0.5), "ms"),
            Figure("searches, p95", percentile(spent, 0.95), "ms", TARGET_MS),
            Figure("sync with nothing changed, median", statistics.median(syncs), "s", SYNC_TARGET_SECONDS, 3),
        )
    )


def _milliseconds(library: Library, question: str) -> float:
    started = time.perf_counter()
    library.search(question)
    return (time.perf_counter() - started) * 1000
