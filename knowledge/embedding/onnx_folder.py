"""A sentence model from a local folder: `model.onnx` and `tokenizer.json`, e.g. an export of BAAI/bge-small-zh-v1.5.

`embedding.yaml` beside them may say `query_prefix`, `pooling` (cls or mean), `cosine_weight` and
`word_likeness` (see `seam.py`).
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedding.seam import Vectors, normalised
from knowledge.errors import KnowledgeError

BATCH = 32
LONGEST_TOKENS = 512
BGE_ZH_PREFIX = "为这个句子生成表示以用于检索相关文章："


class OnnxFolderEmbedder:
    """Runs on one thread, so that it does not take the machine from the chat."""

    def __init__(self, folder: Path) -> None:
        """Raises KnowledgeError when the folder holds no model."""
        model = next((path for path in _model_files(folder) if path.is_file()), None)
        self._tokenizer_file = folder / "tokenizer.json"
        if model is None or not self._tokenizer_file.is_file():
            raise KnowledgeError(
                f"the embedding folder {folder.name!r} holds no model.onnx with a tokenizer.json; "
                'put both there or set embedding = "builtin".'
            )
        self._model_file = model
        options = _options(folder)
        self._prefix = str(options.get("query_prefix", BGE_ZH_PREFIX if "bge" in folder.name.lower() else ""))
        self._pooling = str(options.get("pooling", "cls"))
        self.cosine_weight = float(options.get("cosine_weight", 0.5))
        self.word_likeness = float(options["word_likeness"]) if "word_likeness" in options else None
        self.model_id = f"onnx-{re.sub(r'[^a-z0-9]+', '-', folder.name.lower()).strip('-')[:40]}-{self._mark()}"
        self._session: Any = None  # onnxruntime ships no types
        self._tokenizer: Any = None
        self._lock = threading.Lock()

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        parts = [self._run(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 1), np.float32)

    def embed_query(self, text: str) -> Vectors:
        row: Vectors = self._run([self._prefix + text])[0]
        return row

    def _mark(self) -> str:
        """Changes with the model's bytes; hashing size and ends is enough to tell exports apart."""
        digest = hashlib.sha256(self._tokenizer_file.read_bytes() + f"{self._pooling}{self._prefix}".encode())
        with self._model_file.open("rb") as stream:
            digest.update(stream.read(1 << 20))
            size = stream.seek(0, 2)
            stream.seek(max(0, size - (1 << 20)))
            digest.update(stream.read() + str(size).encode())
        return digest.hexdigest()[:12]

    def _load(self) -> None:
        # late: 0.7 s and 60 MB, only for who configured a model of their own
        import onnxruntime  # type: ignore[import-untyped]  # no stubs
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(self._model_file), options, providers=["CPUExecutionProvider"])

    def _run(self, texts: list[str]) -> Vectors:
        with self._lock:
            if self._session is None:
                self._load()
            encoded = self._tokenizer.encode_batch(texts)
        mask = np.array([item.attention_mask for item in encoded], np.int64)
        known = {"input_ids": np.array([item.ids for item in encoded], np.int64), "attention_mask": mask}
        known["token_type_ids"] = np.zeros_like(mask)
        wanted = {node.name: known[node.name] for node in self._session.get_inputs() if node.name in known}
        return normalised(_pooled(self._session.run(None, wanted)[0], mask, self._pooling))


def _pooled(states: Vectors, mask: np.ndarray[Any, np.dtype[np.int64]], pooling: str) -> Vectors:
    if states.ndim == 2:  # the export pools by itself
        return states
    if pooling == "cls":
        return states[:, 0]
    weights = mask[..., None].astype(np.float32)
    result: Vectors = (states * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    return result


def _model_files(folder: Path) -> tuple[Path, ...]:
    return tuple(
        folder / name for name in ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")
    )


def _options(folder: Path) -> dict[str, Any]:
    file = folder / "embedding.yaml"
    if not file.is_file():
        return {}
    import yaml

    values = yaml.safe_load(file.read_text(encoding="utf-8"))
    return values if isinstance(values, dict) else {}
