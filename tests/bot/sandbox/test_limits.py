"""429 and its windows, and trouble on demand."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import NetworkError, RetryAfter, TimedOut

from bot.sandbox import acts
from bot.sandbox.errors import ApiError
from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limiter, Limits, Window
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import CHEN, GROUP, LIN, make_bot, png


class Clock:
    """A timer that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused_for(limiter: Limiter, chat_id: int, weight: int = 1) -> int:
    """Seconds that a message would have to wait, 0 when it was let through."""
    try:
        limiter.spend(chat_id, weight)
    except ApiError as refusal:
        return int(refusal.parameters["retry_after"])
    return 0


def seconds_of(refusal: RetryAfter) -> float:
    """How long the client is told to wait."""
    assert isinstance(refusal.retry_after, timedelta)
    return refusal.retry_after.total_seconds()


def test_a_group_takes_20_messages_a_minute() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    for _ in range(20):
        assert refused_for(limiter, GROUP) == 0
        clock.now += 1
    # 20 s after the first; the window has room 60 s after it, which is 40 s from now (less 2 % tolerance)
    assert refused_for(limiter, GROUP) == 39
    clock.now += 39
    assert refused_for(limiter, GROUP) == 0


def test_a_private_chat_takes_a_message_a_second_and_a_short_burst() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    assert [refused_for(limiter, LIN) for _ in range(6)] == [0, 0, 0, 0, 0, 5]
    clock.now += 5
    for _ in range(60):
        assert refused_for(limiter, LIN) == 0
        clock.now += 1


def test_all_chats_together_take_30_messages_a_second() -> None:
    clock = Clock()
    limiter = Limiter(Limits(), clock)
    assert [refused_for(limiter, 5000 + number) for number in range(31)] == [0] * 30 + [1]
    clock.now += 1
    assert refused_for(limiter, LIN) == 0


def test_an_album_weighs_as_much_as_its_pictures() -> None:
    limiter = Limiter(Limits(private=None, group=Window(5, 60), overall=None), Clock())
    assert refused_for(limiter, GROUP, weight=4) == 0
    assert refused_for(limiter, GROUP, weight=2) == 59
    assert refused_for(limiter, GROUP, weight=1) == 0


async def test_beyond_the_limit_the_client_learns_how_long_to_wait(world: World, bot: Bot) -> None:
    world.limiter.limits = Limits(group=Window(2, 60))
    await bot.send_message(GROUP, "1")
    sent = await bot.send_message(GROUP, "2")
    for call in (
        bot.send_message(GROUP, "3"),
        bot.edit_message_text("2a", GROUP, sent.message_id),
        bot.send_media_group(GROUP, [InputMediaPhoto(png(9, 9))] * 2),
    ):
        with pytest.raises(RetryAfter) as caught:
            await call
        assert 50 <= seconds_of(caught.value) <= 60
    assert len(world.rooms[GROUP]) == 2
    assert (await bot.send_message(LIN, "another chat")).message_id == 1


async def test_answers_to_presses_and_polls_are_free(world: World, bot: Bot) -> None:
    world.limiter.limits = Limits(group=Window(1, 60))
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])
    sent = await bot.send_message(GROUP, "1", reply_markup=keyboard)
    for _ in range(3):
        assert await bot.answer_callback_query(acts.press(world, GROUP, LIN, sent.message_id, "x"))
        await bot.get_updates(timeout=0)
        await bot.send_chat_action(GROUP, "typing")


async def test_a_refused_call_says_nothing(world: World, bot: Bot) -> None:
    world.faults.add(Fault("too_many_requests", "sendMessage", GROUP, times=2, seconds=7))
    for _ in range(2):
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(GROUP, "x")
        assert seconds_of(caught.value) == 7
    await bot.send_message(CHEN, "other chats are not concerned")
    assert (await bot.send_message(GROUP, "x")).message_id == 1


async def test_an_internal_error_and_a_broken_connection(world: World, bot: Bot) -> None:
    world.faults.add(Fault("server_error"))
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await bot.send_message(LIN, "x")
    world.faults.add(Fault("drop", "sendMessage"))
    with pytest.raises(NetworkError):
        await bot.send_message(LIN, "x")
    assert len(world.rooms[LIN]) == 0
    await bot.send_message(LIN, "x")


async def test_a_lost_reply_is_a_timeout_after_the_message_was_taken(world: World, sandbox: Sandbox) -> None:
    world.faults.add(Fault("lost_reply", "sendMessage", seconds=1))
    async with make_bot(sandbox, read_timeout=0.3) as bot:
        with pytest.raises(TimedOut):
            await bot.send_message(LIN, "到了")
    assert [message["text"] for message in world.rooms[LIN].page(None, 9)] == ["到了"]


async def test_a_delay_delays_this_call_only(world: World, bot: Bot, api: httpx.AsyncClient) -> None:
    world.faults.add(Fault("delay", "sendMessage", seconds=0.5))
    began = time.monotonic()
    slow = asyncio.create_task(bot.send_message(LIN, "慢"))
    await asyncio.sleep(0.05)
    await api.post("/sendMessage", data={"chat_id": CHEN, "text": "快"})
    assert time.monotonic() - began < 0.45
    await slow
    assert time.monotonic() - began >= 0.5
