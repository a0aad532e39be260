"""Which files of a folder count: those that nobody is writing any more."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SETTLED_SECONDS = 2.0  # on the first look a file this old is taken as finished
SECOND_LOOK_SECONDS = 0.15  # between the two looks that a younger file needs
SUFFIXES = (".csv", ".parquet")


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
            if path.name.startswith((".", "~")) or path.suffix.lower() not in SUFFIXES:
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


class Watch:
    """Remembers the last look at one table's files, so that a file counts once it has stopped changing."""

    def __init__(self, root: Path, patterns: tuple[str, ...]) -> None:
        self._root = root
        self._patterns = patterns
        self._seen: Mapping[Path, FileState] | None = None

    def settled(self) -> tuple[FileState, ...]:
        """Files unchanged over two looks; the first time, also those that are old enough."""
        files = scan(self._root, self._patterns)
        if self._seen is None:
            return self._first_look(files)
        before, self._seen = self._seen, {file.path: file for file in files}
        return tuple(file for file in files if before.get(file.path) == file)

    def _first_look(self, files: tuple[FileState, ...]) -> tuple[FileState, ...]:
        limit = time.time_ns() - int(SETTLED_SECONDS * 1e9)
        self._seen = {file.path: file for file in files}
        if all(file.modified_ns < limit for file in files):
            return files
        time.sleep(SECOND_LOOK_SECONDS)
        return self.settled()
