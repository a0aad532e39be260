"""Files that hold one table: the same headers, and names that differ in their dates and numbers."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from metrics.errors import SourceError
from metrics.proposing.samples import ROWS, Sample, data_files, joined, look, of_rows

# 2026-09, 2026年9月, 20260901_20260930, (1): what changes from one export to the next
CHANGING = re.compile(r"\s*[(（]?\d+(?:[-_.年月日~至到 ]*\d+)*[年月日]*[)）]?")
ALIKE = 0.6  # of the headers of two files with like names shared: the same table, whose columns changed
ROWS_IN_ALL = 20_000  # of the beginnings of all files, and as many of their ends
PATTERNS_AT_MOST = 2  # a longer list gives way to every file of the folder, when nothing else lies there


@dataclass(frozen=True)
class Group:
    """One table as it stands in files, or in a database."""

    names: tuple[str, ...]  # of its files, or of the relation
    patterns: tuple[str, ...]  # as sources.yaml wants them; none for a database
    sample: Sample  # the headers that all files share
    relation: str = ""  # schema and name in the database, "" for files

    @property
    def places(self) -> tuple[str, ...]:
        """Where it is, for a message."""
        return self.patterns or (self.relation,)


@dataclass(frozen=True)
class Seen:
    """Every group, and the files that could not be read."""

    groups: tuple[Group, ...]
    unreadable: tuple[str, ...]  # one sentence each


def look_at(folder: Path, root: Path) -> Seen:
    """All data files under `folder`, grouped; patterns are relative to `root` where the folder lies in it."""
    paths = list(data_files(folder))
    rows = max(50, min(ROWS, ROWS_IN_ALL // max(1, len(paths))))
    samples: dict[Path, Sample] = {}
    unreadable = []
    for path in paths:
        try:
            samples[path] = look(path, rows)
        except SourceError as error:
            unreadable.append(str(error))
    base = _base(folder, root)
    groups = [_group(folder, base, files, samples) for files in _alike(folder, samples)]
    return Seen(tuple(groups), tuple(unreadable))


def look_into(url: str, zone: str) -> Seen:
    """Every table and view that the address opens. Raises SourceError when it opens none."""
    from metrics.sources import database_survey  # late: only with --database

    groups, unreadable = [], []
    for relation in database_survey.tables(url, zone):
        try:
            headers, rows = database_survey.sample(url, relation.written, ROWS, zone)
        except SourceError as error:
            unreadable.append(str(error))
            continue
        groups.append(Group((relation.name,), (), of_rows(headers, rows), relation=relation.written))
    return Seen(tuple(groups), tuple(unreadable))


def _base(folder: Path, root: Path) -> str:
    whole = folder.resolve()
    inside = whole.relative_to(root.resolve()) if whole.is_relative_to(root.resolve()) else whole
    return "" if str(inside) == "." else glob.escape(inside.as_posix()).rstrip("/") + "/"


def _alike(folder: Path, samples: Mapping[Path, Sample]) -> list[list[Path]]:
    """Files of like names and headers together, then files of equal headers whatever they are called."""
    groups: list[tuple[str, frozenset[str], list[Path]]] = []
    for path, sample in samples.items():
        name, headers = _general(path.relative_to(folder)), frozenset(sample.headers)
        for other, theirs, files in groups:
            if headers == theirs or (name == other and len(headers & theirs) >= ALIKE * len(headers | theirs)):
                files.append(path)
                break
        else:
            groups.append((name, headers, [path]))
    return [files for _, _, files in groups]


def _general(relative: Path) -> str:
    """The path with a star for everything that changes from one export to the next."""
    stem = relative.with_suffix("").as_posix()
    return "/".join(_stars(part, "*") for part in stem.split("/")) + relative.suffix


def _stars(part: str, star: str) -> str:
    literal = [glob.escape(piece) for piece in CHANGING.split(part)]
    return star.join(literal)


def _group(folder: Path, base: str, files: Sequence[Path], samples: Mapping[Path, Sample]) -> Group:
    shared = joined([samples[path] for path in files])
    patterns = tuple(base + pattern for pattern in _patterns(folder, set(files)))
    names = tuple(path.name for path in files)
    return Group(names, patterns, shared)


def _patterns(folder: Path, files: set[Path]) -> list[str]:
    """Patterns that match these files and none of the others that lie there."""
    found: dict[str, None] = {}
    for path in sorted(files):
        if not any(path in _matches(folder, pattern) for pattern in found):
            found[_pattern(folder, path, files)] = None
    folders = {path.relative_to(folder).parent.as_posix() for path in files}
    suffixes = {path.suffix for path in files}
    if len(found) > PATTERNS_AT_MOST and len(folders) == len(suffixes) == 1:
        whole = f"{glob.escape(folders.pop())}/*{suffixes.pop()}".removeprefix("./")
        if _matches(folder, whole) == files:
            return [whole]
    return list(found)


def _pattern(folder: Path, path: Path, files: set[Path]) -> str:
    relative = path.relative_to(folder)
    stem = relative.with_suffix("").as_posix().split("/")
    for star in ("*", "[0-9]*"):
        pattern = "/".join(_stars(part, star) for part in stem) + relative.suffix
        if _matches(folder, pattern) <= files:
            return pattern
    return glob.escape(relative.as_posix())


def _matches(folder: Path, pattern: str) -> set[Path]:
    return set(folder.glob(pattern))
