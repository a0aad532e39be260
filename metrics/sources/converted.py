"""Spreadsheets that were read once, kept as Parquet files, so that the next process need not read them again.

An entry is named by everything that shaped its rows: the content of the file, its mapping, and the code that reads it.
Its name ends with a digest of itself, so what is damaged or was put there by somebody else is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from metrics.sources import spreadsheet, warehouse
from metrics.sources.files import FileState, is_unchanged
from metrics.sources.mapping import TableSource
from metrics.sources.origins import origins
from metrics.sources.pages import PARQUET
from metrics.sources.spreadsheet import FileReading, Loaded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LARGEST_FOLDER = 2_000_000_000  # bytes of all entries together; the rows of 100 million order lines take about that
UNUSED_SECONDS = 3600.0  # an entry that nobody touched for so long is not being read by another process, either
READERS = ("python-calamine", "pyarrow", "opencc-python-reimplemented")
NOTES = b"opsbot"  # key of the Parquet file's metadata under which the reading stands


class ConvertedRows:
    """Reads spreadsheets by way of a folder; without one, or where it cannot be written, it just reads them."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._code = _code_digest() if folder is not None else ""
        self._recipes: dict[str, str] = {}  # by table
        self._used: dict[tuple[str, Path], tuple[Path, ...]] = {}

    def load(
        self, file: FileState, source: TableSource, zone: ZoneInfo, cursor: DuckDBPyConnection
    ) -> Sequence[Loaded]:
        """As `spreadsheet.load`, from the folder where it stands there."""
        key = self._key(file, source, zone)
        if self._folder is None or not key:
            return spreadsheet.load(file.path, source, zone)
        entries = _entries(self._folder, key)
        parts = [_loaded(entry, key, source, file, cursor) for entry in entries]
        held = [part for part in parts if part is not None]
        if not held or len(held) < len(parts):
            held = spreadsheet.load(file.path, source, zone)
            entries = _keep(self._folder, key, held) if is_unchanged(file) else []
        self._used[source.table.id, file.path] = tuple(entries)
        return held

    def _key(self, file: FileState, source: TableSource, zone: ZoneInfo) -> str:
        """What an entry of the file is named by; "" when there is no folder or the file cannot be read."""
        if not self._code:
            return ""
        table = source.table.id
        if table not in self._recipes:
            self._recipes[table] = _digest(f"{self._code} {zone.key} {replace(source, files=())!r}".encode())
        try:
            with file.path.open("rb") as content:
                digest = hashlib.file_digest(content, "blake2b").hexdigest()
        except OSError:
            return ""  # which the reader says in its own words
        return _digest(f"{self._recipes[table]} {digest} {file.name}".encode())

    def tidy(self) -> None:
        """Removes what no table uses any more, and the longest unused when the folder has grown too large."""
        if self._folder is None:
            return
        used = {entry for entries in self._used.values() for entry in entries}
        limit = time.time() - UNUSED_SECONDS
        total = 0
        for moment, size, entry in sorted(_listed(self._folder), reverse=True):
            total += size
            if (entry not in used and moment < limit) or total > LARGEST_FOLDER:
                _remove(entry)
                total -= size


def _entries(folder: Path, key: str) -> list[Path]:
    """The entries of all sheets of a file, whole and in order; none when one is missing or damaged."""
    found = {entry.name.split("-")[1]: entry for entry in folder.glob(f"{key}-*{PARQUET}")}
    entries = [found[number] for number in sorted(found)]
    numbers = [f"{index:03}of{len(entries):03}" for index in range(1, len(entries) + 1)]
    return entries if sorted(found) == numbers and all(_is_whole(entry) for entry in entries) else []


def _keep(folder: Path, key: str, parts: Sequence[Loaded]) -> list[Path]:
    """Writes the entries; a folder that cannot be written leaves everything as it is."""
    for old in folder.glob(f"{key}-*"):
        _remove(old)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [
            _write(folder, f"{key}-{index:03}of{len(parts):03}", _packed(part, key))
            for index, part in enumerate(parts, start=1)
        ]
    except OSError:
        return []


def _code_digest() -> str:
    """Of the code that reads, so that a better reader reads everything anew; "" where its text is not at hand."""
    sources = Path(__file__).parent
    files = [*sorted(sources.glob("*.py")), *sources.parent.glob("naming.py")]
    code = b"".join(path.read_bytes() for path in files)
    versions = " ".join((sys.version, *(version(name) for name in READERS)))
    return _digest(code + versions.encode()) if code else ""


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _is_whole(entry: Path) -> bool:
    """Whether the content is what the name says; touched, so that no other process takes it away meanwhile."""
    try:
        content = entry.read_bytes()
    except OSError:
        return False
    with suppress(OSError):
        os.utime(entry)
    return _digest(content) == entry.stem.rpartition("-")[2]


def _packed(part: Loaded, key: str) -> bytes:
    import pyarrow as pa  # type: ignore[import-untyped]  # ships no annotations
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    notes = {
        "key": key,
        "names": part.names,
        "text_ids": sorted(part.text_ids),
        "reading": asdict(part.reading),
    }
    target = pa.BufferOutputStream()
    columns: pa.Table = part.columns
    noted = columns.replace_schema_metadata({NOTES: json.dumps(notes, ensure_ascii=False).encode()})
    pq.write_table(noted, target, compression="zstd")
    content: bytes = target.getvalue().to_pybytes()
    return content


def _write(folder: Path, name: str, content: bytes) -> Path:
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return Path(temporary).rename(folder / f"{name}-{_digest(content)}{PARQUET}")
    except OSError:
        _remove(Path(temporary))
        raise


def _remove(entry: Path) -> None:
    with suppress(OSError):
        entry.unlink()


def _listed(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            stat = entry.stat()
            yield stat.st_mtime, stat.st_size, entry


def _loaded(entry: Path, key: str, source: TableSource, file: FileState, cursor: DuckDBPyConnection) -> Loaded | None:
    """What the entry holds; None when it was written for something else."""
    notes = warehouse.parquet_notes(cursor, entry, NOTES)
    if notes.get("key") != key:
        return None
    names = tuple(notes["names"])
    stat = entry.stat()
    return Loaded(
        origins=origins(source, file.name, names),
        names=names,
        columns=FileState(entry, stat.st_size, stat.st_mtime_ns),
        text_ids=frozenset(notes["text_ids"]),
        reading=_reading(notes["reading"]),
    )


def _reading(held: Mapping[str, Any]) -> FileReading:
    return FileReading(**{**held, "unfiltered": tuple(held["unfiltered"])})
