"""Which files lie in a folder: regular, visible, inside it and of a bearable size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.documents import Failure

LARGEST_BYTES = 20 * 1024 * 1024  # one manual of a few hundred pages; more would stall a sync for all others


@dataclass(frozen=True)
class Stamp:
    """What the file system knows of a file; equal stamps mean equal bytes, except within the clock's grain."""

    size: int
    modified_ns: int
    changed_ns: int


@dataclass(frozen=True)
class FoundFile:
    folder: str  # resolved folder; part of the key, never shown
    file: str  # relative, with "/" separators
    path: Path
    stamp: Stamp


@dataclass(frozen=True)
class Scan:
    files: tuple[FoundFile, ...]
    failures: tuple[Failure, ...]


def scan(folders: tuple[Path, ...]) -> Scan:
    """Every readable file of the folders, sorted, and what could not be looked into."""
    files: list[FoundFile] = []
    failures: list[Failure] = []
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        if not folder.is_dir():
            problem = "is not a folder" if folder.exists() else "does not exist"
            failures.append(Failure(folder.name, f"the document folder {problem}; create it or change the setting."))
            continue
        for path in _visible(folder):
            found = _look(folder, path)
            (failures if isinstance(found, Failure) else files).append(found)  # type: ignore[arg-type]  # one list each
    return Scan(tuple(files), tuple(failures))


def _visible(folder: Path) -> Iterator[Path]:
    """Files under `folder`; hidden names, office lock files and links that lead outside are left out."""
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent) / name
            if not name.startswith((".", "~$")) and path.resolve().is_relative_to(folder):
                yield path


def _look(folder: Path, path: Path) -> FoundFile | Failure:
    file = path.relative_to(folder).as_posix()
    try:
        status = path.stat()
    except OSError as error:
        return Failure(file, f"cannot be looked at ({error.strerror}); check its permissions.")
    if not path.is_file():  # a pipe or a device would block the reader for ever
        return Failure(file, "is not a regular file; move it out of the folder.")
    if status.st_size > LARGEST_BYTES:
        megabytes = status.st_size / 1024 / 1024
        return Failure(file, f"is {megabytes:.0f} MB, more than the {LARGEST_BYTES // 1024 // 1024} MB read; split it.")
    return FoundFile(str(folder), file, path, Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns))
