"""What can be found at this moment: the live documents, and the keyword index over them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from knowledge.bilingual import english_wordings, is_english, wordings_in
from knowledge.documents import Audience, DocumentInfo, Tactic
from knowledge.errors import DocumentError
from knowledge.folding import fold
from knowledge.keyword import KeywordIndex
from knowledge.records import StoredChunk, StoredDocument
from knowledge.store import Store
from knowledge.supersession import superseded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SectionKey = tuple[str, tuple[str, ...]]  # document id, heading path


class Corpus:
    """What one audience may read: ranking and word statistics see nothing else."""

    def __init__(self, documents: dict[str, StoredDocument], held: Callable[[], Sequence[StoredChunk]]) -> None:
        """`held` reads all chunks of the store; what belongs to other documents is left out."""
        self.documents = documents
        self._held = held

    @cached_property
    def chunks(self) -> Mapping[str, StoredChunk]:
        """By id, in reading order; read when they are first needed, which a sync without changes never does."""
        return {item.chunk.id: item for item in self._held() if item.chunk.document_id in self.documents}

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing in the store is kept from this audience."""
        return len(self.chunks) == len(self._held())

    @cached_property
    def keywords(self) -> KeywordIndex:
        return KeywordIndex((identity, item.terms) for identity, item in self.chunks.items())

    def flags(self, documents: frozenset[str]) -> NDArray[np.bool_] | None:
        """For each chunk in order whether it is of one of the documents; None when all of them are."""
        import numpy as np  # late: 0.15 s that a figure need not pay

        if len(documents) == len(self.documents):
            return None
        return np.fromiter((item.chunk.document_id in documents for item in self.chunks.values()), dtype=np.bool_)

    @cached_property
    def sections(self) -> Mapping[SectionKey, list[StoredChunk]]:
        """The chunks of each section in reading order."""
        found: dict[SectionKey, list[StoredChunk]] = defaultdict(list)
        for item in self.chunks.values():
            found[item.chunk.document_id, item.chunk.path].append(item)
        return found

    @cached_property
    def files(self) -> Mapping[str, list[StoredChunk]]:
        """The chunks of each file in reading order."""
        found: dict[str, list[StoredChunk]] = defaultdict(list)
        for item in self.chunks.values():
            found[self.documents[item.chunk.document_id].file].append(item)
        return found

    @cached_property
    def chinese(self) -> Mapping[str, tuple[str, ...]]:
        """Stem of an English word → the words for it that stand in Chinese passages (half a second, once)."""
        return wordings_in((term for item in self.chunks.values() for term in item.terms), self.holds)

    @cached_property
    def english(self) -> Mapping[str, tuple[str, ...]]:
        """Chinese word → the words for it that stand in English passages (half a second, once, if there are any)."""
        spoken = (item for item in self.chunks.values() if is_english(item.chunk.text))
        return english_wordings({term for item in spoken for term in item.terms})

    def holds(self, word: str) -> bool:
        """True when the folded word stands anywhere."""
        return any(word in item.context for item in self.chunks.values())

    def documents_of(self, categories: Sequence[str]) -> frozenset[str]:
        """The documents about any of the categories; one that names none is about all."""
        wanted = {fold(name) for name in categories}
        return frozenset(
            document.id
            for document in self.documents.values()
            if not wanted or not document.categories or wanted & {fold(name) for name in document.categories}
        )


class Snapshot:
    """Immutable; a sync puts a new one in its place."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: Sequence[StoredChunk] | None = None
        self._reading = threading.Lock()
        with store.reading():
            self._documents = store.documents()
            tactics = store.tactics()
            self.mistakes: tuple[DocumentError, ...] = tuple(store.mistakes())
        self._superseded = superseded(self._documents)
        live = {document.id: document for document in self._documents if document.id not in self._superseded}
        open_to_all = {identity: item for identity, item in live.items() if item.audience == "everyone"}
        self._corpora: dict[Audience, Corpus] = {
            "everyone": Corpus(open_to_all, self._chunks),
            "manager": Corpus(live, self._chunks),
        }
        self._tactics = sorted(tactics, key=lambda card: (card.file, card.document_id))

    @property
    def chunk_count(self) -> int:
        return sum(document.chunks for document in self._corpora["manager"].documents.values())

    def _chunks(self) -> Sequence[StoredChunk]:
        with self._reading:
            if self._held is None:
                self._held = self._store.chunks()
            return self._held

    def corpus(self, audience: Audience) -> Corpus:
        return self._corpora[audience]

    def tactics(self, category: str | None, audience: Audience) -> tuple[Tactic, ...]:
        """Live cards for that reader; a card without categories fits any."""
        live = self._corpora[audience].documents
        wanted = fold(category) if category is not None else None
        return tuple(
            card
            for card in self._tactics
            if card.document_id in live
            and (wanted is None or not card.categories or wanted in map(fold, card.categories))
        )

    def infos(self) -> tuple[DocumentInfo, ...]:
        return tuple(
            DocumentInfo(
                id=item.id,
                file=item.file,
                title=item.title,
                date=item.date,
                audience=item.audience,
                categories=item.categories,
                chunks=item.chunks,
                tactics=item.tactics,
                superseded_by=self._superseded.get(item.id),
                owner=item.owner,
            )
            for item in self._documents
        )
