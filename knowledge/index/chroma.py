"""The dense index in Chroma, through langchain: always a copy of the store's vectors, never the only one.

Import this file late: it brings chromadb and langchain, which take seconds to import.
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
from collections.abc import Callable, Sequence, Set
from pathlib import Path
from typing import Any, TypeVar

import chromadb
from chromadb.config import Settings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings

from knowledge.embedding.seam import Vectors
from knowledge.index.probe import survives_opening
from knowledge.index.seam import NEAREST_PER_CHUNK, best_per_chunk
from knowledge.records import StoredSentence
from knowledge.store import Store

logger = logging.getLogger(__name__)
BATCH = 500  # Chroma refuses more than 5,461 at once, and no other thread runs while it adds
# everything stays in Chroma's own write-ahead log: a kill in the middle of a write can then lose nothing
CONFIGURATION: Any = {"hnsw": {"space": "cosine", "sync_threshold": 10_000_000}}
GENERATION = "chroma_generation"
Result = TypeVar("Result")


class ChromaIndex:
    """Only the owner of the index folder may open it."""

    def __init__(self, folder: Path, store: Store, model: str, is_stopped: Callable[[], bool] = lambda: False) -> None:
        """Opens what is there, makes it anew from the store when it is broken, and brings it up to date.

        `is_stopped` is asked between steps; then nothing is open and StoppedError is raised.
        """
        self._is_stopped = is_stopped
        self._folder = folder
        self._store = store
        self._model = model
        self._rebuilding = threading.RLock()
        self._opened = folder / "chroma.open"  # stands while it is open: left behind by a kill
        usable = not self._opened.exists() or not self._path.exists() or survives_opening(self._path)
        self._opened.touch()
        if not usable:
            self._start_anew("it did not survive the last stop")
        self._client, self._collection = self._or_anew(self._connect)
        self.catch_up()

    @property
    def _generation(self) -> int:
        return int(self._store.meta(GENERATION) or 0)

    @property
    def _path(self) -> Path:
        return self._folder / f"chroma-{self._generation}"

    def nearest(self, vector: Vectors, limit: int, documents: Set[str] | None) -> dict[str, float]:
        return self._or_anew(lambda: self._query(vector, limit, documents))

    def catch_up(self) -> None:
        """Adds what the store has and Chroma lacks, drops the rest; the ids say what a vector is of."""
        self._or_anew(self._reconcile)

    def close(self) -> None:
        self._client.close()
        self._opened.unlink(missing_ok=True)

    def _query(self, vector: Vectors, limit: int, documents: Set[str] | None) -> dict[str, float]:
        if documents is not None and not documents:
            return {}
        where: Any = None if documents is None else {"document": {"$in": sorted(documents)}}
        found = self._collection.similarity_search_by_vector_with_relevance_scores(
            vector.tolist(), k=limit * NEAREST_PER_CHUNK, filter=where
        )
        return best_per_chunk([(str(hit.metadata["chunk"]), 1.0 - distance) for hit, distance in found], limit)

    def _reconcile(self) -> None:
        wanted = {_identity(*key) for key in self._store.vectors.keys(self._model)}
        held = set(self._collection.get(include=[])["ids"])
        missing = wanted - held
        if missing:
            sentences = [
                s for s in self._store.vectors.sentences(self._model) if _identity(s.chunk_id, s.mark) in missing
            ]
            for start in range(0, len(sentences), BATCH):
                self._add(sentences[start : start + BATCH])
        surplus = sorted(held - wanted)
        for start in range(0, len(surplus), BATCH):
            self._collection.delete(surplus[start : start + BATCH])
        self._drop_other_collections()

    def _add(self, sentences: Sequence[StoredSentence]) -> None:
        self._vectors.offer(sentences)
        self._collection.add_texts(
            [sentence.text for sentence in sentences],
            metadatas=[{"chunk": sentence.chunk_id, "document": sentence.document_id} for sentence in sentences],
            ids=[_identity(sentence.chunk_id, sentence.mark) for sentence in sentences],
        )

    def _connect(self) -> tuple[Any, Chroma]:
        client = chromadb.PersistentClient(str(self._path), Settings(anonymized_telemetry=False))
        self._vectors = StoredVectors()
        name = re.sub(r"[^a-zA-Z0-9._-]", "-", f"{self._model}.g{self._generation}")
        collection = Chroma(
            collection_name=name,
            client=client,
            embedding_function=self._vectors,
            collection_configuration=CONFIGURATION,
        )
        return client, collection

    def _drop_other_collections(self) -> None:
        """Vectors of an earlier model go once those of this one are complete."""
        current = self._collection._collection_name
        for collection in self._client.list_collections():
            if collection.name != current:
                self._client.delete_collection(collection.name)

    def _or_anew(self, work: Callable[[], Result]) -> Result:
        """The result of `work`; when Chroma fails, once more on an index made anew from the store."""
        before = self._generation
        try:
            return work()
        except BaseException as error:  # a panic of its Rust core is no Exception
            if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
                raise
            reason = f"{type(error).__name__}: {error}"
        with self._rebuilding:
            if self._generation == before:  # else another thread has just done it
                self._start_anew(reason)
                self._client, self._collection = self._connect()
                self._reconcile()
        return work()

    def _start_anew(self, reason: str) -> None:
        """A new folder, since the client of this process may still hold the old one open."""
        logger.warning("the Chroma index is made anew from the store: %s", reason)
        old = self._path
        self._store.set_meta(GENERATION, str(self._generation + 1))
        shutil.rmtree(old, ignore_errors=True)


class StoredVectors(Embeddings):
    """Hands the store's vectors to langchain, so that nothing is ever embedded twice, or by Chroma's own model."""

    def __init__(self) -> None:
        self._by_text: dict[str, list[float]] = {}

    def offer(self, sentences: Sequence[StoredSentence]) -> None:
        self._by_text = {sentence.text: sentence.vector.tolist() for sentence in sentences}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._by_text[text] for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Never called: questions come as vectors."""
        raise TypeError("this index is searched by vector; embed the question first")


def _identity(chunk_id: str, mark: str) -> str:
    """Equal ids mean equal vectors: the mark is the hash of the sentence."""
    return f"{chunk_id}-{mark}"
