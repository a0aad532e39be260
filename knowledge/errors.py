"""What can go wrong with documents, split by whose move it is.

KnowledgeError
├── DocumentError   the team's move: a file that cannot be read, a tactic section with a mistake
├── IndexBusyError  nobody's move: another process owns the index for writing
└── StoreError      the engineer's move: the store or the index on disk cannot be opened
"""

from __future__ import annotations


class KnowledgeError(Exception):
    """Base of every error that the knowledge room raises on purpose."""


class DocumentError(KnowledgeError):
    """A document that cannot be used as it is; names the file and, where known, the line."""

    def __init__(self, problem: str, *, file: str, line: int = 0) -> None:
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {problem}")
        self.file = file  # name relative to its folder, never an absolute path
        self.line = line  # 1-based; 0 when the file as a whole is meant
        self.problem = problem


class IndexBusyError(KnowledgeError):
    """Another process holds the index for writing; reading still works."""


class StoreError(KnowledgeError):
    """The store on disk cannot be opened; the message says what to do."""
