"""The ledger on the command line: entries as JSON, and the same measurement for anything."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.store.store import Store
from bot.tactics.ledger.entry import text_of
from tests.bot.ledger.entries import MEASURED
from tests.bot.ledger.shop import orders
from tests.metrics.small_shop import write_shop


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose ledger holds one measured tactic in 母婴."""
    folder = tmp_path_factory.mktemp("home")
    write_shop(folder, {"orders": orders()})
    (folder / "opsbot.toml").write_text('[knowledge]\nbundled = false\nembedding = "hash"\n', encoding="utf-8")

    async def adopt() -> None:
        store = await Store.open(folder / "state" / "opsbot.sqlite")
        scope = text_of({"category": ("母婴",)})
        await store.ledger.keep(replace(MEASURED, scope=scope, start=date(2026, 8, 5)), "小林")
        await store.close()

    asyncio.run(adopt())
    return folder


def run(*words: str) -> str:
    found = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def test_the_ledger_is_printed_with_its_card_and_what_was_measured(home: Path) -> None:
    (entry,) = json.loads(run("ledger", "--json", "--home", str(home)))["entries"]
    assert (entry["card"]["title"], entry["state"], entry["effect"]["verdict"]) == ("以旧换新", "measured", "effective")
    assert entry["effect"]["interval"]["effect"] == 0.081
    assert "以旧换新: effective +8.1% (+1.9% to +14.6%)" in run("ledger", "--home", str(home))
    assert "nothing was adopted" in run("ledger", "--chat", "5", "--home", str(home))


def test_anything_can_be_measured_with_the_tactics_that_were_under_way_named(home: Path) -> None:
    words = ["ledger", "measure", "GMV", "--category", "母婴", "--from", "2026-08-03", "--to", "2026-08-16"]
    effect = json.loads(run(*words, "--json", "--home", str(home), "--now", "2026-08-20T12:00"))
    assert effect["verdict"] == "effective"
    assert 0.2 < effect["interval"]["low"] < effect["interval"]["high"] < 0.4
    assert [one["name"] for one in effect["confounders"] if one["kind"] == "tactic"] == ["以旧换新"]
