"""The state: migrated from nothing, safe under many writers, moved as one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from bot.store.answers import AnswerRow
from bot.store.database import Database
from bot.store.errors import StoreError
from bot.store.people import RequestRow
from bot.store.schema import metadata, people
from bot.store.store import Store
from bot.store.watches import WatchRow

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


async def test_an_empty_place_gets_every_table_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "new" / "state" / "opsbot.sqlite"
    for _ in range(2):
        store = await Store.open(path)
        await store.people.set_person(1, "小林", "operator", None, NOW)
        await store.close()
    with create_engine(f"sqlite:///{path}").connect() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
        assert connection.exec_driver_sql("SELECT count(*) FROM people").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    connection.engine.dispose()


async def test_the_migrations_lead_exactly_to_the_tables_in_the_code(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "a.sqlite")

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.reading() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_an_address_by_url_is_understood_and_a_bad_place_is_explained(tmp_path: Path) -> None:
    store = await Store.open(f"sqlite:///{tmp_path / 'b.sqlite'}")
    await store.close()
    (tmp_path / "file").write_text("")
    for where in (tmp_path / "file" / "x.sqlite", tmp_path, "sqlite:////nowhere/at/all.sqlite"):
        with pytest.raises(StoreError, match="cannot"):
            await Store.open(where)


async def test_fifty_writers_of_two_processes_read_and_write_without_a_loss(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    first, second = await Database.open(path), await Database.open(path)
    async with first.writing() as connection:
        await connection.execute(people.insert().values(user_id=1, name="0"))

    async def add_one(database: Database) -> None:
        async with database.writing() as connection:
            row = (await connection.execute(people.select())).one()
            await asyncio.sleep(0.001)
            await connection.execute(people.update().values(name=str(int(row.name) + 1)))

    await asyncio.gather(*(add_one(first if number % 2 else second) for number in range(50)))
    async with second.reading() as connection:
        assert (await connection.execute(people.select())).one().name == "50"
    await first.close()
    await second.close()


async def test_a_failed_change_leaves_nothing_behind(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "d.sqlite")

    async def fail() -> None:
        async with database.writing() as connection:
            await connection.execute(people.insert().values(user_id=1, name="x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.reading() as connection:
        assert (await connection.execute(people.select())).all() == []
    await database.close()


async def test_a_moment_without_a_zone_is_refused(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "e.sqlite")
    with pytest.raises(Exception, match="no time zone"):
        await store.people.set_person(1, "x", None, None, datetime(2026, 11, 22))
    await store.close()


async def test_a_chat_moves_with_all_it_has_and_moving_twice_is_fine(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "f.sqlite")
    await store.people.set_chat(-1, "manager", 9, NOW, ("母婴",))
    await store.people.see_chat(-100, "supergroup", "新")  # heard of before the migration was
    await store.digests.subscribe(-1, 0, "09:00", "Asia/Shanghai", 9, NOW)
    answer = await store.answers.keep(AnswerRow(-1, 0, 5, "问", "{}", NOW))
    request = RequestRow(0, "chat", -1, -1, "群", "谁", "zh", "open", None, None)
    await store.people.open_request(request, NOW, timedelta(hours=1))
    for _ in range(2):
        await store.migrate_chat(-1, -100)
    chat = await store.people.chat(-100)
    assert chat is not None
    assert (chat.role, chat.categories) == ("manager", ("母婴",))
    assert await store.people.chat(-1) is None
    assert (await store.digests.subscription(-100, 0)) is not None
    row = await store.answers.get(answer)
    assert row is not None
    assert row.chat_id == -100
    (waiting,) = await store.people.open_requests(10)
    assert (waiting.subject_id, waiting.chat_id) == (-100, -100)
    await store.close()


async def test_the_rules_of_a_chat_move_with_it_and_forget_their_messages(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "i.sqlite")
    rule = WatchRow(-1, 0, "rule", "zh", "转化率低于2%叫我", '{"metric": "conversion_rate"}', 5, NOW, message_id=77)
    kept = await asyncio.gather(*(store.watches.keep(rule) for _ in range(4)))
    assert {one.id for one in kept if one is not None} == {1}  # pressed four times, kept once
    await store.migrate_chat(-1, -100)
    assert await store.watches.of_chat(-100) == (replace(rule, chat_id=-100, message_id=None, id=1),)
    await store.close()


async def test_the_journal_accepts_once_and_forgets_what_is_done(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "g.sqlite")
    assert await store.journal.accept("1:a", '{"text": "secret"}', NOW)
    assert not await store.journal.accept("1:a", "{}", NOW)
    assert await store.journal.unfinished() == (("1:a", '{"text": "secret"}'),)
    await store.journal.finish("1:a")
    assert await store.journal.unfinished() == ()
    assert not await store.journal.accept("1:a", "{}", NOW)
    await store.journal.forget(NOW + timedelta(days=3))
    assert await store.journal.accept("1:a", "{}", NOW)
    await store.close()


async def test_closing_waits_for_a_transaction_and_lets_none_begin(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "h.sqlite")
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with store._database.writing() as connection:
            begun.set()
            await may_end.wait()
            await connection.execute(text("INSERT INTO people (user_id, name) VALUES (7, '李')"))

    writing = asyncio.create_task(slow())
    await begun.wait()
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    with pytest.raises(StoreError, match="closed"):
        async with store._database.reading():
            pass
    may_end.set()
    await asyncio.gather(writing, closing)

    again = await Store.open(tmp_path / "h.sqlite")
    async with again._database.reading() as connection:
        assert (await connection.execute(text("SELECT name FROM people"))).scalar_one() == "李"
    await again.close()
