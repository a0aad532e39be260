"""The truth about what is indexed, from which every other index can be made again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.database import Database
from knowledge.documents import Chunk, Document, Place, Tactic
from knowledge.errors import DocumentError
from knowledge.loading.scanning import Stamp
from knowledge.records import DocumentRecord, FileRecord, StoredChunk, StoredDocument
from knowledge.vectors import SentenceVectors

SEPARATOR = "\x1f"
UNREAD_SIZE = -1  # no file has it, so the file is read again


class Store:
    """Safe to use from several threads and beside readers in other processes."""

    def __init__(self, folder: Path) -> None:
        """Opens or creates the store in `folder`. Raises StoreError."""
        self._database = Database(folder)
        self.vectors = SentenceVectors(self._database)

    def close(self) -> None:
        """Gives the files back."""
        self._database.close()

    def reading(self) -> AbstractContextManager[None]:
        """One consistent view over several reads."""
        return self._database.reading()

    def foreign_changes(self) -> int:
        """Another number whenever another process has written."""
        return self._database.foreign_changes()

    # --- small values

    def meta(self, key: str) -> str | None:
        rows = self._database.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- files and their documents

    def files(self) -> dict[tuple[str, str], FileRecord]:
        rows = self._database.rows(
            "SELECT folder, file, size, modified_ns, changed_ns, seen_ns, digest, document_id, failure FROM files"
        )
        return {(row[0], row[1]): FileRecord(row[0], row[1], Stamp(*row[2:5]), *row[5:]) for row in rows}

    def swap(self, file: FileRecord, record: DocumentRecord | None) -> None:
        """Puts what was made of a file in the place of what it was before; one transaction."""
        with self._database.transaction() as connection:
            self._forget(connection, file.folder, file.file)
            held = connection.execute("SELECT 1 FROM documents WHERE id = ?", (file.document_id,)).fetchone()
            if record is not None and not held:
                _insert(connection, record)
            stamp = (*asdict(file.stamp).values(), file.seen_ns)
            row = (file.folder, file.file, *stamp, file.digest, file.document_id, file.failure)
            connection.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def restamp(self, file: FileRecord) -> None:
        """The file was looked at again and is the same."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE files SET size = ?, modified_ns = ?, changed_ns = ?, seen_ns = ? WHERE folder = ? AND file = ?",
                (*asdict(file.stamp).values(), file.seen_ns, file.folder, file.file),
            )

    def forget(self, files: Sequence[tuple[str, str]]) -> None:
        """Drops files that are gone, with the documents that no other file holds."""
        with self._database.transaction() as connection:
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
            "UPDATE files SET document_id = NULL, size = ? WHERE document_id = ?", (UNREAD_SIZE, held[0])
        )
        connection.execute("DELETE FROM documents WHERE id = ?", held)

    # --- what is indexed

    def documents(self) -> list[StoredDocument]:
        rows = self._database.rows(
            "SELECT id, file, title, date, categories, audience, supersedes,"
            " (SELECT count(*) FROM chunks WHERE document_id = documents.id),"
            " (SELECT count(*) FROM tactics WHERE document_id = documents.id), places, owner"
            " FROM documents ORDER BY file, id"
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
                places=tuple(Place(start, name) for start, name in json.loads(row[9])),
                owner=row[10],
            )
            for row in rows
        ]

    def chunks(self) -> list[StoredChunk]:
        rows = self._database.rows(
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
        rows = self._database.rows("SELECT card FROM tactics ORDER BY document_id, number")
        return [_tactic(json.loads(row[0])) for row in rows]

    def mistakes(self) -> list[DocumentError]:
        rows = self._database.rows(
            "SELECT problem, file, line FROM mistakes JOIN documents ON id = document_id ORDER BY file, line, number"
        )
        return [DocumentError(problem, file=file, line=line) for problem, file, line in rows]


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
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (document.id, document.file, document.title, document.date.isoformat() if document.date else None,
         json.dumps(document.categories), document.audience, json.dumps(document.supersedes), document.text,
         json.dumps([(place.start, place.name) for place in document.places]), document.owner),
    )  # fmt: skip


def _tactic(values: dict[str, Any]) -> Tactic:
    lists = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    day = date.fromisoformat(values["date"]) if values["date"] else None
    return Tactic(**{**values, **lists, "date": day})
