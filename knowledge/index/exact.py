"""An exact scan over the stored vectors: no files of its own, so any number of processes may read beside the owner."""

from __future__ import annotations

from collections.abc import Set

from knowledge.embedding.seam import Vectors
from knowledge.index.seam import NEAREST_PER_CHUNK, best_per_chunk
from knowledge.store import Store


class ExactIndex:
    """2 KB a sentence in memory; 1 ms for some thousand sentences."""

    def __init__(self, store: Store, model: str) -> None:
        self._store = store
        self._model = model
        self.catch_up()

    def catch_up(self) -> None:
        import numpy as np  # late: 0.15 s that a figure need not pay

        sentences = list(self._store.vectors.sentences(self._model))
        self._rows = (
            [sentence.chunk_id for sentence in sentences],
            np.array([sentence.document_id for sentence in sentences]),
            np.stack([sentence.vector for sentence in sentences]) if sentences else np.zeros((0, 1), np.float32),
        )

    def nearest(self, vector: Vectors, limit: int, documents: Set[str] | None) -> dict[str, float]:
        import numpy as np  # late: 0.15 s that a figure need not pay

        chunk_ids, document_ids, matrix = self._rows
        if not chunk_ids:
            return {}
        cosines = matrix @ vector
        if documents is not None:
            cosines = np.where(np.isin(document_ids, list(documents)), cosines, -2.0)
        count = min(limit * NEAREST_PER_CHUNK, len(chunk_ids))
        rows = np.argpartition(-cosines, count - 1)[:count]
        return best_per_chunk([(chunk_ids[row], float(cosines[row])) for row in rows if cosines[row] > -1.5], limit)

    def sample(self) -> Vectors:
        """One of the vectors; there must be any."""
        row: Vectors = self._rows[2][0]
        return row

    def close(self) -> None:
        """Nothing is held open."""
