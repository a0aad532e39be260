"""`opsbot ask -` that keeps running answers from the files as they are now."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import open_core
from bot.cli.ask import Defaults, answer_lines
from bot.settings import Settings

HEADER = "order_id,ordered_at,buyer_id,is_first_order,category,channel,region,units,amount\n"
SOURCES = "zone: Asia/Shanghai\ntables:\n  orders: {files: 'orders/*.csv'}\n"
POLL = 0.05  # seconds


def write(path: Path, number: int, amount: int) -> None:
    path.write_text(f"{HEADER}{number},2026-10-05 10:00:00,{number},true,母婴,直播,华东,1,{amount}\n", "utf-8")


def test_files_that_come_change_and_go_between_two_lines_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "orders").mkdir()
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    (tmp_path / "opsbot.toml").write_text(f"[metrics]\npoll_seconds = {POLL}\n[knowledge]\nbundled = false\n", "utf-8")
    write(tmp_path / "orders" / "a.csv", 1, 100)
    late = tmp_path / "orders" / "late.csv"

    def lines() -> Iterator[str]:
        request = json.dumps({"question": "10月GMV", "now": "2026-11-22T14:30"})
        for act in (lambda: None, lambda: write(late, 2, 20), lambda: write(late, 2, 3000), late.unlink):
            act()
            time.sleep(2 * POLL)
            yield request
            time.sleep(2 * POLL)
            yield request  # a young file is looked at twice before it counts

    core = open_core(Settings.load(tmp_path))
    try:
        answer_lines(lines(), core, Defaults("operator", None, None))
    finally:
        core.close()
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["facts"][0]["value"] for answer in answers[1::2]] == [100.0, 120.0, 3100.0, 100.0]
