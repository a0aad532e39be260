"""A sandbox on a free port for each test, with all traffic checked, and clients that talk to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox.limits import Limits
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.schema import TrafficCheck, specification

LIN, CHEN, ZHOU, STRANGER = 1001, 1002, 1003, 1004
GROUP = -1_000_000_000_001
USERNAME = "opsbot_demo_bot"


def make_world(**options: Any) -> World:
    """Three colleagues in a supergroup and a fourth person who never wrote to the bot."""
    world = World(username=USERNAME, **{"limits": Limits.none(), **options})
    world.add_person(LIN, "小林", username="xiaolin_ops", language_code="zh-hans", role="operator")
    world.add_person(CHEN, "陈经理", username="chen_manager", language_code="zh-hans", role="manager")
    world.add_person(ZHOU, "周工", username="zhou_engineer", language_code="zh-hans", role="admin")
    world.add_person(STRANGER, "小吴", language_code="zh-hans", role="newcomer", started=False)
    world.add_group(GROUP, "运营作战群", [LIN, CHEN, ZHOU], creator=ZHOU)
    return world


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about seconds as plain numbers unless it is told to give durations."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def traffic(world: World) -> Iterator[TrafficCheck]:
    """Every call and answer of the test, held against the schema of the Bot API."""
    check = TrafficCheck()
    if specification() is not None:
        world.observers.append(check)
    yield check
    assert check.problems == []


@pytest.fixture
async def sandbox(world: World, traffic: TrafficCheck) -> AsyncIterator[Sandbox]:
    running = Sandbox(world)
    await running.start()
    yield running
    await running.stop()


def make_bot(sandbox: Sandbox, **options: Any) -> Bot:
    """A client of this sandbox; without certificates, whose loading would cost more than most tests."""
    return Bot(
        sandbox.token,
        base_url=f"{sandbox.base_url}/bot",
        base_file_url=f"{sandbox.base_url}/file/bot",
        request=HTTPXRequest(httpx_kwargs={"verify": False}, **options),
        get_updates_request=HTTPXRequest(httpx_kwargs={"verify": False}),
    )


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """python-telegram-bot, the client that the assistant itself uses."""
    async with make_bot(sandbox) as client:
        yield client


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A bare client of the whole server."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        yield client


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """A bare client of the Bot API: `await api.post("/sendMessage", data={…})`."""
    url = f"{sandbox.base_url}/bot{sandbox.token}"
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


def png(width: int, height: int, padding: int = 0) -> bytes:
    """A PNG of one colour; `padding` makes it larger without changing the picture."""
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x7f" * width for _ in range(height)))
    extra = chunk(b"tEXt", b"x" * padding) if padding else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
