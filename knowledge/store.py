"""The truth about what is indexed: one SQLite file, from which every other index can be made again."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import schema
from knowledge.documents import Chunk, Document, Tactic
from knowledge.embedding.seam import Vectors
from knowledge.errors import DocumentError, StoreError
from knowledge.loading.scanning import Stamp
from knowledge.records import DocumentRecord, FileRecord, StoredChunk, StoredDocument, StoredSentence

FILE_NAME = "knowledge.sqlite"
SEPARATOR = "\x1f"
BUSY_MILLISECONDS = 10_000
UNREAD = Stamp(-1, 0, 0)  # a file that must be read again
VARIABLES = 500  # SQLite's bound on variables is 999 in old builds


class Store:
    """Safe to use from several threads; a write is one transaction, so a kill leaves the state before or after it."""

    def __init__(self, folder: Path) -> None:
        """Opens or creates the store in `folder`. Raises StoreError."""
        self._lock = threading.RLock()
        path = folder / FILE_NAME
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"the document store {FILE_NAME} cannot be opened ({error}); check the permissions of the index "
                "folder, or delete it: it is made again from the documents."
            ) from error

    def _prepare(self) -> None:
        run = self._connection.execute
        run(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        run("PRAGMA foreign_keys=ON")
        version = run("PRAGMA user_version").fetchone()[0]
        run("SELECT count(*) FROM sqlite_master").fetchone()
        if version == schema.VERSION:
            return
        with self._transaction():
            for name in schema.NAMES:
                run(f"DROP TABLE IF EXISTS {name}")
            for statement in schema.TABLES.split(";\n"):
                run(statement)
            run(f"PRAGMA user_version={schema.VERSION}")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view over several reads, whatever another process writes meanwhile."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def _rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def foreign_changes(self) -> int:
        """Another number whenever another process has written."""
        return int(self._rows("PRAGMA data_version")[0][0])

    # --- small values

    def meta(self, key: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- files and their documents

    def files(self) -> dict[tuple[str, str], FileRecord]:
        rows = self._rows(
            "SELECT folder, file, size, modified_ns, changed_ns, seen_ns, document_id, failure FROM files"
        )
        return {(row[0], row[1]): FileRecord(row[0], row[1], Stamp(*row[2:5]), *row[5:]) for row in rows}

    def swap(self, file: FileRecord, record: DocumentRecord | None) -> None:
        """Puts what was made of a file in the place of what it was before; one transaction."""
        with self._transaction() as connection:
            self._forget(connection, file.folder, file.file)
            held = connection.execute("SELECT 1 FROM documents WHERE id = ?", (file.document_id,)).fetchone()
            if record is not None and not held:
                _insert(connection, record)
            connection.execute(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (file.folder, file.file, *asdict(file.stamp).values(), file.seen_ns, file.document_id, file.failure),
            )

    def restamp(self, file: FileRecord) -> None:
        """The file was looked at again and is the same."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE files SET size = ?, modified_ns = ?, changed_ns = ?, seen_ns = ? WHERE folder = ? AND file = ?",
                (*asdict(file.stamp).values(), file.seen_ns, file.folder, file.file),
            )

    def forget(self, files: Sequence[tuple[str, str]]) -> None:
        """Drops files that are gone, with the documents that no other file holds."""
        with self._transaction() as connection:
            for folder, file in files:
                self._forget(connection, folder, file)

    def _forget(self, connection: sqlite3.Connection, folder: str, file: str) -> None:
        key = (folder, file)
        held = connection.execute("SELECT document_id FROM files WHERE folder = ? AND file = ?", key).fetchone()
        if held is None:
            return
        connection.execute("DELETE FROM files WHERE folder = ? AND file = ?", key)
        # a copy of the same bytes under another name is read again, under its own name
        connection.execute(
            "UPDATE files SET document_id = NULL, size = ? WHERE document_id = ?", (UNREAD.size, held[0])
        )
        connection.execute("DELETE FROM documents WHERE id = ?", held)

    # --- what is indexed

    def documents(self) -> list[StoredDocument]:
        rows = self._rows(
            "SELECT id, file, title, date, categories, audience, supersedes,"
            " (SELECT count(*) FROM chunks WHERE document_id = documents.id),"
            " (SELECT count(*) FROM tactics WHERE document_id = documents.id) FROM documents ORDER BY file, id"
        )
        return [
            StoredDocument(
                id=row[0],
                file=row[1],
                title=row[2],
                date=date.fromisoformat(row[3]) if row[3] else None,
                categories=tuple(json.loads(row[4])),
                audience=row[5],
                supersedes=tuple(json.loads(row[6])),
                chunks=row[7],
                tactics=row[8],
            )
            for row in rows
        ]

    def chunks(self) -> list[StoredChunk]:
        rows = self._rows(
            "SELECT id, document_id, path, text, start, stop, context, terms FROM chunks ORDER BY document_id, number"
        )
        return [
            StoredChunk(
                Chunk(row[0], row[1], tuple(json.loads(row[2])), row[3], row[4], row[5]),
                row[6],
                tuple(row[7].split(SEPARATOR)) if row[7] else (),
            )
            for row in rows
        ]

    def tactics(self) -> list[Tactic]:
        rows = self._rows("SELECT card FROM tactics ORDER BY document_id, number")
        return [_tactic(json.loads(row[0])) for row in rows]

    def mistakes(self) -> list[DocumentError]:
        rows = self._rows(
            "SELECT problem, file, line FROM mistakes JOIN documents ON id = document_id ORDER BY file, line, number"
        )
        return [DocumentError(problem, file=file, line=line) for problem, file, line in rows]

    # --- vectors

    def marks_without_vector(self, model: str, marks: Sequence[str] | None = None) -> list[str]:
        """The marks (of all sentences when None) for which this model has not made a vector yet."""
        if marks is None:
            rows = self._rows(
                "SELECT DISTINCT mark FROM sentences EXCEPT SELECT mark FROM vectors WHERE model = ?", (model,)
            )
            return [row[0] for row in rows]
        held: set[str] = set()
        for start in range(0, len(marks), VARIABLES):
            part = marks[start : start + VARIABLES]
            statement = f"SELECT mark FROM vectors WHERE model = ? AND mark IN ({_holes(part)})"  # noqa: S608  # only ?
            held.update(row[0] for row in self._rows(statement, (model, *part)))
        return [mark for mark in dict.fromkeys(marks) if mark not in held]

    def sentence_texts(self, marks: Sequence[str]) -> list[str]:
        """The sentence of each mark, in the same order."""
        texts: dict[str, str] = {}
        for start in range(0, len(marks), VARIABLES):
            part = marks[start : start + VARIABLES]
            texts.update(self._rows(f"SELECT mark, text FROM sentences WHERE mark IN ({_holes(part)})", part))  # noqa: S608  # only ?
        return [texts[mark] for mark in marks]

    def save_vectors(self, model: str, marks: Sequence[str], vectors: Vectors) -> None:
        rows = [(model, mark, row.astype("<f4").tobytes()) for mark, row in zip(marks, vectors, strict=True)]
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def sentences(self, model: str, chunk_ids: Sequence[str] | None = None) -> Iterator[StoredSentence]:
        """The sentences (of all chunks when None) that have a vector of this model."""
        statement = (
            "SELECT s.chunk_id, c.document_id, s.mark, s.text, v.vector FROM sentences s"
            " JOIN chunks c ON c.id = s.chunk_id JOIN vectors v ON v.model = ? AND v.mark = s.mark"
        )
        if chunk_ids is None:
            found = self._rows(statement, (model,))
        else:
            found = self._rows(f"{statement} WHERE s.chunk_id IN ({_holes(chunk_ids)})", (model, *chunk_ids))
        for row in found:
            yield StoredSentence(row[0], row[1], row[2], row[3], np.frombuffer(row[4], dtype="<f4"))

    def sentence_keys(self, model: str) -> set[tuple[str, str]]:
        """(chunk id, mark) of every sentence that has a vector of this model."""
        statement = "SELECT chunk_id, s.mark FROM sentences s JOIN vectors v ON v.model = ? AND v.mark = s.mark"
        return {(row[0], row[1]) for row in self._rows(statement, (model,))}

    def drop_unused_vectors(self, model: str) -> None:
        """Forgets vectors of other models and of sentences that stand nowhere any more."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM vectors WHERE model != ? OR mark NOT IN (SELECT mark FROM sentences)", (model,)
            )


def _insert(connection: sqlite3.Connection, record: DocumentRecord) -> None:
    _insert_document(connection, record.document)
    for number, item in enumerate(record.chunks):
        chunk = item.chunk
        connection.execute(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (chunk.id, chunk.document_id, number, json.dumps(chunk.path), chunk.text, chunk.start, chunk.end,
             item.context, SEPARATOR.join(item.terms)),
        )  # fmt: skip
        rows = [(sentence.chunk_id, sentence.mark, sentence.text) for sentence in item.sentences]
        connection.executemany("INSERT INTO sentences VALUES (?, ?, ?)", rows)
    identity = record.document.id
    cards = [(identity, number, json.dumps(asdict(card), default=str)) for number, card in enumerate(record.tactics)]
    connection.executemany("INSERT INTO tactics VALUES (?, ?, ?)", cards)
    mistakes = [(identity, number, item.line, item.problem) for number, item in enumerate(record.mistakes)]
    connection.executemany("INSERT INTO mistakes VALUES (?, ?, ?, ?)", mistakes)


def _insert_document(connection: sqlite3.Connection, document: Document) -> None:
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (document.id, document.file, document.title, document.date.isoformat() if document.date else None,
         json.dumps(document.categories), document.audience, json.dumps(document.supersedes), document.text),
    )  # fmt: skip


def _tactic(values: dict[str, Any]) -> Tactic:
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    day = date.fromisoformat(values["date"]) if values["date"] else None
    return Tactic(**{**values, **lists, "date": day})


def _holes(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
