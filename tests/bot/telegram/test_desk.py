"""What is left when adding a file fails halfway: everything as it was, and the file waits again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.store.store import Store
from bot.store.uploads import UploadRow
from bot.telegram.documents.desk import Desk
from bot.telegram.documents.reading import Reading
from knowledge.documents import DocumentInfo, SyncReport
from knowledge.drafts import Vocabulary
from knowledge.errors import StoreError
from knowledge.library import Library

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
OLD, NEW = "# 手册\n\n旧的一句。\n", "# 手册\n\n新的一句。\n"


@dataclass
class Shaky:
    """A real library whose next sync fails, or leaves a file out."""

    library: Library
    fails: list[str] = field(default_factory=list)

    def documents(self) -> Sequence[DocumentInfo]:
        return self.library.documents()

    def sync(self, progress: Callable[[int, int, str], None] | None = None) -> SyncReport:
        how = self.fails.pop() if self.fails else ""
        if how == "raises":
            raise StoreError("the disk is full")
        if how == "leaves out":
            return SyncReport((), (), (), 0, (), 0, 0, 0.0)
        return self.library.sync(progress)


@dataclass
class Place:
    """A desk in a home with one document."""

    desk: Desk
    store: Store
    documents: Shaky
    folder: Path

    @property
    def texts(self) -> dict[str, str]:
        return {path.name: path.read_text(encoding="utf-8") for path in self.folder.iterdir()}

    async def taken(self) -> UploadRow:
        row = await self.desk.look(UploadRow("k", 1, 1, "", {}, "", NOW), NEW.encode(), "手册.md")
        assert isinstance(row, UploadRow)
        taken = await self.desk.take(row.id, NOW)
        assert taken is not None
        return taken


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "手册.md").write_text(OLD, encoding="utf-8")
    library = Library.open(tmp_path / "index", [folder], embedding="hash")
    library.sync()
    store, documents = await Store.open(tmp_path / "state" / "s.sqlite"), Shaky(library)
    desk = Desk(Settings(home=tmp_path), documents, store.uploads, Reading(Vocabulary({}, {}, {})))
    yield Place(desk, store, documents, folder)
    await store.close()
    library.close()


async def test_a_sync_that_fails_leaves_the_old_document_and_the_file_waits_again(place: Place) -> None:
    taken = await place.taken()
    place.documents.fails = ["raises"]
    with pytest.raises(StoreError):
        await place.desk.add(taken, True, lambda *_: None, NOW)
    assert place.texts == {"手册.md": OLD}
    again = await place.desk.take(taken.id, NOW)
    assert again is not None
    added = await place.desk.add(again, True, lambda *_: None, NOW)
    assert (added.outcome, [info.title for info in added.replaced]) == ("read", ["手册"])
    assert place.texts == {"手册.md": NEW}


async def test_a_file_that_the_index_does_not_take_is_taken_out_again(place: Place) -> None:
    taken = await place.taken()
    place.documents.fails = ["leaves out"]
    assert (await place.desk.add(taken, True, lambda *_: None, NOW)).outcome == "unread"
    assert place.texts == {"手册.md": OLD}
    assert [info.title for info in place.documents.documents()] == ["手册"]
    row = await place.store.uploads.get(taken.id)
    assert row is not None
    assert row.state == "cancelled"


async def test_bytes_that_are_there_already_are_not_added_again(place: Place) -> None:
    row = await place.desk.look(UploadRow("k", 1, 1, "", {}, "", NOW), OLD.encode(), "抄本.md")
    assert isinstance(row, UploadRow)
    taken = await place.desk.take(row.id, NOW)
    assert taken is not None
    added = await place.desk.add(taken, False, lambda *_: None, NOW)
    assert (added.outcome, added.file) == ("same", "手册.md")
    assert place.texts == {"手册.md": OLD}
