"""What can go wrong with a number, split by whose move it is.

MetricsError
├── QueryError        the asker's move: an unknown name, a cut that the data cannot make
├── DefinitionError   the team's move: a mistake in a catalogue, calendar or source file
└── SourceError       nobody's move: a file or database that cannot be read right now
"""

from __future__ import annotations

from dataclasses import dataclass


class MetricsError(Exception):
    """Base of every error that the metrics room raises on purpose."""


class QueryError(MetricsError):
    """A question that the model cannot answer as asked; says which part and what would work."""

    def __init__(self, message: str, *, code: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code  # stable id of the reason, e.g. "dimension_missing"; wording lives in prompts/
        self.suggestions = suggestions  # nearest names or cuts that would work


@dataclass(frozen=True)
class Mistake:
    """One mistake in a definition file."""

    file: str  # file name without its folder
    line: int  # 1-based; 0 when the file as a whole is meant
    key: str  # dotted path, e.g. "metrics.aov.formula"
    problem: str  # what is wrong, with the value, and what to do

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.key}: {self.problem}" if self.key else f"{place}: {self.problem}"


class DefinitionError(MetricsError):
    """Every mistake found in the definition files, listed at once."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


class SourceError(MetricsError):
    """A table that cannot be read; the message names the table, the file and the next move."""

    def __init__(self, message: str, *, table: str, is_connected: bool = True) -> None:
        super().__init__(message)
        self.table = table
        self.is_connected = is_connected  # False: there is nothing to read, rather than something unreadable


@dataclass(frozen=True)
class Problem:
    """Why a table cannot be used now."""

    reason: str  # one English sentence with the file and the next move
    is_connected: bool  # whether there are files at all: "cannot be read" is not "was never connected"
