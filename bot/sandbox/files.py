"""Uploaded files, kept in memory up to a bound; the oldest give way."""

from __future__ import annotations

import mimetypes
import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.sandbox.errors import bad_request
from bot.sandbox.images import image_size, image_type
from bot.sandbox.wire import Json, present

PHOTO_BYTES = 10 * 1024 * 1024  # 'The photo must be at most 10 MB in size'
PHOTO_SIDES = 10_000  # "The photo's width and height must not exceed 10000 in total"
PHOTO_RATIO = 20  # 'Width and height ratio must be at most 20'
DOWNLOAD_BYTES = 20 * 1024 * 1024  # 'bots can download files of up to 20MB in size'
_KEPT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the world keeps it."""

    file_id: str
    unique_id: str
    path: str  # as getFile tells it
    name: str
    content: bytes
    content_type: str

    def wire_file(self) -> Json:
        """The File object; without a path where the file is too large to be downloaded."""
        return present(
            file_id=self.file_id,
            file_unique_id=self.unique_id,
            file_size=len(self.content),
            file_path=self.path if len(self.content) <= DOWNLOAD_BYTES else None,
        )

    def wire_document(self) -> Json:
        return present(
            file_id=self.file_id,
            file_unique_id=self.unique_id,
            file_name=self.name or None,
            mime_type=self.content_type,
            file_size=len(self.content),
        )

    def wire_photo(self) -> list[Json]:
        """'Available sizes of the photo': the sandbox keeps the one that was sent."""
        width, height = _photo_size(self.content)
        return [
            {
                "file_id": self.file_id,
                "file_unique_id": self.unique_id,
                "width": width,
                "height": height,
                "file_size": len(self.content),
            }
        ]


class FileStore:
    """Files by id and by path."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._by_path: dict[str, str] = {}
        self._count = 0

    def add(self, upload: Upload, folder: str) -> StoredFile:
        """Keep an upload; raises ApiError for an empty one."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        self._count += 1
        name = PurePosixPath(upload.name.replace("\\", "/")).name[:255]
        suffix = PurePosixPath(name).suffix if PurePosixPath(name).suffix.isascii() else ""
        stored = StoredFile(
            file_id=f"{folder[:2].upper()}{secrets.token_urlsafe(30)}",
            unique_id=secrets.token_urlsafe(9),
            path=f"{folder}/file_{self._count}{suffix}",
            name=name,
            content=upload.content,
            content_type=_content_type(upload, name),
        )
        self._files[stored.file_id] = stored
        self._by_path[stored.path] = stored.file_id
        self._make_room()
        return stored

    def get(self, file_id: str) -> StoredFile | None:
        return self._files.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        return self._files.get(self._by_path.get(path, ""))

    def _make_room(self) -> None:
        while len(self._files) > 1 and sum(len(file.content) for file in self._files.values()) > _KEPT_BYTES:
            oldest = self._files.pop(next(iter(self._files)))
            del self._by_path[oldest.path]


def check_photo(content: bytes) -> None:
    """Raise ApiError for what Telegram does not take as a photo."""
    if len(content) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    width, height = _photo_size(content)
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _photo_size(content: bytes) -> tuple[int, int]:
    size = image_size(content)
    if size is None or min(size) < 1:
        raise bad_request("IMAGE_PROCESS_FAILED")
    return size


def _content_type(upload: Upload, name: str) -> str:
    guessed = image_type(upload.content) or mimetypes.guess_type(name)[0]
    return guessed or upload.content_type or "application/octet-stream"
