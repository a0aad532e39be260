"""The documents of a team as one thing to ask: sync, search, tactics."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from knowledge.database import discard, is_broken
from knowledge.documents import Audience, DocumentInfo, Passage, SearchResult, SyncReport, Tactic
from knowledge.drafts import Draft, Vocabulary, propose
from knowledge.embedding.choice import choose_embedder
from knowledge.embedding.seam import Embedder
from knowledge.errors import DocumentError, IndexBusyError, KnowledgeError, StoreError
from knowledge.index.exact import ExactIndex
from knowledge.index.filling import fill
from knowledge.index.gradual import LARGE, GradualIndex
from knowledge.index.seam import DenseIndex
from knowledge.meaning import Meaning
from knowledge.ranking import Ranking, whole_passage
from knowledge.snapshot import Snapshot
from knowledge.store import Store
from knowledge.syncing import MODEL, Sync

logger = logging.getLogger(__name__)
LOCK_FILE = "writer.lock"


class Library:
    """Safe to use from several threads. One process at a time may write; any number may read beside it."""

    def __init__(
        self,
        index: Path,
        folders: tuple[Path, ...],
        embedder: Embedder,
        lock: FileLock,
        store: Store,
        may_be_absent: frozenset[Path],
    ) -> None:
        """Use `Library.open`."""
        self._index = index
        self._folders = folders
        self._may_be_absent = may_be_absent
        self._embedder = embedder
        self._meaning = Meaning(embedder)
        self._lock = lock
        self._store = store
        self._dense: DenseIndex | None = None
        self._guard = threading.RLock()  # of the dense index and the snapshot
        self._syncing = threading.Lock()
        self._is_owner = lock.is_locked
        self._seen_changes = store.foreign_changes()
        self._snapshot = Snapshot(store)

    @classmethod
    def open(
        cls,
        index: Path,
        folders: Sequence[Path],
        *,
        embedding: str = "builtin",
        serving: bool = True,
        may_be_absent: Collection[Path] = (),
    ) -> Library:
        """Opens or creates the index; nothing is read from `folders` before `sync`.

        A folder that is not there is a failure of each sync, unless it is one of `may_be_absent`.
        `serving` says that this process answers for long: it takes the writer's lock, when it is free, and keeps
        Chroma open. A process that answers one question passes False: it takes the lock only while a sync has
        something to write, and scans the stored vectors instead of loading Chroma, which takes seconds.
        Raises StoreError, and KnowledgeError for an embedding setting that names no model.
        """
        embedder = choose_embedder(embedding)
        index.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index / LOCK_FILE, thread_local=False)
        if serving:
            _try_lock(lock)
        try:
            return cls(index, tuple(folders), embedder, lock, _open_store(index, lock), frozenset(may_be_absent))
        except KnowledgeError:
            lock.release()
            raise

    @property
    def is_owner(self) -> bool:
        """True when this process holds the index for writing."""
        return self._is_owner

    @property
    def is_settled(self) -> bool:
        """False while a large index is still being opened behind the answers."""
        with self._guard:
            return not isinstance(self._dense, GradualIndex) or self._dense.is_ready

    def warm(self) -> None:
        """Loads model, dictionary and Chroma now, so that the first question does not wait for them."""
        self.search("warm up 预热", limit=1)

    def sync(self, progress: Callable[[int, int, str], None] | None = None) -> SyncReport:
        """Makes the index equal to the folders; (done, total, file name) is reported as it goes.

        Raises IndexBusyError when there is something to write and another process holds the index.
        """
        started = time.monotonic()
        with self._syncing:
            run = Sync(self._store, self._wanted_folders(), self._embedder)
            if run.has_work():
                self._write(run, progress)
            elif self._is_owner:
                run.settle()
            self._refresh()
            snapshot = self._snapshot
            return SyncReport(
                added=tuple(sorted(run.added)),
                changed=tuple(sorted(run.changed)),
                removed=run.removed,
                unchanged=run.unchanged,
                failed=run.failures,
                chunks=snapshot.chunk_count,
                tactics=len(snapshot.tactics(None, "manager")),
                seconds=time.monotonic() - started,
            )

    def search(
        self, query: str, *, limit: int = 5, categories: Sequence[str] = (), audience: Audience = "everyone"
    ) -> SearchResult:
        """The best passages that this audience may read, with a verdict on whether they answer."""
        self._refresh()
        corpus = self._snapshot.corpus(audience)
        ranking = Ranking(corpus, self._store, self._embedder, self._meaning, self._dense_index())
        return ranking.search(query, limit, corpus.documents_of(categories))

    def passage(self, id: str, *, audience: Audience = "everyone") -> Passage | None:
        """The whole passage with that id; None when it is gone or not for that audience."""
        self._refresh()
        corpus = self._snapshot.corpus(audience)
        item = corpus.chunks.get(id)
        return None if item is None else whole_passage(item, corpus.documents[item.chunk.document_id])

    def holding(self, file: str, sentence: str, *, audience: Audience = "everyone") -> Passage | None:
        """The whole passage of that file in which the sentence stands, None when none does or not for that audience."""
        self._refresh()
        corpus = self._snapshot.corpus(audience)
        item = next((item for item in corpus.files.get(file, ()) if sentence in item.chunk.text), None)
        return None if item is None else whole_passage(item, corpus.documents[item.chunk.document_id])

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """The cards of live documents; those without categories fit any category."""
        self._refresh()
        return self._snapshot.tactics(category, audience)

    def drafts(self, vocabulary: Vocabulary, *, audience: Audience = "everyone") -> tuple[Draft, ...]:
        """Cards that free text suggests, for a person to accept; none of them is among `tactics`."""
        self._refresh()
        corpus = self._snapshot.corpus(audience)
        held = sorted(corpus.chunks.values(), key=lambda item: (item.chunk.document_id, item.chunk.start))
        passages = ((corpus.documents[item.chunk.document_id], item.chunk) for item in held)
        return propose(passages, vocabulary, self._snapshot.tactics(None, audience))

    def documents(self) -> tuple[DocumentInfo, ...]:
        """Every indexed document, also those that another one replaces."""
        self._refresh()
        return self._snapshot.infos()

    def mistakes(self) -> tuple[DocumentError, ...]:
        """Tactic sections that could not be read, with file and line."""
        self._refresh()
        return self._snapshot.mistakes

    def likeness(self, first: str, second: str) -> float | None:
        """Cosine of two questions' meanings, −1…1; None for a model that only compares wording."""
        if self._embedder.word_likeness is None:
            return None
        one, other = (self._embedder.embed_query(text) for text in (first, second))
        return float(one @ other)

    def close(self) -> None:
        """Gives the index back; the library cannot be used afterwards."""
        with self._guard:
            if self._dense is not None:
                self._dense.close()
                self._dense = None
            self._store.close()
            self._lock.release()

    def _wanted_folders(self) -> tuple[Path, ...]:
        """Looked at anew by every sync, so that a folder counts as soon as somebody makes it."""
        return tuple(folder for folder in self._folders if folder not in self._may_be_absent or folder.exists())

    def _write(self, run: Sync, progress: Callable[[int, int, str], None] | None) -> None:
        if not self._is_owner and not _try_lock(self._lock):
            raise IndexBusyError("another process keeps the index up to date; search works, syncing is its part.")
        try:
            run.run(progress)
            self._renew()
        finally:
            if not self._is_owner:
                self._lock.release()

    def _refresh(self) -> None:
        """Sees what another process has written since."""
        changes = self._store.foreign_changes()
        if changes != self._seen_changes:
            self._seen_changes = changes
            self._renew()

    def _renew(self) -> None:
        snapshot = Snapshot(self._store)
        with self._guard:
            self._snapshot = snapshot
            dense = self._dense
        if dense is not None:
            dense.catch_up()  # outside the guard: questions are answered meanwhile

    def _dense_index(self) -> DenseIndex | None:
        """Opened by the first question; None while the store holds the vectors of another model."""
        with self._guard:
            if self._store.meta(MODEL) != self._embedder.model_id:
                return None
            if self._dense is None:
                self._dense = self._open_dense()
            return self._dense

    def _open_dense(self) -> DenseIndex:
        if not self._is_owner:
            return ExactIndex(self._store, self._embedder.model_id)
        if self._store.vectors.sentence_count() <= LARGE:
            return self._open_chroma()
        return GradualIndex(ExactIndex(self._store, self._embedder.model_id), self._fill_and_open)

    def _fill_and_open(self, is_stopped: Callable[[], bool]) -> DenseIndex:
        fill(self._index, self._embedder.model_id, is_stopped)
        return self._open_chroma()

    def _open_chroma(self) -> DenseIndex:
        # late: chromadb and langchain take seconds to import and are not needed by a reader
        from knowledge.index.chroma import ChromaIndex

        return ChromaIndex(self._index, self._store, self._embedder.model_id)


def _open_store(index: Path, lock: FileLock) -> Store:
    """The store; a damaged one is made anew by who may write, since the documents hold everything."""
    try:
        return Store(index)
    except StoreError as error:
        if not is_broken(error) or not (lock.is_locked or _try_lock(lock)):
            raise
        logger.warning("the document store is damaged and is made anew from the documents: %s", error.__cause__)
    discard(index)
    return Store(index)


def _try_lock(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True
