"""Vectors without a model: hashed character pairs and words; finds near wordings, knows no meaning."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from knowledge.embedding.seam import Vectors, normalised
from knowledge.folding import fold
from knowledge.tokens import terms

DIMENSION = 512


class HashEmbedder:
    """Deterministic and instant; what is left when no model can be had."""

    model_id = "hash-1"
    cosine_weight = 0.2
    word_likeness = None

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        import numpy as np  # late: 0.15 s that a figure need not pay

        rows = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(fold(text)):
                digest = zlib.crc32(term.encode())
                row[digest % DIMENSION] += 1 if digest & 0x8000_0000 else -1  # the sign keeps collisions apart
        return normalised(rows)

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self.embed_documents([text])[0]
        return row
