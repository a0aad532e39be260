"""Brings the store up to date with the folders: drop what is gone, read what is new, embed what is unknown."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.documents import Failure
from knowledge.embedding.seam import Embedder
from knowledge.errors import DocumentError
from knowledge.loading.registry import digest, is_supported, load
from knowledge.loading.scanning import FoundFile, scan
from knowledge.preparing import preparation_mark, prepare
from knowledge.records import DocumentRecord, FileRecord
from knowledge.store import Store

Progress = Callable[[int, int, str], None]
PREPARATION, MODEL = "preparation", "model"
CLOCK_GRAIN_NS = 2_000_000_000  # the coarsest file system in use counts in two seconds
EMBED_BATCH = 256
LAST_PASS = 3


class Sync:
    """One run; ask `changes` first, it needs no right to write."""

    def __init__(self, store: Store, folders: tuple[Path, ...], embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._scan = scan(folders)
        self._before = store.files()
        self._is_stale = store.meta(PREPARATION) != preparation_mark()
        self._now_ns = time.time_ns()  # before anything is read, so that a write during the run counts as fresh
        self._same: list[FileRecord] = []
        self._pending = self._look()
        self.added: list[str] = []
        self.changed: list[str] = []

    @property
    def gone(self) -> list[tuple[str, str]]:
        present = {(found.folder, found.file) for found in self._scan.files}
        return [key for key in self._before if key not in present]

    @property
    def removed(self) -> tuple[str, ...]:
        """Files whose document is no longer there: deleted, or no longer readable."""
        after = self._store.files()
        had = {key for key, record in self._before.items() if record.document_id}
        return tuple(sorted(file for folder, file in had if not _holds(after.get((folder, file)))))

    @property
    def failures(self) -> tuple[Failure, ...]:
        stored = [Failure(record.file, record.failure) for record in self._store.files().values() if record.failure]
        return (*self._scan.failures, *sorted(stored, key=lambda failure: failure.file))

    @property
    def unchanged(self) -> int:
        return sum(_holds(record) for record in self._store.files().values()) - len(self.added) - len(self.changed)

    def has_work(self) -> bool:
        """True when the folders, the embedding or the way of reading differ from what the store holds."""
        return bool(
            self.gone
            or self._pending
            or self._is_stale
            or self._store.meta(MODEL) != self._embedder.model_id
            or self._store.vectors.lacking(self._embedder.model_id)
        )

    def run(self, progress: Progress | None) -> None:
        """Every step is one transaction; a kill between two leaves a store that the next run completes."""
        self._store.forget(self.gone)
        pending = self._pending
        for _ in range(LAST_PASS):
            for number, found in enumerate(pending, 1):
                self._read(found)
                if progress:
                    progress(number, len(pending), found.file)
            pending = self._copies()
        self._store.set_meta(PREPARATION, preparation_mark())
        self._embed_rest(progress)
        self._store.set_meta(MODEL, self._embedder.model_id)
        self._store.vectors.drop_unused(self._embedder.model_id)

    def settle(self) -> None:
        """Notes which files were looked into and found the same, so that the next sync need not look again."""
        for record in self._same:
            self._store.restamp(record)

    def _look(self) -> list[FoundFile]:
        """The files to read; those whose stamp is in doubt are compared by their bytes."""
        pending = []
        for found in self._scan.files:
            record = self._before.get((found.folder, found.file))
            if record is None or self._is_stale:
                pending.append(found)
            elif record.stamp != found.stamp or _is_fresh(record):
                if _digest(found) == record.digest:
                    self._same.append(replace(record, stamp=found.stamp, seen_ns=self._now_ns))
                else:
                    pending.append(found)
        return pending

    def _copies(self) -> list[FoundFile]:
        """Files whose document went with another file of the same bytes; they are read under their own name."""
        unread = {key for key, record in self._store.files().items() if not record.document_id and not record.failure}
        return [found for found in self._scan.files if (found.folder, found.file) in unread]

    def _read(self, found: FoundFile) -> None:
        key = (found.folder, found.file)
        seen = FileRecord(*key, found.stamp, self._now_ns, "", None, None)
        try:
            data = _bytes(found)
            seen = replace(seen, digest=digest(data))
            record = prepare(load(data, found.file))
        except DocumentError as error:
            self._store.swap(replace(seen, failure=_reason(error)), None)
            return
        self._embed(record)
        self._store.swap(replace(seen, document_id=record.document.id), record)
        self._count(key, record.document.id)

    def _count(self, key: tuple[str, str], document_id: str) -> None:
        before = self._before.get(key)
        had = before.document_id if before else None
        if had is None:
            self.added.append(key[1])
        elif had != document_id:
            self.changed.append(key[1])

    def _embed(self, record: DocumentRecord) -> None:
        texts = {sentence.mark: sentence.text for item in record.chunks for sentence in item.sentences}
        marks = self._store.vectors.unknown(self._embedder.model_id, list(texts))
        self._save(marks, [texts[mark] for mark in marks])

    def _embed_rest(self, progress: Progress | None) -> None:
        """After a change of the model: every sentence that only the old one knows."""
        marks = self._store.vectors.lacking(self._embedder.model_id)
        for start in range(0, len(marks), EMBED_BATCH):
            part = marks[start : start + EMBED_BATCH]
            self._save(part, self._store.vectors.texts(part))
            if progress:
                progress(min(start + EMBED_BATCH, len(marks)), len(marks), self._embedder.model_id)

    def _save(self, marks: Sequence[str], texts: Sequence[str]) -> None:
        for start in range(0, len(marks), EMBED_BATCH):
            part = slice(start, start + EMBED_BATCH)
            self._store.vectors.save(self._embedder.model_id, marks[part], self._embedder.embed_documents(texts[part]))


def _holds(record: FileRecord | None) -> bool:
    return record is not None and record.document_id is not None


def _is_fresh(record: FileRecord) -> bool:
    """True when the file was written so shortly before it was read that it may have been written again unseen."""
    return record.seen_ns - max(record.stamp.modified_ns, record.stamp.changed_ns) < CLOCK_GRAIN_NS


def _bytes(found: FoundFile) -> bytes:
    """The content; nothing of a kind that has no reader."""
    if not is_supported(found.file):
        return b""
    try:
        return found.path.read_bytes()
    except OSError as error:
        problem = f"cannot be read ({error.strerror}); check its permissions."
        raise DocumentError(problem, file=found.file) from None


def _digest(found: FoundFile) -> str:
    try:
        return digest(_bytes(found))
    except DocumentError:
        return ""


def _reason(error: DocumentError) -> str:
    return f"line {error.line}: {error.problem}" if error.line else error.problem
