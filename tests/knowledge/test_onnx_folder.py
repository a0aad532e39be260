"""A local ONNX sentence model, here the smallest there can be: one table of word vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.onnx_folder import OnnxFolderEmbedder

WORDS = {"[UNK]": 0, "cold": 1, "warm": 2}
TABLE = np.array([[0, 0, 1], [3, 4, 0], [0, 2, 0]], np.float32)
FLOAT, INTEGER = 1, 7  # ONNX element types


def varint(value: int) -> bytes:
    more = bytes([value & 0x7F])
    return more if value < 0x80 else bytes([value & 0x7F | 0x80]) + varint(value >> 7)


def field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: the ONNX format is public, its package is not needed for six of them."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def port(name: str, kind: int, axes: tuple[str, ...]) -> bytes:
    shape = b"".join(field(1, field(2, axis)) for axis in axes)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def model() -> bytes:
    table = field(1, 3) + field(1, 3) + field(2, FLOAT) + field(8, "table") + field(9, TABLE.tobytes())
    gather = field(1, "table") + field(1, "input_ids") + field(2, "states") + field(4, "Gather")
    inputs = field(11, port("input_ids", INTEGER, ("batch", "length")))
    output = field(12, port("states", FLOAT, ("batch", "length", "width")))
    graph = field(1, gather) + field(2, "tiny") + field(5, table) + inputs + output
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    made = tmp_path / "Tiny Model"
    made.mkdir()
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(made / "tokenizer.json"))
    (made / "model.onnx").write_bytes(model())
    return made


def test_the_first_word_or_the_mean_stands_for_the_sentence(model_folder: Path) -> None:
    first = OnnxFolderEmbedder(model_folder)
    assert first.embed_query("cold warm") == pytest.approx([0.6, 0.8, 0])  # (3, 4, 0) / 5
    (model_folder / "embedding.yaml").write_text("pooling: mean\ncosine_weight: 0.3\n")
    mean = OnnxFolderEmbedder(model_folder)
    # "cold warm": (3, 6, 0) / 2, of length √45 / 2; the padding of "warm" does not count
    rows = mean.embed_documents(["cold warm", "warm"])
    assert rows == pytest.approx(np.array([[3 / 45**0.5, 6 / 45**0.5, 0], [0, 1, 0]]))
    assert mean.cosine_weight == 0.3
    assert mean.model_id != first.model_id


def test_only_a_question_carries_the_prefix(model_folder: Path) -> None:
    (model_folder / "embedding.yaml").write_text("query_prefix: 'warm '\n")
    embedder = OnnxFolderEmbedder(model_folder)
    assert embedder.embed_query("cold") == pytest.approx([0, 1, 0])
    assert embedder.embed_documents(["cold"])[0] == pytest.approx([0.6, 0.8, 0])
    assert embedder.model_id.startswith("onnx-tiny-model-")
