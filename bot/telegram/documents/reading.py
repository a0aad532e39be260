"""A file as an admin is shown it, read within bounds of time and memory; or why it cannot be read."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bot.telegram.documents.child import OUT_OF_MEMORY
from knowledge.drafts import Vocabulary

log = logging.getLogger(__name__)

READ_SECONDS = 60.0
CHILD = "bot.telegram.documents.child"
Reason = Literal[
    "empty", "encrypted", "scan", "no_text", "too_large", "damaged", "not_text", "front_matter", "too_slow", "unread"
]
# The knowledge room speaks to the engineer; the chat says the same in the asker's language.
REASONS: tuple[tuple[Reason, str], ...] = (
    ("empty", r"is empty"),
    ("encrypted", r"is encrypted"),
    ("scan", r"a scan"),
    ("no_text", r"no text|hold no text"),
    ("front_matter", r"front matter|audience|date '"),
    ("too_large", rf"unpacks to|more than|{re.escape(OUT_OF_MEMORY)}"),
    ("not_text", r"not readable text"),
    ("damaged", r"is damaged"),
)


@dataclass(frozen=True)
class Preview:
    """What is in a file."""

    title: str
    date: str  # ISO, "" when the file does not say
    audience: str
    categories: tuple[str, ...]
    supersedes: tuple[str, ...]
    headings: tuple[str, ...]  # the first ones
    sections: int
    places: int  # pages, slides or sheets; 0 for a format without
    place_kind: str  # page, slide, sheet
    chunks: int
    tactics: tuple[str, ...]  # titles of the first cards
    tactic_count: int
    mistakes: tuple[tuple[int, str], ...]  # line and what is wrong
    mistake_count: int
    draft_count: int = 0  # sentences that could become a card
    owner: str = ""  # id or @name


@dataclass(frozen=True)
class Unread:
    """Why a file cannot be used as it is."""

    reason: Reason
    line: int = 0  # 0 when the file as a whole is meant
    problem: str = ""  # as the reader put it


class Reading:
    """One file at a time: reading is work, and the chat goes on meanwhile."""

    def __init__(self, vocabulary: Vocabulary, seconds: float = READ_SECONDS) -> None:
        self._names = json.dumps({**asdict(vocabulary), "falling_is_good": sorted(vocabulary.falling_is_good)}).encode()
        self._seconds = seconds
        self._turn = asyncio.Lock()

    async def read(self, path: Path, name: str) -> Preview | Unread:
        """What is in the file, or why that cannot be said."""
        async with self._turn:
            printed = await self._printed(path, name)
        if printed is None:
            return Unread("too_slow")
        try:
            found = json.loads(printed)
        except ValueError:
            log.warning("the reader of a file ended without a word")
            return Unread("unread")
        return _unread(found) if "problem" in found else preview_of(found)

    async def _printed(self, path: Path, name: str) -> bytes | None:
        """None when it took too long; the process is gone in either case."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-X", "utf8", "-m", CHILD, str(path), name),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", "")},  # no secret is at hand where a foreign file is read
        )
        try:
            async with asyncio.timeout(self._seconds):
                return (await process.communicate(self._names))[0]
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def preview_of(found: Mapping[str, Any]) -> Preview:
    """The preview in the reader's JSON, or in what was stored of it."""
    lists = ("categories", "supersedes", "headings", "tactics")
    known = found.keys() & Preview.__dataclass_fields__.keys()  # a preview may be of the version before
    values = {key: found[key] for key in known} | {key: tuple(found[key]) for key in lists}
    return Preview(**{**values, "mistakes": tuple((int(line), str(problem)) for line, problem in found["mistakes"])})


def _unread(found: Mapping[str, Any]) -> Unread:
    problem = str(found["problem"])
    reason: Reason = next((reason for reason, pattern in REASONS if re.search(pattern, problem)), "unread")
    return Unread(reason, int(found["line"]), problem)
