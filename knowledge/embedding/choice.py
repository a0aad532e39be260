"""Which sentence model the setting means."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from pathlib import Path

from knowledge.embedding.hashing import HashEmbedder
from knowledge.embedding.seam import Embedder
from knowledge.embedding.sentence_encoder import SentenceEncoder
from knowledge.errors import KnowledgeError


def choose_embedder(setting: str) -> Embedder:
    """ "builtin", "hash", or the path of a folder with an ONNX model. Raises KnowledgeError for anything else."""
    if setting == "hash":
        return HashEmbedder()
    if setting == "builtin":
        try:
            return SentenceEncoder()
        except PackageNotFoundError:
            return HashEmbedder()  # the search still works, by wording alone
    folder = Path(setting).expanduser()
    if not folder.is_dir():
        raise KnowledgeError(
            f'embedding {setting!r} is neither "builtin" nor "hash" nor a folder; correct the setting.'
        )
    from knowledge.embedding.onnx_folder import OnnxFolderEmbedder  # late, with numpy

    return OnnxFolderEmbedder(folder)
