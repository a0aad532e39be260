"""What the ranking asks of a dense index, whichever it is."""

from __future__ import annotations

from collections.abc import Set
from typing import Protocol

from knowledge.embedding.seam import Vectors

NEAREST_PER_CHUNK = 4  # a chunk has several sentences; ask for more so that enough chunks remain


class DenseIndex(Protocol):
    def nearest(self, vector: Vectors, limit: int, documents: Set[str] | None) -> dict[str, float]:
        """About `limit` chunks by the cosine of their best sentence; `documents` None means all."""
        ...

    def catch_up(self) -> None:
        """Makes the index equal to the store."""
        ...

    def close(self) -> None: ...


def best_per_chunk(found: list[tuple[str, float]], limit: int) -> dict[str, float]:
    """The best cosine of each chunk, best chunks first."""
    best: dict[str, float] = {}
    for chunk_id, cosine in found:
        best[chunk_id] = max(cosine, best.get(chunk_id, -1.0))
    return dict(sorted(best.items(), key=lambda item: (-item[1], item[0]))[:limit])
