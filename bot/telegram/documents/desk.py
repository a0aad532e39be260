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
from bot.telegram.documents.folders import Folders
from bot.telegram.documents.names import folded
from bot.telegram.documents.reading import Preview, Reading, Unread, preview_of
from knowledge.documents import Audience, DocumentInfo
from knowledge.errors import IndexBusyError

log = logging.getLogger(__name__)

WAITS = timedelta(hours=24)  # a preview that nobody decided on; the file can be sent again
Progress = Callable[[int, int, str], None]
Outcome = Literal["read", "unread", "later"]


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

    outcome: Outcome  # read; unread: the index could not take it; later: another process keeps the index
    title: str
    file: str
    passages: int = 0
    tactics: int = 0
    replaced: tuple[str, ...] = ()


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
        for row in await self._uploads.in_state("waiting"):
            if now - row.at > WAITS:
                await self._uploads.move(row.id, "waiting", "expired")
        waiting = [row.token for row in await self._uploads.in_state("waiting")]
        await asyncio.to_thread(self._folders.sweep, waiting)

    async def look(self, row: UploadRow, data: bytes, name: str) -> UploadRow | Unread | None:
        """The file as it waits for a word, or why it cannot be read; None when this update brought it before."""
        token = await asyncio.to_thread(self._folders.hold, data)
        found = await self._reading.read(self._folders.held(token), name)
        if isinstance(found, Unread):
            await asyncio.to_thread(self._folders.let_go, token)
            return found
        preview = {"name": name, **asdict(found)}
        wanted = UploadRow(row.update_key, row.chat_id, row.user_id, token, preview, found.audience, row.at)
        if any(twin.audience == "manager" for twin in await self.twins(wanted)):
            wanted = replace(wanted, audience="manager")  # a newer version is not let out by the way; a button does it
        number = await self._uploads.keep(wanted)
        if number is None:
            await asyncio.to_thread(self._folders.let_go, token)
            return None
        return await self._uploads.get(number)

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
        row = await self._uploads.get(upload_id)
        if row is not None and row.state == "waiting" and now - row.at > WAITS:
            await self._uploads.move(upload_id, "waiting", "expired")
            await asyncio.to_thread(self._folders.let_go, row.token)
            return None
        return await self._uploads.move(upload_id, "waiting", "working")

    async def cancel(self, upload_id: int) -> bool:
        """Forgets the file; False when it was decided on before."""
        row = await self._uploads.move(upload_id, "waiting", "cancelled")
        if row is not None:
            await asyncio.to_thread(self._folders.let_go, row.token)
        return row is not None

    async def add(self, row: UploadRow, replaces: bool, progress: Progress, now: datetime) -> Added:
        """Makes the file a document and reads it in; with `replaces` its twins are set aside first."""
        async with self._moving:
            replaced = await self._set_twins_aside(row, now) if replaces else ()
            name = str(row.preview["name"])
            file = await asyncio.to_thread(self._folders.add, row.token, name, row.audience)
            await self._uploads.move(row.id, "working", "added")
        title = str(row.preview["title"])
        if not await self._sync(progress):
            return Added("later", title, file, replaced=replaced)
        held = await asyncio.to_thread(self._held, file)
        if held is None:
            return Added("unread", title, file, replaced=replaced)
        return Added("read", held.title, file, held.chunks, held.tactics, replaced)

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

    async def _set_twins_aside(self, row: UploadRow, now: datetime) -> tuple[str, ...]:
        names = {twin.file for twin in await self.twins(row) if not twin.is_bundled}
        replaced = []
        for info in await asyncio.to_thread(self._documents.documents):
            path = await self.place(info) if info.file in names else None
            if path is not None:
                await asyncio.to_thread(self._folders.set_aside, path, now)
                replaced.append(info.title)
        return tuple(replaced)

    async def _sync(self, progress: Progress) -> bool:
        try:
            await asyncio.to_thread(self._documents.sync, progress)
        except IndexBusyError:
            return False
        return True
