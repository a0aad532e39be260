"""The state in a PostgreSQL database, by its address alone and with nothing to install beside the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.errors import StoreError
from bot.store.peek import read_ledger
from bot.store.store import Store
from tests.bot.ledger.entries import MADE, MEASURED
from tests.metrics import postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[postgres_server.Server]:
    with postgres_server.running() as made:
        yield made


async def test_a_state_on_a_server_is_migrated_kept_and_read_as_one_in_a_file(server: postgres_server.Server) -> None:
    url = server.database("state")
    first = await Store.open(url)
    kept = await first.ledger.keep(MEASURED, "小林")
    await first.close()
    again = await Store.open(url)
    assert await again.ledger.get(kept.id) == kept
    await again.migrate_chat(-100, -100200)
    await again.close()
    (entry,) = await asyncio.to_thread(read_ledger, Path("unused"), url)
    assert (entry.id, entry.chat_id, entry.review) == (kept.id, -100200, MEASURED.review)


async def test_of_two_bots_on_one_server_one_gets_a_row(server: postgres_server.Server) -> None:
    url, later = server.database("shared"), MADE + timedelta(minutes=1)
    first, second = await Store.open(url), await Store.open(url)
    await asyncio.gather(*(store.ledger_due.plan_row(1, MADE.date(), 1, MADE) for store in (first, second)))
    claims = [store.ledger_due.claim(name, later, later) for store, name in ((first, "a"), (second, "b"))]
    assert sum(row is not None for row in await asyncio.gather(*claims)) == 1
    await first.close()
    await second.close()


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(StoreError, match=r"cannot open the state postgresql\+psycopg://u:\*\*\*@127.0.0.1:1/x"):
        await Store.open("postgresql://u:secret@127.0.0.1:1/x")
