"""Where files lie on their way: quarantine, documents folder, and the place for what was removed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.telegram.documents.names import folded, numbered
from knowledge.documents import DocumentInfo
from knowledge.loading.registry import identity_of

FOR_MANAGERS = "managers-only"


@dataclass(frozen=True)
class Aside:
    """A document that was taken out of its folder."""

    path: Path  # where it was
    kept: Path


@dataclass(frozen=True)
class Folders:
    """The folders of one home. Every method that changes something is called off the event loop."""

    own: tuple[Path, ...]  # documents folders of the team; new files go into the first
    state: Path

    def hold(self, data: bytes) -> str:
        """Puts bytes where nothing reads them but who asks for them by the returned token."""
        token = secrets.token_hex(16)
        self._quarantine.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._quarantine / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return token

    def held(self, token: str) -> Path:
        """Where those bytes lie."""
        return self._quarantine / token

    def let_go(self, token: str) -> None:
        """Forgets them; twice is fine."""
        self.held(token).unlink(missing_ok=True)

    def sweep(self, wanted: Sequence[str]) -> None:
        """Forgets everything in the quarantine that nobody waits for."""
        with suppress(FileNotFoundError):
            for path in self._quarantine.iterdir():
                if path.name not in wanted:
                    path.unlink(missing_ok=True)

    def identity(self, token: str, audience: str) -> str:
        """The id that the document would have."""
        return identity_of(self.held(token).read_bytes(), _relative("x", audience))

    def add(self, token: str, name: str, audience: str) -> str:
        """Copies the file into the documents under a free name; the name relative to its folder."""
        folder = (self.own[0] / _relative(name, audience)).parent
        folder.mkdir(parents=True, exist_ok=True)
        return self._settle(token, folder, name)

    def take_back(self, file: str) -> None:
        """Undoes `add`."""
        (self.own[0] / file).unlink(missing_ok=True)

    def set_aside(self, path: Path, now: datetime) -> Aside:
        """Takes a document out of its folder; it is kept in the state."""
        removed = self.state / "removed"
        removed.mkdir(parents=True, exist_ok=True)
        name = f"{now:%Y%m%d-%H%M%S} {path.name}"
        kept = removed / next(free for free in _names(name) if not (removed / free).exists())
        shutil.move(path, kept)
        return Aside(path, kept)

    def put_back(self, aside: Aside) -> None:
        """Undoes `set_aside`, unless the place was taken meanwhile."""
        if not aside.path.exists():
            aside.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(aside.kept, aside.path)

    def find(self, info: DocumentInfo) -> Path | None:
        """The file of a document; None when it lies in no folder of the team, as the bundled ones."""
        for folder in self.own:
            path = folder / info.file
            with suppress(OSError):
                is_inside = path.resolve().is_relative_to(folder.resolve()) and path.is_file()
                if is_inside and identity_of(path.read_bytes(), info.file) == info.id:
                    return path
        return None

    @property
    def _quarantine(self) -> Path:
        return self.state / "quarantine"

    def _settle(self, token: str, folder: Path, name: str) -> str:
        """The quarantine may lie on another disk: the bytes come under a hidden name first, then appear at once."""
        hidden = folder / f".{token}"
        try:
            _copied(self.held(token), hidden)
        except OSError:
            hidden.unlink(missing_ok=True)  # half a copy when the disk is full
            raise
        taken = {folded(path.name) for path in folder.iterdir()}
        free = next(name for name in _names(name) if folded(name) not in taken)
        hidden.replace(folder / free)
        _sync_to_disk(folder)
        return (folder / free).relative_to(self.own[0]).as_posix()


def _relative(name: str, audience: str) -> str:
    return f"{FOR_MANAGERS}/{name}" if audience == "manager" else name


def _copied(source: Path, target: Path) -> None:
    """On the disk before it gets its name: after a power cut there is the whole document or none."""
    with source.open("rb") as before, target.open("wb") as after:
        shutil.copyfileobj(before, after)
        after.flush()
        os.fsync(after.fileno())


def _sync_to_disk(folder: Path) -> None:
    """The name itself; a system on which folders cannot be opened has to do without."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (numbered(name, number) for number in range(2, 10_000))
