"""Webhooks: delivery in order, the secret, repetition, and getUpdates shut out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest, Conflict

from bot.sandbox import acts
from bot.sandbox.webhook import Patience
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import LIN
from tests.bot.sandbox.schema import problems, specification


class Receiver:
    """The bot's own web server; answers with the given statuses first, then 200."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.taken: list[tuple[str | None, dict[str, object]]] = []
        self.arrived = asyncio.Event()
        self.url = ""

    async def take(self, request: Request) -> Response:
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            secret = request.headers.get("x-telegram-bot-api-secret-token")
            self.taken.append((secret, json.loads(await request.body())))
        self.arrived.set()
        return Response(status_code=status)

    async def until(self, count: int) -> None:
        while len(self.taken) < count:
            self.arrived.clear()
            await asyncio.wait_for(self.arrived.wait(), 5)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = Starlette(routes=[Route("/hook", receiver.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    receiver.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/hook"
    yield receiver
    server.should_exit = True
    await serving


def texts(receiver: Receiver) -> list[object]:
    return [update["message"]["text"] for _, update in receiver.taken]  # type: ignore[index]


async def test_updates_arrive_in_order_with_the_secret(world: World, bot: Bot, receiver: Receiver) -> None:
    acts.say(world, LIN, LIN, "早先")
    await bot.set_webhook(receiver.url, secret_token="s3cret_-")
    acts.say(world, LIN, LIN, "后来")
    await receiver.until(2)
    assert texts(receiver) == ["早先", "后来"]
    assert {secret for secret, _ in receiver.taken} == {"s3cret_-"}
    if specification() is not None:
        assert [problems(update, "Update") for _, update in receiver.taken] == [[], []]


async def test_a_failed_delivery_is_repeated_before_the_next_update(world: World, bot: Bot, receiver: Receiver) -> None:
    world.webhook.patience = Patience(attempts=5, first_seconds=0.01, longest_seconds=0.02)
    receiver.statuses = [500, 503]
    await bot.set_webhook(receiver.url)
    acts.say(world, LIN, LIN, "一")
    acts.say(world, LIN, LIN, "二")
    await receiver.until(2)
    assert texts(receiver) == ["一", "二"]
    assert (
        await bot.get_webhook_info()
    ).last_error_message == "Wrong response from the webhook: 503 Service Unavailable"


async def test_after_enough_attempts_an_update_is_given_up(world: World, bot: Bot, receiver: Receiver) -> None:
    world.webhook.patience = Patience(attempts=2, first_seconds=0.01, longest_seconds=0.02)
    receiver.statuses = [500, 500]
    await bot.set_webhook(receiver.url)
    acts.say(world, LIN, LIN, "丢了")
    acts.say(world, LIN, LIN, "到了")
    await receiver.until(1)
    assert texts(receiver) == ["到了"]


async def test_with_a_webhook_polling_is_a_conflict(world: World, bot: Bot, receiver: Receiver) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await bot.set_webhook(receiver.url, allowed_updates=["message"])
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await waiting
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates(timeout=0)
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.allowed_updates) == (receiver.url, 0, ("message",))
    await bot.delete_webhook()
    acts.say(world, LIN, LIN, "又轮询")
    assert [u.message.text for u in await bot.get_updates(timeout=0)] == ["又轮询"]
    assert (await bot.get_webhook_info()).url == ""


async def test_pending_updates_can_be_dropped(world: World, bot: Bot) -> None:
    acts.say(world, LIN, LIN, "旧")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates(timeout=0) == ()


@pytest.mark.parametrize("url", ["https://example.com/hook", "ftp://127.0.0.1/", "http://[::1", "nonsense"])
async def test_nothing_is_delivered_beyond_this_machine(bot: Bot, url: str) -> None:
    with pytest.raises(BadRequest, match="Bad webhook"):
        await bot.set_webhook(url)


async def test_a_secret_has_its_characters(api: httpx.AsyncClient) -> None:
    answer = await api.post("/setWebhook", data={"url": "http://127.0.0.1:9/", "secret_token": "不行"})
    assert answer.json()["description"] == "Bad Request: secret token contains unallowed characters"
