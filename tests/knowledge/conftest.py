"""Libraries over small folders of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.library import Library

SAMPLES = Path(__file__).parent / "samples"
Open = Callable[..., Library]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    return made


@pytest.fixture
def open_library(tmp_path: Path, folder: Path) -> Iterator[Open]:
    """Opens libraries on one index; the hash embedder and no Chroma unless asked for, since both are about speed."""
    opened: list[Library] = []

    def open_one(embedding: str = "hash", serving: bool = False, folders: tuple[Path, ...] = ()) -> Library:
        library = Library.open(tmp_path / "index", folders or (folder,), embedding=embedding, serving=serving)
        opened.append(library)
        return library

    yield open_one
    for library in opened:
        library.close()


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The warehouse handbook with the built-in sentence model."""
    library = Library.open(tmp_path_factory.mktemp("index"), (SAMPLES,), serving=False)
    library.sync()
    yield library
    library.close()
