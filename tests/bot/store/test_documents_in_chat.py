"""Uploads, verdicts and pins in the state, also in one that was made before there were any."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from bot.store.curated import PinRow, QuotedPassage
from bot.store.migrate import MIGRATIONS
from bot.store.peek import read_pins
from bot.store.store import Store
from bot.store.uploads import UploadRow

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
PASSAGE = QuotedPassage("p", "手册", "a.md", "一", "字", "everyone")


def upload(key: str) -> UploadRow:
    return UploadRow(key, -5, 1, "t" * 32, {"name": "手册.md"}, "everyone", NOW)


def to_first_version(path: Path) -> None:
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        assert "pins" not in inspect(connection).get_table_names()
    connection.engine.dispose()


async def test_a_state_of_the_first_version_is_brought_up_with_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    store = await Store.open(path)
    await store.people.set_person(1, "小林", "operator", None, NOW)
    await store.close()
    await asyncio.to_thread(to_first_version, path)
    assert read_pins(path) == ()  # a reader meets the old state first
    store = await Store.open(path)
    assert await store.people.person_role(1) == "operator"
    assert await store.uploads.keep(upload("k")) == 1
    await store.close()


async def test_of_many_presses_one_takes_the_file_and_an_update_brings_it_once(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    number = await store.uploads.keep(upload("k"))
    assert number is not None
    assert await store.uploads.keep(upload("k")) is None
    taken = await asyncio.gather(*(store.uploads.move(number, "waiting", "working") for _ in range(20)))
    assert sum(row is not None for row in taken) == 1
    assert await store.uploads.set_audience(number, "manager") is None  # decided on already
    await store.migrate_chat(-5, -1005)
    assert [row.chat_id for row in await store.uploads.in_state("working")] == [-1005]
    await store.close()


async def test_the_admins_are_told_of_an_answer_once_and_of_a_few_an_hour(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    told = []
    for answer in (1, 1, 2, 3):
        await store.feedback.judge(answer, 10 + len(told), "down", NOW)
        told.append(await store.feedback.may_tell(answer, 10 + len(told), NOW, timedelta(hours=1), most=2))
    assert told == [True, False, True, False]
    later = NOW + timedelta(minutes=61)
    assert await store.feedback.may_tell(3, 13, later, timedelta(hours=1), most=2)
    await store.close()


async def test_pins_are_read_without_opening_the_state_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "状态 1" / "state.sqlite"
    assert read_pins(path) == ()
    assert not path.parent.exists()
    store = await Store.open(path)
    kept = await store.pins.keep(PinRow("问", "<b>答</b>", "zh", "everyone", (PASSAGE,), 1, "admin", NOW, state="on"))
    await store.pins.keep(PinRow("草稿", "x", "zh", "everyone", (), 1, "admin", NOW))
    assert read_pins(path) == (kept,) == await store.pins.served()
    await store.close()
    assert read_pins(path) == (kept,)


@pytest.mark.parametrize("address", ["sqlite:///{}", "sqlite+aiosqlite:///{}", "{}"])
async def test_pins_are_read_from_a_file_that_the_address_of_the_state_names(tmp_path: Path, address: str) -> None:
    where = address.format(tmp_path / "elsewhere.sqlite")
    store = await Store.open(where)
    kept = await store.pins.keep(PinRow("问", "答", "zh", "everyone", (), 1, "admin", NOW, state="on"))
    await store.close()
    assert read_pins(tmp_path / "not there.sqlite", where) == (kept,)


@pytest.mark.parametrize("content", [b"", b"no database at all, only text that is long enough to be looked at"])
def test_a_broken_state_gives_no_pins_and_no_failure(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(content)
    assert read_pins(path) == ()
