"""Which files of a folder count: those that nobody is writing any more."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from metrics.sources.pages import PARQUET, PARQUET_MARK, TEXT_SUFFIXES, WORKBOOK_SUFFIXES

SETTLED_SECONDS = 2.0  # a file that was last written this long ago is taken as finished
SECOND_LOOK_SECONDS = 0.15  # between the two looks that a younger file needs when a shop is opened
SUFFIXES = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, PARQUET)


@dataclass(frozen=True, order=True)
class FileState:
    """A file as it was when it was looked at; another size or time makes it another file."""

    path: Path
    size: int
    modified_ns: int

    @property
    def name(self) -> str:
        return self.path.name


def scan(root: Path, patterns: Iterable[str]) -> tuple[FileState, ...]:
    """The files that match, in order of their paths; hidden and temporary ones are left out."""
    found: dict[Path, FileState] = {}
    for pattern in patterns:
        for path in _matches(root, pattern):
            if path.name.startswith((".", "~")) or not path.name.lower().endswith(SUFFIXES):
                continue
            try:
                stat = path.stat()
            except FileNotFoundError:  # renamed or removed since the folder was listed
                continue
            found[path] = FileState(path, stat.st_size, stat.st_mtime_ns)
    return tuple(sorted(found.values()))


def _matches(root: Path, pattern: str) -> list[Path]:
    whole = root / pattern
    base = Path(whole.anchor)
    return list(base.glob(str(whole.relative_to(base))))


def is_unchanged(file: FileState) -> bool:
    """Whether the file on disk is still the one that was looked at."""
    try:
        stat = file.path.stat()
    except OSError:
        return False
    return (stat.st_size, stat.st_mtime_ns) == (file.size, file.modified_ns)


def _is_whole_parquet(file: FileState) -> bool:
    """A Parquet file ends with its mark, which is written last: it needs no second look."""
    if file.path.suffix.lower() != PARQUET or file.size < 2 * len(PARQUET_MARK):
        return False
    try:
        with file.path.open("rb") as content:
            content.seek(-len(PARQUET_MARK), 2)
            return content.read() == PARQUET_MARK
    except OSError:
        return False


class Watch:
    """Remembers the last look at one table's files, so that a file counts once it has stopped changing."""

    def __init__(self, root: Path, patterns: tuple[str, ...]) -> None:
        self._root = root
        self._patterns = patterns
        self._seen: Mapping[Path, FileState] | None = None
        self._counted: Mapping[Path, FileState] = {}

    def settled(self) -> tuple[FileState, ...]:
        """Files that nobody is writing; one that is being replaced stays as it last counted."""
        first_look = self._seen is None
        files = self._look()
        if first_look and len(self._counted) < len(files):
            time.sleep(SECOND_LOOK_SECONDS)
            self._look()
        return tuple(sorted(self._counted.values()))

    def _look(self) -> tuple[FileState, ...]:
        files = scan(self._root, self._patterns)
        limit = time.time_ns() - int(SETTLED_SECONDS * 1e9)
        before = self._seen or {}
        counted = {}
        for file in files:
            known = self._counted.get(file.path)
            if file == known or before.get(file.path) == file or file.modified_ns < limit or _is_whole_parquet(file):
                counted[file.path] = file
            elif known is not None:
                counted[file.path] = known
        self._seen = {file.path: file for file in files}
        self._counted = counted
        return files
