"""What the store keeps of a document beyond the document itself."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date

from knowledge.documents import Audience, Chunk, Document, Place, Tactic
from knowledge.embedding.seam import Vectors
from knowledge.errors import DocumentError
from knowledge.loading.scanning import Stamp


@dataclass(frozen=True)
class Sentence:
    """A unit that has its own vector: a sentence of a chunk, or its heading."""

    chunk_id: str
    text: str
    mark: str  # hash of the text, under which its vector is kept


@dataclass(frozen=True)
class ChunkRecord:
    chunk: Chunk
    context: str  # title, headings and text, folded: where the words of a question are looked for
    terms: tuple[str, ...]  # of the context, for the keyword index
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class DocumentRecord:
    document: Document
    chunks: tuple[ChunkRecord, ...]
    tactics: tuple[Tactic, ...]
    mistakes: tuple[DocumentError, ...]


@dataclass(frozen=True)
class FileRecord:
    """What was made of one file at the last sync."""

    folder: str
    file: str
    stamp: Stamp
    seen_ns: int  # clock when it was read; a file stamped about then may have changed within the clock's grain
    digest: str  # of the bytes; "" when they were not looked at
    document_id: str | None
    failure: str | None


@dataclass(frozen=True)
class StoredDocument:
    """A document as the store lists it, without its text."""

    id: str
    file: str
    title: str
    date: date | None
    categories: tuple[str, ...]
    audience: Audience
    supersedes: tuple[str, ...]
    chunks: int
    tactics: int
    places: tuple[Place, ...] = ()
    owner: str = ""

    def place_at(self, offset: int) -> str:
        """The page, slide or sheet that holds that character; "" where the format has none."""
        index = bisect_right(self.places, offset, key=lambda place: place.start)
        return self.places[index - 1].name if index else ""


@dataclass(frozen=True)
class StoredChunk:
    chunk: Chunk
    context: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class StoredSentence:
    chunk_id: str
    document_id: str
    mark: str
    text: str
    vector: Vectors  # one row
