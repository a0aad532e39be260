"""What can be done with documents from a chat: look into a file, add it, replace another, remove one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Literal

from bot.services import Documents
from bot.settings import Settings
from bot.store.uploads import UploadRow, Uploads
from bot.telegram.documents.folders import Aside, Folders
from bot.telegram.documents.names import folded
from bot.telegram.documents.reading import Preview, Reading, Unread, preview_of
from knowledge.documents import Audience, DocumentInfo
from knowledge.errors import IndexBusyError

log = logging.getLogger(__name__)

WAITS = timedelta(hours=24)  # a preview that nobody decided on; the file can be sent again
Progress = Callable[[int, int, str], None]
Outcome = Literal["read", "unread", "later", "same"]


@dataclass(frozen=True)
class Twin:
    """A document of the same file name or title."""

    title: str
    file: str
    is_bundled: bool  # comes with the product and cannot be replaced
    audience: Audience


@dataclass(frozen=True)
class Added:
    """What became of a file that was added."""

    # read; unread: the index could not take it, nothing was changed; later: another process keeps the index;
    # same: a document of the same bytes is there, nothing was changed
    outcome: Outcome
    title: str
    file: str
    passages: int = 0
    tactics: int = 0
    replaced: tuple[DocumentInfo, ...] = ()


class Desk:
    """Nothing becomes a source before somebody says so; nothing that is removed is lost."""

    def __init__(self, settings: Settings, documents: Documents, uploads: Uploads, reading: Reading) -> None:
        own = tuple(settings.path(folder) for folder in settings.knowledge.folders)
        self._folders = Folders(own, settings.path("state"))
        self._documents = documents
        self._uploads = uploads
        self._reading = reading
        self._moving = asyncio.Lock()

    @property
    def has_folder(self) -> bool:
        """False when the settings name no folder that a file could go into."""
        return bool(self._folders.own)

    async def tidy(self, now: datetime) -> None:
        """After a stop: what was half done waits again if its file is still here; what is too old expires."""
        for row in await self._uploads.in_state("working"):
            is_here = self._folders.held(row.token).exists()
            await self._uploads.move(row.id, "working", "waiting" if is_here else "added")
        await self.expire(now)
        waiting = [row.token for row in await self._uploads.in_state("waiting")]
        await asyncio.to_thread(self._folders.sweep, waiting)

    async def expire(self, now: datetime) -> None:
        """Forgets files that nobody decided on in time."""
        for row in await self._uploads.in_state("waiting"):
            if now - row.at > WAITS and await self._uploads.move(row.id, "waiting", "expired"):
                await asyncio.to_thread(self._folders.let_go, row.token)

    async def look(self, row: UploadRow, data: bytes, name: str) -> UploadRow | Unread | None:
        """The file as it waits for a word, or why it cannot be read; None when this update brought it before."""
        token = await asyncio.to_thread(self._folders.hold, data)
        try:
            kept = await self._looked(row, token, name)
        except BaseException:
            self._folders.let_go(token)
            raise
        if not isinstance(kept, UploadRow):
            await asyncio.to_thread(self._folders.let_go, token)
        return kept

    async def _looked(self, row: UploadRow, token: str, name: str) -> UploadRow | Unread | None:
        found = await self._reading.read(self._folders.held(token), name)
        if isinstance(found, Unread):
            return found
        preview = {"name": name, **asdict(found)}
        wanted = UploadRow(row.update_key, row.chat_id, row.user_id, token, preview, found.audience, row.at)
        if any(twin.audience == "manager" for twin in await self.twins(wanted)):
            wanted = replace(wanted, audience="manager")  # a newer version is not let out by the way; a button does it
        number = await self._uploads.keep(wanted)
        return None if number is None else await self._uploads.get(number)

    def preview(self, row: UploadRow) -> Preview:
        """What is in the file."""
        return preview_of(row.preview)

    async def twins(self, row: UploadRow) -> tuple[Twin, ...]:
        """Documents that this file may be a newer version of."""
        infos = await asyncio.to_thread(self._documents.documents)
        names = {folded(str(row.preview["name"])), folded(str(row.preview["title"]))}
        same = [info for info in infos if names & {folded(PurePosixPath(info.file).name), folded(info.title)}]
        places = [await asyncio.to_thread(self._folders.find, info) for info in same]
        found = zip(same, places, strict=True)
        return tuple(Twin(info.title, info.file, path is None, info.audience) for info, path in found)

    async def take(self, upload_id: int, now: datetime) -> UploadRow | None:
        """The waiting file, from now on in work; None when it was decided on or has expired."""
        await self.expire(now)
        return await self._uploads.move(upload_id, "waiting", "working")

    async def cancel(self, upload_id: int) -> bool:
        """Forgets the file; False when it was decided on before."""
        row = await self._uploads.move(upload_id, "waiting", "cancelled")
        if row is not None:
            await asyncio.to_thread(self._folders.let_go, row.token)
        return row is not None

    async def add(self, row: UploadRow, replaces: bool, progress: Progress, now: datetime) -> Added:
        """Makes the file a document and reads it in; with `replaces` its twins are set aside first.

        Where that fails everything is as it was before, and the file waits again; what failed is raised.
        """
        async with self._moving:  # to the end: of two that bring the same file the second must see the first one's
            twins = await self._own_twins(row) if replaces else []
            same = await self._same(row, {info.file for info, _ in twins})
            if same is not None:
                await self._close(row, "cancelled")
                return Added("same", same.title, same.file)
            moved = _Moved(self._folders)
            try:
                added = await self._added(row, twins, moved, progress, now)
            except BaseException:  # also when the bot is stopped
                moved.undo()
                await self._uploads.move(row.id, "working", "waiting")
                raise
            await self._close(row, "added" if added.outcome != "unread" else "cancelled")
            return added

    async def documents(self) -> tuple[DocumentInfo, ...]:
        """Every document, by title."""
        infos = await asyncio.to_thread(self._documents.documents)
        return tuple(sorted(infos, key=lambda info: (folded(info.title), info.file)))

    async def place(self, info: DocumentInfo) -> Path | None:
        """The file of a document; None for one that comes with the product."""
        return await asyncio.to_thread(self._folders.find, info)

    async def remove(self, info: DocumentInfo, now: datetime) -> Outcome | None:
        """Takes a document out of the answers; None when its file is not here, "later" while the index is busy."""
        async with self._moving:
            path = await self.place(info)
            if path is None:
                return None
            await asyncio.to_thread(self._folders.set_aside, path, now)
        return "read" if await self._sync(lambda *_: None) else "later"

    def _held(self, file: str) -> DocumentInfo | None:
        """What the index holds of a file in the first folder."""
        path = self._folders.own[0] / file
        infos = (info for info in self._documents.documents() if info.file == file)
        return next((info for info in infos if self._folders.find(info) == path), None)

    async def _added(
        self, row: UploadRow, twins: list[tuple[DocumentInfo, Path]], moved: _Moved, progress: Progress, now: datetime
    ) -> Added:
        for _, path in twins:
            await asyncio.to_thread(moved.set_aside, path, now)
        name, title = str(row.preview["name"]), str(row.preview["title"])
        file = await asyncio.to_thread(moved.add, row.token, name, row.audience)
        replaced = tuple(info for info, _ in twins)
        if not await self._sync(progress):
            return Added("later", title, file, replaced=replaced)
        held = await asyncio.to_thread(self._held, file)
        if held is not None:
            return Added("read", held.title, file, held.chunks, held.tactics, replaced)
        moved.undo()
        await self._sync(progress)
        return Added("unread", title, file)

    async def _close(self, row: UploadRow, state: Literal["added", "cancelled"]) -> None:
        """The file is not needed any more."""
        await self._uploads.move(row.id, "working", state)
        await asyncio.to_thread(self._folders.let_go, row.token)

    async def _same(self, row: UploadRow, replaced: set[str]) -> DocumentInfo | None:
        """The document of the same bytes that would stay beside it: the index holds it once, under one name."""
        identity = await asyncio.to_thread(self._folders.identity, row.token, row.audience)
        infos = await asyncio.to_thread(self._documents.documents)
        return next((info for info in infos if info.id == identity and info.file not in replaced), None)

    async def _own_twins(self, row: UploadRow) -> list[tuple[DocumentInfo, Path]]:
        """Those that can be replaced, each with its file."""
        names = {twin.file for twin in await self.twins(row) if not twin.is_bundled}
        infos = await asyncio.to_thread(self._documents.documents)
        found = [(info, await self.place(info)) for info in infos if info.file in names]
        return [(info, path) for info, path in found if path is not None]

    async def _sync(self, progress: Progress) -> bool:
        try:
            await asyncio.to_thread(self._documents.sync, progress)
        except IndexBusyError:
            return False
        return True


class _Moved:
    """What was moved for one file, so that it can be undone; the moves are short and never wait."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._aside: list[Aside] = []
        self._file = ""

    def set_aside(self, path: Path, now: datetime) -> None:
        self._aside.append(self._folders.set_aside(path, now))

    def add(self, token: str, name: str, audience: str) -> str:
        self._file = self._folders.add(token, name, audience)
        return self._file

    def undo(self) -> None:
        if self._file:
            self._folders.take_back(self._file)
        for aside in reversed(self._aside):
            self._folders.put_back(aside)
        self._aside, self._file = [], ""
