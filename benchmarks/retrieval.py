"""How often the right passage is found on a public Chinese set, beside langchain's default on the same vectors."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Measured, NotRunError
from benchmarks.questions import SEED
from benchmarks.workshop import Workshop

FETCHED = 20  # chunks; several may be of one passage, whose best place counts
DEEPEST = 10  # passages within which a right one counts for the mean reciprocal rank
CHUNK_SIZE, CHUNK_OVERLAP = 1000, 200  # as langchain's own tutorials set them

Search = Callable[[str], list[str]]  # a question to the file names of the chunks found, best first


@dataclass(frozen=True)
class Query:
    """One question and the passages that hold its answer."""

    text: str
    gold: frozenset[str]


def measure(workshop: Workshop) -> Measured:
    """Both sides over all passages and the same queries."""
    if workshop.retrieval is None:
        raise NotRunError("hand in the public retrieval data with --retrieval DIR")
    folder = workshop.folder / "passages"
    passages = _write_passages(workshop.retrieval / "cmrc" / "corpus.jsonl", folder)
    queries = _queries(workshop.retrieval / "cmrc" / "queries.jsonl", workshop.queries)
    size = f"{len(queries)} queries, {passages} passages"
    return Measured((*_ours(workshop, folder, queries), *_default(workshop, folder, queries)), (f"CMRC 2018, {size}",))


def _ours(workshop: Workshop, folder: Path, queries: Sequence[Query]) -> tuple[Figure, ...]:
    from knowledge.library import Library

    library = Library.open(workshop.folder / "passages-index", [folder])
    try:
        started = time.perf_counter()
        library.sync()
        indexed = time.perf_counter() - started
        library.warm()
        while not library.is_settled:  # Chroma takes a large index in behind the answers
            time.sleep(0.5)
        return _figures("knowledge", indexed, queries, lambda text: _files(library, text))
    finally:
        library.close()


def _files(library: Any, text: str) -> list[str]:
    return [passage.file for passage in library.search(text, limit=FETCHED).passages]


def _default(workshop: Workshop, folder: Path, queries: Sequence[Query]) -> tuple[Figure, ...]:
    """Files split by length, one vector a chunk, nearest vectors win."""
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    started = time.perf_counter()
    whole = [Document(path.read_text("utf-8"), metadata={"file": path.name}) for path in sorted(folder.iterdir())]
    chunks = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP).split_documents(whole)
    settings = Settings(anonymized_telemetry=False)
    client: Any = chromadb.PersistentClient(str(workshop.folder / "default"), settings)  # its stub lacks close()
    store = Chroma("default", _same_vectors(), client=client)
    for begin in range(0, len(chunks), 2000):  # Chroma refuses more than 5,461 at once
        store.add_documents(chunks[begin : begin + 2000])
    indexed = time.perf_counter() - started
    try:
        return _figures(
            "langchain default",
            indexed,
            queries,
            lambda text: [found.metadata["file"] for found in store.similarity_search(text, k=FETCHED)],
        )
    finally:
        client.close()


def _same_vectors() -> Any:
    """The built-in sentence model in langchain's clothes."""
    from langchain_core.embeddings import Embeddings

    from knowledge.embedding.choice import choose_embedder

    embedder = choose_embedder("builtin")

    class BuiltIn(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [row.tolist() for row in embedder.embed_documents(texts)]

        def embed_query(self, text: str) -> list[float]:
            return [float(number) for number in embedder.embed_query(text)]

    return BuiltIn()


def _figures(side: str, indexed: float, queries: Sequence[Query], search: Search) -> tuple[Figure, ...]:
    search(queries[0].text)  # warm
    started = time.perf_counter()
    ranks = [_rank(search(query.text), query.gold) for query in queries]
    spent = (time.perf_counter() - started) * 1000 / len(queries)
    return (
        Figure(f"{side}: hit@1", _hits(ranks, 1), "", None, 3),
        Figure(f"{side}: hit@5", _hits(ranks, 5), "", None, 3),
        Figure(f"{side}: MRR@{DEEPEST}", sum(1 / rank for rank in ranks if rank) / len(ranks), "", None, 3),
        Figure(f"{side}: a search, mean", spent, "ms"),
        Figure(f"{side}: indexing", indexed, "s", None, 1),
    )


def _rank(files: Sequence[str], gold: frozenset[str]) -> int:
    """Place of the first right passage among different ones, 0 when it is not among the first."""
    places = [Path(file).stem for file in dict.fromkeys(files)][:DEEPEST]
    return next((place for place, passage in enumerate(places, 1) if passage in gold), 0)


def _hits(ranks: Sequence[int], depth: int) -> float:
    return sum(0 < rank <= depth for rank in ranks) / len(ranks)


def _write_passages(corpus: Path, folder: Path) -> int:
    """One Markdown file a passage, named by its id; returns how many."""
    folder.mkdir()
    lines = _read(corpus)
    for passage in lines:
        text = f"# {passage['title']}\n\n{passage['text']}\n"
        (folder / f"{passage['id']}.md").write_text(text, encoding="utf-8")
    return len(lines)


def _queries(path: Path, count: int) -> list[Query]:
    every = [Query(line["q"], frozenset(line["gold"])) for line in _read(path)]
    return random.Random(SEED).sample(every, min(count, len(every)))  # a repeatable choice


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
