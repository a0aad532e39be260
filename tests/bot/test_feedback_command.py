"""`opsbot feedback` prints what people missed."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from bot.cli import main
from bot.store.answers import AnswerRow
from bot.store.curated import QuotedPassage
from bot.store.feedback import QuotedAnswer
from bot.store.store import Store

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


async def judged(home: Path) -> None:
    store = await Store.open(home / "state" / "opsbot.sqlite")
    number = await store.answers.keep(AnswerRow(1, 0, 1, "退货运费谁出", '{"intent": "knowledge"}', NOW))
    passage = QuotedPassage("p1", "退货规范", "a.md", "一、运费", "商家承担。", "everyone")
    await store.feedback.keep_quoted(QuotedAnswer(number, "商家承担。", "zh", (passage,)))
    await store.feedback.judge(number, 7, "down", NOW)
    await store.feedback.judge(number, 8, "up", NOW)
    await store.feedback.say_missing(number, 7, "跨境呢", NOW)
    await store.close()


def test_the_latest_thumbs_down_are_printed_with_question_and_passages(tmp_path: Path) -> None:
    asyncio.run(judged(tmp_path))
    ran = CliRunner().invoke(main, ["feedback", "--home", str(tmp_path), "--json"])
    printed = json.loads(ran.output)
    assert (printed["up"], printed["down"]) == (1, 1)
    (complaint,) = printed["complaints"]
    assert (complaint["question"], complaint["missing"], complaint["plan"]) == (
        "退货运费谁出",
        "跨境呢",
        {"intent": "knowledge"},
    )
    assert complaint["passages"][0]["quote"] == "商家承担。"
    assert "missing: 跨境呢" in CliRunner().invoke(main, ["feedback", "--home", str(tmp_path)]).output


def test_a_home_without_a_state_is_left_alone(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["feedback", "--home", str(tmp_path)])
    assert ran.exit_code == 1
    assert "nobody has talked" in ran.output
    assert list(tmp_path.iterdir()) == []
