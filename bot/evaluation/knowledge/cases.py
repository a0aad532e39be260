"""One question for the documents with where its answer stands, or that there is none; read from a row and checked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from bot.assistant.types import Role
from bot.evaluation.rows import CaseReader
from metrics.located import Node, nearest

LANGUAGES = ("zh", "zh-Hant", "en")
WHERE = ("documents", "sections", "figures")
KEYS = ("id", "q", "question", "language", "as", "answerable", *WHERE)


@dataclass(frozen=True)
class Case:
    """A question as asked, and what a right answer holds."""

    line: int  # of the file, 1-based
    id: str  # "" when the file gives none
    question: str
    language: str  # one of LANGUAGES; only the report is divided by it
    role: Role | None  # None: the one that the command was given
    answerable: bool  # False: the documents do not hold it
    documents: tuple[str, ...]  # titles or files, any of which is right
    sections: tuple[str, ...]  # any of which stands in the heading path that is right; () means any section
    figures: tuple[str, ...]  # all of them stand in a right answer


def read_cases(path: Path, documents: Collection[str]) -> tuple[Case, ...]:
    """Every case of the file; `documents` are the titles and files that are known.

    Raises DefinitionError with every mistake, each with its line.
    """
    return _Reading(documents).cases(path)


class _Reading(CaseReader[Case]):
    """Takes cases out of rows; an expectation that nothing could meet is a mistake of the file."""

    def __init__(self, documents: Collection[str]) -> None:
        super().__init__()
        self._documents = sorted(documents)
        self._lines: dict[str, int] = {}  # id → line

    def case(self, row: Node) -> Case:
        self.known_keys(row, KEYS)
        answerable = self.choice(row, "answerable", ("true", "false"), "true") == "true"
        self._place(row, answerable)
        return Case(
            line=row.line,
            id=self._id(row),
            question=self.question(row),
            language=self.choice(row, "language", LANGUAGES, "zh"),
            role=self.role(row),
            answerable=answerable,
            documents=self.texts(row, "documents"),
            sections=self.texts(row, "sections"),
            figures=self.texts(row, "figures"),
        )

    def _id(self, row: Node) -> str:
        id = self.text(row, "id", "")
        if id and id in self._lines:
            self.wrong(row, f"the id {id!r} is used on line {self._lines[id]} as well; rename one")
        self._lines.setdefault(id, row.line)
        return id

    def _place(self, row: Node, answerable: bool) -> None:
        """What is expected must be possible: a known document, or none at all."""
        if not answerable:
            for name in WHERE:
                if self.texts(row, name):
                    self.wrong(row.get(name) or row, f"{name} of a question that is not answerable; leave it out")
            return
        if row.get("documents") is None or not self.texts(row, "documents"):
            self.wrong(row, "documents is missing: name one that answers, or write answerable: false")
        for name in self.texts(row, "documents"):
            if name not in self._documents:
                near = nearest(name, self._documents)
                self.wrong(row.get("documents") or row, f"{name!r} is no indexed document; {near}")
