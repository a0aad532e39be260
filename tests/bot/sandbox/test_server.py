"""Starting and stopping."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import time

import httpx
import pytest

from bot.errors import BotError
from bot.sandbox import acts
from bot.sandbox.errors import PortUnavailableError, SandboxError
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import LIN, make_bot


async def test_a_port_in_use_is_named_with_the_next_move(sandbox: Sandbox) -> None:
    port = int(sandbox.base_url.rsplit(":", 1)[1])
    with pytest.raises(PortUnavailableError, match=rf"port {port} on 127.0.0.1 is in use .* choose another port"):
        await Sandbox(World(), port=port).start()
    assert issubclass(PortUnavailableError, BotError)


@pytest.mark.parametrize("port", [-1, 70000])
async def test_an_impossible_port_is_a_sentence(port: int) -> None:
    with pytest.raises(PortUnavailableError, match=r"use 127\.0\.0\.1 and a port"):
        await Sandbox(World(), port=port).start()


async def test_starting_twice_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="already running"):
        await sandbox.start()


async def test_stopping_is_quick_whatever_waits(world: World, api: httpx.AsyncClient, sandbox: Sandbox) -> None:
    poll = asyncio.create_task(api.post("/getUpdates", data={"timeout": "50"}, timeout=60))
    with socket.create_connection(("127.0.0.1", int(sandbox.base_url.rsplit(":", 1)[1]))) as silent:
        silent.sendall(b"POST /bot")
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await sandbox.stop()
        assert time.monotonic() - began < 4
    assert (await poll).json() == {"ok": True, "result": []}
    await sandbox.stop()


async def test_a_world_goes_on_in_another_server(world: World) -> None:
    first = Sandbox(world)
    await first.start()
    await first.stop()
    acts.say(world, LIN, LIN, "还在吗")
    second = Sandbox(world)
    await second.start()
    async with make_bot(second) as bot:
        assert [u.message.text for u in await bot.get_updates(timeout=0)] == ["还在吗"]
    await second.stop()


async def test_signals_stay_with_the_program_around_it(world: World) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    sandbox = Sandbox(world)
    await sandbox.start()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    await sandbox.stop()


def test_a_token_has_telegrams_form() -> None:
    assert re.fullmatch(r"7000000001:[A-Za-z0-9_-]{35}", Sandbox(World()).token)


async def test_an_answer_takes_a_few_milliseconds(api: httpx.AsyncClient) -> None:
    """Without TCP_NODELAY every call takes 40 ms more; the best of ten shows it on a busy machine as well."""
    await api.post("/getMe")
    took = []
    for _ in range(10):
        began = time.perf_counter()
        await api.post("/sendMessage", data={"chat_id": LIN, "text": "x"})
        took.append(time.perf_counter() - began)
    assert min(took) < 0.03
