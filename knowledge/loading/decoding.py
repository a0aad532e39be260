"""Bytes to text: UTF-8, GB18030, Big5 and UTF-16 as teams in fact save them; refuses what is not text."""

from __future__ import annotations

import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from knowledge.errors import DocumentError

COMMON_SHARE = 0.6  # of the hanzi of a real simplified text, well over 90 % are GB2312 level 1
STRANGE_SHARE = 0.01


def decode(data: bytes, *, file: str) -> str:
    """The text with "\\n" line ends; raises DocumentError for an empty file and for bytes that are not text."""
    if not data.strip():
        raise DocumentError("the file is empty; write something or delete it.", file=file)
    text = _decoded(data)
    if text is None or _strange_share(text) > STRANGE_SHARE:
        raise DocumentError("the bytes are not readable text; save it again as UTF-8.", file=file)
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _attempt(data, "utf-16")
    text = _attempt(data, "utf-8-sig")
    if text is not None:
        return text
    simplified = _attempt(data, "gb18030")
    # GB18030 gives every Big5 file some reading; only the share of everyday characters tells them apart
    if simplified is not None and _common_share(simplified) >= COMMON_SHARE:
        return simplified
    if (mixed := _by_line(data)) is not None and _common_share(mixed) >= COMMON_SHARE:
        return mixed
    traditional = _attempt(data, "big5hkscs")
    if traditional is not None and _hanzi(traditional) and simplified is not None:
        return traditional
    return None


def _by_line(data: bytes) -> str | None:
    """A file that two programs wrote to, each in its own way; None unless both ways occur."""
    ways = [_attempt(line, "utf-8") for line in data.split(b"\n")]
    lines = [
        text if text is not None else _attempt(line, "gb18030")
        for text, line in zip(ways, data.split(b"\n"), strict=True)
    ]
    is_mixed = None in ways and any(text and not text.isascii() for text in ways)
    return "\n".join(line for line in lines if line is not None) if is_mixed and None not in lines else None


def _attempt(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _hanzi(text: str) -> list[str]:
    return [character for character in text if "\u3400" <= character <= "\u9fff"]


def _common_share(text: str) -> float:
    """Share of GB2312 level 1 (rows 16–55, the 3,755 most used) among the non-ASCII letters."""
    letters = [character for character in text if ord(character) > 127 and character.isalpha()]
    if not letters:
        return 0.0
    common = 0
    for character in letters:
        code = character.encode("gb2312", errors="ignore")
        common += len(code) == 2 and 0xB0 <= code[0] <= 0xD7
    return common / len(letters)


def _strange_share(text: str) -> float:
    strange = sum(
        1 for character in text if character not in "\t\n\r\f" and unicodedata.category(character) in {"Cc", "Cn", "Co"}
    )
    return strange / len(text) if text else 0.0
