"""What a sentence model must offer, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


Vectors: TypeAlias = "NDArray[np.float32]"  # shape (texts, dimension), each row of length 1


class Embedder(Protocol):
    """Cheap to make; weights are loaded by the first call of an embed method."""

    @property
    def model_id(self) -> str:
        """Names model and version: vectors of two ids are never compared. Characters [a-z0-9._-] only."""
        ...

    @property
    def cosine_weight(self) -> float:
        """How much the ranking trusts this model's cosine beside the keyword score, 0…1."""
        ...

    @property
    def word_likeness(self) -> float | None:
        """Cosine from which two single words mean nearly the same; None when the model was not measured on words."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors: ...

    def embed_query(self, text: str) -> Vectors:
        """One row, shape (dimension,)."""
        ...


def normalised(vectors: Vectors) -> Vectors:
    """Rows of length 1; a zero row stays zero."""
    import numpy as np  # late: 0.15 s that a figure need not pay

    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    result: Vectors = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return result
