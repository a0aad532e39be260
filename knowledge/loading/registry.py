"""Which reader takes which kind of file; a new format is one entry and one function.

To add one: write `read(data: bytes, source: Source) -> Document` in its own file (import its library inside the
function), raise DocumentError for what a person can put right, and enter the suffixes here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from knowledge.documents import Document
from knowledge.errors import DocumentError
from knowledge.loading.decoding import decode
from knowledge.loading.docx import read_docx
from knowledge.loading.html import read_html
from knowledge.loading.markdown import Source, read_markdown
from knowledge.loading.pdf import read_pdf
from knowledge.loading.pptx import read_pptx
from knowledge.loading.workbook import read_workbook

Reader = Callable[[bytes, str, str], Document]  # bytes, document id, file name


def _markdown(data: bytes, identity: str, file: str) -> Document:
    return read_markdown(Source(identity, file, decode(data, file=file)))


def _text(data: bytes, identity: str, file: str) -> Document:
    return read_markdown(Source(identity, file, decode(data, file=file)))


READERS: Mapping[str, Reader] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _text,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_workbook,
    ".html": read_html,
    ".htm": read_html,
}


# Formats that the programs which write them can save as one that is read
NEWER: Mapping[str, str] = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".rtf", ".odt", ".pages"), ".docx"),
    **dict.fromkeys((".ppt", ".pps", ".dps", ".odp", ".key"), ".pptx"),
    **dict.fromkeys((".xls", ".et", ".ods", ".numbers"), ".xlsx"),
}
PICTURES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".gif"))
TABLES = frozenset((".csv", ".tsv", ".parquet"))

MANAGER_FOLDERS = frozenset(
    {"managers-only", "仅管理者"}
)  # what lies in such a folder is for managers, whatever its format


def is_supported(file: str) -> bool:
    """True when there is a reader for this kind of file."""
    return PurePosixPath(file).suffix.lower() in READERS


def load(data: bytes, file: str) -> Document:
    """The document in the bytes of `file`; raises DocumentError with the next move."""
    suffix = PurePosixPath(file).suffix.lower()
    reader = READERS.get(suffix)
    if reader is None:
        raise DocumentError(_unsupported(suffix), file=file)
    document = reader(data, identity_of(data, file), file)
    return replace(document, audience="manager") if is_for_managers(file) else document


def _unsupported(suffix: str) -> str:
    if suffix in NEWER:
        return f"{suffix} is a format that is not read; open it and save it as {NEWER[suffix]}."
    if suffix in PICTURES:
        return f"{suffix} is a picture, and pictures are not read; write down what it shows, or recognise its text."
    if suffix in TABLES:
        return f"{suffix} is data, no document; name it in sources.yaml, or save a summary of it as .xlsx."
    kind = suffix or "a file without extension"
    return f"{kind} is not supported yet; save it as {', '.join(sorted(READERS))}."


def is_for_managers(file: str) -> bool:
    """True when the file lies in a folder that says so: most formats have no front matter to say it in."""
    return any(part.casefold() in MANAGER_FOLDERS for part in PurePosixPath(file).parts[:-1])


def identity_of(data: bytes, file: str) -> str:
    """The document's id; the same bytes for managers are another document, so that none can pass for the other."""
    return digest(data + b"\x00manager") if is_for_managers(file) else digest(data)


def digest(data: bytes) -> str:
    """Names the content: the same bytes are the same document."""
    return hashlib.sha256(data).hexdigest()
