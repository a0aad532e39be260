"""How often a passage is found and an answer dared in two languages, with half of the passages taken away."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Measured, NotRunError
from benchmarks.questions import SEED
from benchmarks.workshop import Workshop

if TYPE_CHECKING:
    from knowledge.documents import SearchResult
    from knowledge.library import Library

DEPTH = 5
LANGUAGES = {"zh": "Chinese", "en": "English"}


@dataclass(frozen=True)
class Paragraph:
    """One Chinese paragraph with its questions in one language."""

    name: str
    text: str
    questions: tuple[str, ...]


def measure(workshop: Workshop) -> Measured:
    """Chinese and English questions on the same Chinese passages."""
    if workshop.retrieval is None:
        raise NotRunError("hand in the public retrieval data with --retrieval DIR")
    from knowledge.library import Library

    folder = workshop.folder / "halved"
    kept = _write_half(list(_paragraphs(workshop.retrieval, "zh")), folder)
    library = Library.open(workshop.folder / "halved-index", [folder])
    try:
        library.sync()
        figures = [
            figure
            for language, name in LANGUAGES.items()
            for figure in _figures(name, library, list(_paragraphs(workshop.retrieval, language)), kept, workshop)
        ]
    finally:
        library.close()
    return Measured(tuple(figures), (f"XQuAD, {len(kept)} Chinese passages of twice as many",))


def _figures(
    name: str, library: Library, paragraphs: Sequence[Paragraph], kept: frozenset[str], workshop: Workshop
) -> Iterator[Figure]:
    every = [(question, item.name) for item in paragraphs for question in item.questions]
    asked = random.Random(SEED).sample(every, min(workshop.queries, len(every)))  # a repeatable choice
    results = [(library.search(question, limit=DEPTH), place) for question, place in asked]
    there = [(result, place) for result, place in results if place in kept]
    gone = [result for result, place in results if place not in kept]
    for depth in (1, DEPTH):
        yield _rate(f"{name}: hit@{depth}", [_holds(result, place, depth) for result, place in there])
    yield _rate(f"{name}: passage there, answered", [result.verdict == "answer" for result, _ in there])
    yield _rate(f"{name}: passage there, refused", [result.verdict == "none" for result, _ in there])
    yield _rate(f"{name}: passage gone, answered", [result.verdict == "answer" for result in gone])
    yield _rate(f"{name}: passage gone, refused", [result.verdict == "none" for result in gone])


def _rate(name: str, are_so: Sequence[bool]) -> Figure:
    return Figure(name, sum(are_so) / len(are_so), "", None, 3)


def _holds(result: SearchResult, place: str, depth: int) -> bool:
    return any(Path(passage.file).stem == place for passage in result.passages[:depth])


def _write_half(paragraphs: Sequence[Paragraph], folder: Path) -> frozenset[str]:
    """One Markdown file a passage for every second one; returns their names."""
    folder.mkdir()
    kept = random.Random(SEED).sample(list(paragraphs), len(paragraphs) // 2)
    for item in kept:
        (folder / f"{item.name}.md").write_text(f"{item.text}\n", encoding="utf-8")
    return frozenset(item.name for item in kept)


def _paragraphs(folder: Path, language: str) -> Iterator[Paragraph]:
    """Those of the set in its order, which is the same in both languages."""
    articles = json.loads((folder / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    every = [paragraph for article in articles for paragraph in article["paragraphs"]]
    for number, paragraph in enumerate(every):
        yield Paragraph(f"p{number:03d}", paragraph["context"], tuple(item["question"] for item in paragraph["qas"]))
