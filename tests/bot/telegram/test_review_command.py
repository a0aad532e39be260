"""A review in the chat: asked for, written beside the talk, sent as files once, and put into the documents."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.reviews.desk import ReviewDesk
from bot.tactics.ledger.board import LedgerBoard
from metrics.analyst import Analyst
from metrics.anomalies.anomaly import Scan
from tests.bot.reviews.conftest import desk_over
from tests.bot.telegram.chat import OWN, last, press
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, OPERATOR, Message, Stage, staged, until
from tests.metrics.small_shop import order, write_shop


@pytest.fixture
def desk(tmp_path: Path) -> ReviewDesk:
    """Over 62 orders of 100 in October 2026."""
    rows = [order(number, f"2026-10-{1 + number % 31:02d} 10:00", 100) for number in range(1, 63)]
    analyst = Analyst.open(write_shop(tmp_path / "shop", {"orders": rows}))
    return desk_over(analyst, LedgerBoard(), lambda *_: Scan(()))


@pytest.fixture
async def stage(tmp_path: Path, desk: ReviewDesk) -> AsyncIterator[Stage]:
    async with staged(tmp_path, started=False) as made:
        made.reviews = desk
        made.surface = made.new_surface()
        await made.surface.start()
        await made.let_everyone_in()
        yield made


def names(messages: list[Message]) -> list[str]:
    return [message["document"]["file_name"] for message in messages if "document" in message]


async def test_a_review_becomes_a_summary_and_two_files(stage: Stage) -> None:
    stage.say(OPERATOR, OPERATOR, "/review month")
    summary, *files = await stage.replies(OPERATOR, 3, 90)
    assert names(files) == ["2026年10月经营复盘.docx", "2026年10月经营复盘.md"]
    await until(lambda: "正在写" not in stage.from_bot(OPERATOR)[0]["text"], 5, lambda: "the progress was not edited")
    assert "GMV ¥6,200.00" in stage.from_bot(OPERATOR)[0]["text"]  # 62 orders of 100
    assert "reply_markup" not in summary
    (line,) = [row for row in await stage.store.answers.audit_log() if row.kind == "review"]
    assert line.sql


async def test_plain_words_in_a_group_are_heard_when_the_bot_is_named(stage: Stage) -> None:
    stage.say(GROUP_ID, OPERATOR, "写一份上月复盘")
    stage.say(GROUP_ID, OPERATOR, "@opsbot_demo_bot 写一份上月复盘")
    files = (await stage.replies(GROUP_ID, 3, 90))[1:]
    assert names(files) == ["2026年10月经营复盘.docx", "2026年10月经营复盘.md"]


async def test_a_viewer_and_a_wrong_word_get_a_sentence(stage: Stage) -> None:
    await stage.access.grant("person", OPERATOR, "viewer", name="小林")
    stage.say(OPERATOR, OPERATOR, "/review month")
    stage.say(MANAGER, MANAGER, "/review")
    stage.say(ADMIN, ADMIN, "/review 2024年")
    assert "运营及以上" in (await stage.replies(OPERATOR, 1))[0]["text"]
    assert "/review week" in (await stage.replies(MANAGER, 1))[0]["text"]
    await until(lambda: "没有数据" in "".join(m.get("text", "") for m in stage.from_bot(ADMIN)), 60, lambda: "nothing")


async def test_the_same_update_again_sends_no_file_again(stage: Stage) -> None:
    stage.say(OPERATOR, OPERATOR, "/review month")
    await stage.replies(OPERATOR, 3, 90)
    (row,) = await stage.store.answers.recent(OPERATOR, 0, OPERATOR, stage.clock.now().replace(year=2000), 5)
    assert row.update_key
    await stage.restart()
    await asyncio.sleep(0.3)
    assert len(names(stage.from_bot(OPERATOR))) == 2


async def test_writing_stops_when_nobody_waits(desk: ReviewDesk, stage: Stage) -> None:
    from bot.assistant.types import Asker
    from bot.reviews.desk import NotWantedError

    request = desk.command("month", stage.clock.now(), "zh")
    assert request != "unclear"
    with pytest.raises(NotWantedError):
        desk.write(request, Asker("operator"), stage.clock.now(), lambda: False)


async def test_an_admin_puts_the_review_into_the_documents_and_it_answers(tmp_path: Path, desk: ReviewDesk) -> None:
    async with staged(tmp_path, started=False, knowledge=OWN) as made:
        assert made.core is not None
        made.core.reviews = replace(made.core.reviews, writer=desk.writer, span=desk.span)
        made.surface = made.new_surface()
        await made.surface.start()
        made.say(ADMIN, ADMIN, "/review month")
        await made.replies(ADMIN, 3, 90)
        press(made, made.from_bot(ADMIN)[0], "加入资料库")
        preview = await last(made, ADMIN, "确认之前")
        assert "《2026年10月经营复盘》" in preview["text"]
        press(made, preview, "加入")
        assert "2026年10月经营复盘" in (await last(made, ADMIN, "✅"))["text"]
        found = made.core.library.search("2026年10月全店GMV结果")
        assert "全店GMV ¥6,200.00" in found.passages[0].text
        assert found.passages[0].document == "2026年10月经营复盘"
