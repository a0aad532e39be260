"""The vectors of all sentences, kept by model and by the hash of the sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.database import Database
from knowledge.embedding.seam import Vectors
from knowledge.records import StoredSentence

VARIABLES = 500  # old builds of SQLite take at most 999
# CROSS JOIN fixes the order: from the sentences to their vectors, never through all vectors
WITH_VECTOR = " FROM sentences s CROSS JOIN vectors v ON v.model = ? AND v.mark = s.mark"


class SentenceVectors:
    """Vectors of two models never meet: every question names its model."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lacking(self, model: str) -> list[str]:
        """The marks of indexed sentences for which this model has not made a vector yet."""
        statement = "SELECT DISTINCT mark FROM sentences EXCEPT SELECT mark FROM vectors WHERE model = ?"
        return [row[0] for row in self._database.rows(statement, (model,))]

    def unknown(self, model: str, marks: Sequence[str]) -> list[str]:
        """Those of `marks` for which this model has not made a vector yet."""
        held: set[str] = set()
        for start in range(0, len(marks), VARIABLES):
            part = marks[start : start + VARIABLES]
            statement = f"SELECT mark FROM vectors WHERE model = ? AND mark IN ({_holes(part)})"  # noqa: S608  # only ?
            held.update(row[0] for row in self._database.rows(statement, (model, *part)))
        return [mark for mark in dict.fromkeys(marks) if mark not in held]

    def texts(self, marks: Sequence[str]) -> list[str]:
        """The sentence of each mark, in the same order."""
        texts: dict[str, str] = {}
        for start in range(0, len(marks), VARIABLES):
            part = marks[start : start + VARIABLES]
            statement = f"SELECT mark, text FROM sentences WHERE mark IN ({_holes(part)})"  # noqa: S608  # only ?
            texts.update((row[0], row[1]) for row in self._database.rows(statement, part))
        return [texts[mark] for mark in marks]

    def save(self, model: str, marks: Sequence[str], vectors: Vectors) -> None:
        """Keeps one row of `vectors` for each mark."""
        rows = [(model, mark, row.astype("<f4").tobytes()) for mark, row in zip(marks, vectors, strict=True)]
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def sentences(self, model: str, chunk_ids: Sequence[str] | None = None) -> Iterator[StoredSentence]:
        """The sentences (of all chunks when None) that have a vector of this model."""
        import numpy as np  # late: 0.15 s that a figure need not pay

        document = "(SELECT document_id FROM chunks WHERE id = s.chunk_id)"
        statement = f"SELECT s.chunk_id, {document}, s.mark, s.text, v.vector{WITH_VECTOR}"  # constants
        if chunk_ids is None:
            found = self._database.rows(statement, (model,))
        else:
            found = self._database.rows(f"{statement} WHERE s.chunk_id IN ({_holes(chunk_ids)})", (model, *chunk_ids))
        for chunk_id, document_id, mark, text, vector in found:
            yield StoredSentence(chunk_id, document_id, mark, text, np.frombuffer(vector, dtype="<f4"))

    def sentence_count(self) -> int:
        """How many sentences are indexed."""
        return int(self._database.rows("SELECT count(*) FROM sentences")[0][0])

    def keys(self, model: str) -> set[tuple[str, str]]:
        """(chunk id, mark) of every sentence that has a vector of this model."""
        rows = self._database.rows("SELECT s.chunk_id, s.mark" + WITH_VECTOR, (model,))
        return {(row[0], row[1]) for row in rows}

    def drop_unused(self, model: str) -> None:
        """Forgets vectors of other models and of sentences that stand nowhere any more."""
        with self._database.transaction() as connection:
            statement = "DELETE FROM vectors WHERE model != ? OR mark NOT IN (SELECT mark FROM sentences)"
            connection.execute(statement, (model,))


def _holes(values: Sequence[str]) -> str:
    return ",".join("?" * len(values))
