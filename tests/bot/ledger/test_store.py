"""Entries in the state: kept with who did what, moved with their chat, read back as they were written."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from bot.store.ledger_rows import LedgerAct
from bot.store.store import Store
from bot.tactics.ledger.entry import Entry, text_of
from tests.bot.ledger.entries import CARD, EFFECT, MADE, MEASURED, ROW, SCOPE


async def test_an_entry_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    kept = await store.ledger.keep(MEASURED, "小林")
    assert await store.ledger.get(kept.id) == kept
    entry = Entry.of(kept)
    assert entry is not None
    assert (entry.card, entry.scope, entry.effect) == (CARD, SCOPE, EFFECT)
    assert entry.baseline is not None
    assert (entry.baseline.value, entry.baseline.end) == (32000.0, date(2026, 10, 8))
    await store.close()


async def test_only_one_of_many_measurements_is_taken_and_the_history_says_who_did_what(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    kept = await store.ledger.keep(replace(ROW, state="proposed"), "小林")
    adopted = await store.ledger.change(kept, ["proposed"], act(kept.id, "adopted"), state="adopted")
    assert adopted is not None
    values = {"state": "measured", "effect": text_of(EFFECT)}
    taken = await asyncio.gather(
        *(store.ledger.change(adopted, ["adopted"], act(kept.id, "measured"), **values) for _ in range(8))
    )
    assert sum(row is not None for row in taken) == 1
    assert [line.act for line in await store.ledger.history(kept.id)] == ["proposed", "adopted", "measured"]
    await store.close()


async def test_a_change_leaves_what_others_set_meanwhile_and_none_is_made_over_other_days(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    seen = await store.ledger.keep(ROW, "小林")
    await store.ledger.change(seen, ["adopted"], act(seen.id, "owner"), owner="老王")
    measured = await store.ledger.change(seen, ["adopted"], act(seen.id, "measured"), state="measured")
    assert measured == replace(seen, owner="老王", state="measured")
    moved = await store.ledger.change(seen, ["measured"], act(seen.id, "start"), start=date(2026, 10, 19))
    assert moved is not None
    assert await store.ledger.change(seen, ["measured"], act(seen.id, "review"), review=date(2026, 11, 1)) is None
    assert await store.ledger.get(seen.id) == moved
    await store.close()


def act(number: int, name: str) -> LedgerAct:
    return LedgerAct(number, MADE + timedelta(minutes=1), 1, "小林", name)


async def test_a_proposal_is_not_in_the_ledger_and_a_dropped_entry_stays_in_it(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    await store.ledger.keep(replace(ROW, state="proposed"), "小林")
    await store.ledger.keep(replace(ROW, state="cancelled"), "小林")
    dropped = await store.ledger.keep(replace(ROW, state="dropped"), "小林")
    assert await store.ledger.all() == (dropped,)
    await store.close()


async def test_a_group_that_became_a_supergroup_keeps_its_ledger(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    kept = await store.ledger.keep(ROW, "小林")
    await store.migrate_chat(-100, -100200)
    moved = await store.ledger.get(kept.id)
    assert moved is not None
    assert moved.chat_id == -100200
    await store.close()


async def test_rows_of_the_ledger_and_of_the_digest_are_claimed_apart(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "state.sqlite")
    later = MADE + timedelta(minutes=1)
    await store.ledger_due.plan_row(1, MADE.date(), 1, MADE)
    assert await store.digests.claim("digests", later, later) is None
    claimed = await store.ledger_due.claim("ledger", later, later + timedelta(minutes=1))
    assert claimed is not None
    assert (claimed.subscription_id, claimed.kind, claimed.part) == (1, "ledger", 1)
    assert await store.digests.recover(later + timedelta(hours=1)) == ()
    assert await store.ledger_due.claim("another", later, later) is None
    await store.close()
