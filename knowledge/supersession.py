"""Which documents another one replaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath

from knowledge.records import StoredDocument


def superseded(documents: Sequence[StoredDocument]) -> dict[str, str]:
    """Document id → title of the one that replaces it. Where two replace each other the later one stays."""
    by_name: dict[str, list[StoredDocument]] = {}
    for document in documents:
        for name in _names(document):
            by_name.setdefault(name, []).append(document)
    replaces = {
        (newer.id, older.id): newer
        for newer in documents
        for name in newer.supersedes
        for older in by_name.get(_folded(name), ())
        if older.id != newer.id
    }
    age = {document.id: (document.date or date.min, document.file, document.id) for document in documents}
    return {
        older: newer.title
        for (identity, older), newer in replaces.items()
        if (older, identity) not in replaces or age[identity] > age[older]
    }


def _names(document: StoredDocument) -> set[str]:
    path = PurePosixPath(document.file)
    return {_folded(name) for name in (document.title, document.file, path.name, path.stem)}


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().strip("《》").strip().casefold()
