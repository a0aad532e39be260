"""A file name from outside as a name that is safe in a folder."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST_BYTES = 160  # file systems take 255; a time and a number may come in front
FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Cn")  # a mark that turns the direction of writing makes exe.md look like dm.exe
NAMELESS = "document"


def safe_name(given: str) -> str:
    """The last part of the name, without what hides a file, leads elsewhere or cannot be stored; kind kept."""
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(sign for sign in text if unicodedata.category(sign) not in UNSEEN)
    text = re.sub(r"\s+", " ", FORBIDDEN.sub(" ", text)).strip(" .~$")
    suffix = PurePosixPath(f"x{text}" if text.startswith(".") else text).suffix.lower()[:12]
    stem = text[: len(text) - len(suffix)].strip(" .") if suffix else text
    return _cut(stem or NAMELESS) + suffix


def numbered(name: str, number: int) -> str:
    """`手册.md` as `手册 (2).md`."""
    path = PurePosixPath(name)
    return f"{path.stem} ({number}){path.suffix}"


def folded(name: str) -> str:
    """For comparing names and titles: one width, no case, no title marks."""
    return unicodedata.normalize("NFKC", name).strip().strip("《》").strip().casefold()


def _cut(stem: str) -> str:
    return stem.encode()[:LONGEST_BYTES].decode(errors="ignore").strip(" .")
