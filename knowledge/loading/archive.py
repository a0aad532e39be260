"""Office files are zip archives: what they would unpack to is bounded before any reader opens them."""

from __future__ import annotations

import zipfile
from io import BytesIO

from knowledge.errors import DocumentError

OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")  # an encrypted office file, or one of the formats before 2007
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_PART = 100 * 1024 * 1024
MOST_PARTS = 10_000


def checked_archive(data: bytes, *, file: str) -> BytesIO:
    """The bytes as a stream; raises DocumentError for what is encrypted, broken or would unpack without bound."""
    if data.startswith(OLE_MARK):
        problem = "is encrypted or of an old Office format; save it without a password as .docx, .pptx or .xlsx."
        raise DocumentError(problem, file=file)
    if not data:
        raise DocumentError("the file is empty; write something or delete it.", file=file)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError):
        raise DocumentError("is damaged and cannot be opened; save it again.", file=file) from None
    sizes = [part.file_size for part in parts]
    if len(parts) > MOST_PARTS or sum(sizes) > LARGEST_UNPACKED or max(sizes, default=0) > LARGEST_PART:
        raise DocumentError("unpacks to far more than a document holds and was not opened; split it.", file=file)
    if any(part.flag_bits & 0x1 for part in parts):
        raise DocumentError("is encrypted; save it without a password.", file=file)
    return BytesIO(data)
