"""What was recognised in each file of a table, and which logical columns cannot be used because a file lacks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from metrics.sources.files import FileState
from metrics.sources.mapping import TableSource, logical_types
from metrics.sources.origins import Derived, Held, Origin, find, origins
from metrics.sources.spreadsheet import FileReading, Loaded


@dataclass(frozen=True)
class Page:
    """The columns of one sheet, or of a file that has no sheets."""

    names: tuple[str, ...]  # as the file writes them
    origins: Mapping[str, Origin]  # of the logical columns


@dataclass(frozen=True)
class Contents:
    """The columns of one file."""

    pages: tuple[Page, ...]
    text_ids: frozenset[str]  # logical ids that are not all integers
    types: Mapping[str, str]  # DuckDB types of a Parquet file's columns
    readings: tuple[FileReading, ...]

    def is_made_of_text(self, logical: str) -> bool:
        """Whether the column is cast from text or computed, so that one of its cells may be impossible."""
        origin = self.pages[0].origins.get(logical)
        return isinstance(origin, Derived) or (isinstance(origin, Held) and self.types.get(origin.column) == "VARCHAR")


def of_parquet(source: TableSource, file: FileState, types: Mapping[str, str]) -> Contents:
    """Raises ColumnError."""
    found = origins(source, file.name, tuple(types))
    texts = {logical for logical in _ids(source, found) if types[_column(found[logical])] == "VARCHAR"}
    return Contents((Page(tuple(types), found),), frozenset(texts | _constant_ids(source)), types, ())


def of_spreadsheet(source: TableSource, loaded: Iterable[Loaded]) -> Contents:
    """The columns of all sheets that were read."""
    parts = list(loaded)
    texts = {id for part in parts for id in part.text_ids} | _constant_ids(source)
    pages = tuple(Page(part.names, part.origins) for part in parts)
    return Contents(pages, frozenset(texts), {}, tuple(part.reading for part in parts))


def _constant_ids(source: TableSource) -> set[str]:
    return {id for id in source.constants if source.table.columns.get(id) == "id"}


def _ids(source: TableSource, found: Mapping[str, Origin]) -> list[str]:
    types = logical_types(source)
    return [id for id, origin in found.items() if types[id] == "id" and isinstance(origin, Held)]


def _column(origin: Origin) -> str:
    return origin.column if isinstance(origin, Held) else ""


def absences(source: TableSource, contents: Mapping[FileState, Contents]) -> dict[str, str]:
    """Logical column -> why it cannot be used; a sum over half of the files would be wrong."""
    found = {}
    for column in logical_types(source):
        for file, held in contents.items():
            lacking = [page for page in held.pages if column not in page.origins]
            if lacking:
                found[column] = _reason(source, column, file, lacking[0])
                break
    return found


def _reason(source: TableSource, column: str, file: FileState, page: Page) -> str:
    table = source.table.id
    has = ", ".join([name for name in page.names if name][:12])
    if column in source.from_name:
        return f"table {table}: the name of {file.name} does not fit the pattern {table}.from_name.{column}"
    if column in source.derive:
        lost = [name for name in source.derive[column].names if find(page.names, (name,)) is None]
        return f"table {table}: {file.name} has no column {lost[0]!r} for {table}.derive.{column} (it has {has})"
    names = " or ".join(repr(name) for name in source.names_of(column))
    return (
        f"table {table}: {file.name} has no column {names} (it has {has}); "
        f"name it in sources.yaml under {table}.columns, e.g. {column}: name in the file"
    )
