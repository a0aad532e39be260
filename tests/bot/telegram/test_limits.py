"""Telegram's limits: kept by ourselves, obeyed when Telegram says so, chat by chat."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from telegram.error import RetryAfter

from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.telegram.limiter import ChatLimiter, Result, Sending
from bot.telegram.windows import Window
from tests.bot.telegram.conftest import GROUP_ID, MANAGER, OPERATOR, Stage, staged

BOT = "@opsbot_demo_bot"


async def send(limiter: ChatLimiter, chat: int, sent: list[Any], mark: object = None, **more: Any) -> Result:
    """One call through the limiter that notes when it was let through."""

    async def call() -> Result:
        sent.append((mark, time.monotonic()))
        return {"message_id": len(sent)}

    data = {"chat_id": chat, **more.get("data", {})}
    return await limiter.process_request(
        call, (), {}, more.get("endpoint", "sendMessage"), data, more.get("sending", Sending())
    )


async def test_no_window_ever_holds_more_than_its_limit() -> None:
    window, passed = Window(3, 0.3), []

    async def one() -> None:
        await window.pass_through()
        passed.append(time.monotonic())

    await asyncio.gather(*(one() for _ in range(10)))
    assert all(later - earlier >= 0.299 for earlier, later in zip(passed, passed[3:], strict=False))
    assert passed[-1] - passed[0] < 1.3  # ten in threes: three waits of 0.3 s and no more


async def test_a_flooded_chat_leaves_the_others_fast() -> None:
    limiter, slow, fast = ChatLimiter(group=(2, 5.0)), [], []
    flood = [asyncio.create_task(send(limiter, -1, slow)) for _ in range(30)]
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    await asyncio.gather(*(send(limiter, chat, fast) for chat in range(1, 11)))
    assert time.monotonic() - begun < 0.5
    assert len(slow) == 2
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)


async def test_what_somebody_asked_for_goes_before_a_digest() -> None:
    limiter, sent = ChatLimiter(group=(1, 0.1)), []
    tasks = [asyncio.create_task(send(limiter, -1, sent, "first"))]
    await asyncio.sleep(0)
    digest = Sending(priority="digest")
    tasks += [asyncio.create_task(send(limiter, -1, sent, "digest", sending=digest)) for _ in range(2)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(send(limiter, -1, sent, "asked")))
    await asyncio.gather(*tasks)
    assert [mark for mark, _ in sent] == ["first", "asked", "digest", "digest"]


async def test_an_album_weighs_what_it_holds() -> None:
    limiter, sent = ChatLimiter(group=(4, 0.4)), []
    album = {"data": {"media": [1, 2, 3]}, "endpoint": "sendMediaGroup"}
    await send(limiter, -1, sent, **album)
    await send(limiter, -1, sent)
    begun = time.monotonic()
    await send(limiter, -1, sent)
    assert time.monotonic() - begun > 0.3  # 3 + 1 fill the window


async def test_only_the_newest_of_waiting_edits_is_sent_and_callbacks_are_free() -> None:
    limiter, sent = ChatLimiter(group=(1, 0.3)), []
    await send(limiter, -1, sent, "message")
    edits = [
        asyncio.create_task(send(limiter, -1, sent, number, endpoint="editMessageText", data={"message_id": 7}))
        for number in range(5)
    ]
    begun = time.monotonic()
    await limiter.process_request(lambda: send(limiter, 5, sent, "free"), (), {}, "answerCallbackQuery", {}, None)
    assert time.monotonic() - begun < 0.1
    results = await asyncio.gather(*edits)
    assert results[:4] == [True] * 4
    assert [mark for mark, _ in sent] == ["message", "free", 4]


async def test_a_429_pauses_its_chat_only_keeps_the_order_and_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    limiter, sent, refusals = ChatLimiter(group=(20, 60.0)), [], [1]

    async def refused_once() -> Result:
        if refusals:
            raise RetryAfter(refusals.pop())
        sent.append(("first", time.monotonic()))
        return True

    begun = time.monotonic()
    first = asyncio.create_task(limiter.process_request(refused_once, (), {}, "sendMessage", {"chat_id": -1}, None))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(send(limiter, -1, sent, "second"))
    await send(limiter, -2, sent, "other")
    assert time.monotonic() - begun < 0.3
    await asyncio.gather(first, second)
    assert [mark for mark, _ in sent] == ["other", "first", "second"]
    assert time.monotonic() - begun >= 1.0

    async def always() -> Result:
        raise RetryAfter(500)

    with pytest.raises(RetryAfter):
        await limiter.process_request(always, (), {}, "sendMessage", {"chat_id": -3}, None)


async def test_a_flood_of_one_group_over_http_never_meets_a_429_and_others_stay_fast(tmp_path: Path) -> None:
    async with staged(tmp_path, limits=Limits()) as stage:
        await stage.let_everyone_in()
        for round_number in range(3):
            for number in range(8):
                stage.say(GROUP_ID, OPERATOR, f"{BOT} 问{round_number}-{number}")
            await stage.replies(GROUP_ID, min(8 * round_number + 8, 20))
        begun = time.monotonic()
        stage.say(MANAGER, MANAGER, "上周GMV")
        await stage.replies(MANAGER, 1)
        assert time.monotonic() - begun < 1.5
        assert len(stage.from_bot(GROUP_ID)) == 20
        assert [call for call in stage.calls if call.status == 429] == []


async def test_a_429_from_telegram_is_waited_out_and_the_answer_arrives_once(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.world.faults.add(Fault("too_many_requests", "sendMessage", GROUP_ID, times=2, seconds=1))
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 上周GMV")
    await stage.quiet(0.3)
    begun = time.monotonic()
    stage.say(MANAGER, MANAGER, "上周GMV")
    await stage.replies(MANAGER, 1)
    assert time.monotonic() - begun < 1.0
    await stage.replies(GROUP_ID, 1)
    calls = [call.status for call in stage.made("sendMessage") if str(call.parameters["chat_id"]) == str(GROUP_ID)]
    assert calls == [429, 429, 200]
