"""Whatever is thrown at the server: an answer in Telegram's form, never a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox import acts
from bot.sandbox.api import call_method
from bot.sandbox.methods.table import METHODS
from bot.sandbox.server import Sandbox, application
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import GROUP, LIN, make_world
from tests.bot.sandbox.schema import MISSING, TrafficCheck, problems, specification

NAMES = (
    "chat_id",
    "text",
    "parse_mode",
    "entities",
    "reply_markup",
    "reply_parameters",
    "reply_to_message_id",
    "message_id",
    "message_ids",
    "media",
    "photo",
    "document",
    "caption",
    "caption_entities",
    "offset",
    "limit",
    "timeout",
    "allowed_updates",
    "url",
    "secret_token",
    "commands",
    "scope",
    "language_code",
    "callback_query_id",
    "user_id",
    "file_id",
    "reaction",
    "action",
    "message_thread_id",
    "from_chat_id",
    "draft_id",
    "name",
    "link_preview_options",
    "description",
    "show_caption_above_media",
)
# getUpdates would wait and setWebhook would start to deliver: both have tests of their own.
CALLED = sorted(set(METHODS) - {"getUpdates", "setWebhook", "leaveChat"})
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8)
interesting = st.sampled_from(
    [GROUP, LIN, str(LIN), "@x", 1, 2, "1", "HTML", "MarkdownV2", "<b>x</b>", "<", "attach://x", "\ud800", "default",
     {"type": "chat", "chat_id": None}, {"inline_keyboard": [[{"text": "x", "callback_data": 5}]]},
     {"inline_keyboard": [[{"text": "x", "url": "https://a.cn"}]]}, [{"type": "emoji", "emoji": "👍"}],
     [{"type": "photo", "media": "attach://x"}], {"message_id": 1, "chat_id": {}},
     [{"command": "a", "description": "b"}],
     [{"type": "text_mention", "offset": 0, "length": 1, "user": {"id": []}}], "[[[[", "{\"a\":NaN}"]
)  # fmt: skip
keys = st.sampled_from(NAMES) | st.text(max_size=4)
values = st.recursive(
    scalars | interesting,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def calls(method: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """The method with some of its own parameters and some of others."""
    fields = (specification() or {"methods": {}})["methods"].get(method, {}).get("fields", [])
    own = sorted({field["name"] for field in fields} - {"business_connection_id"}) or list(NAMES)
    given_ones = st.dictionaries(st.sampled_from(own) | st.sampled_from(NAMES), values, max_size=6)
    return st.tuples(st.just(method), given_ones)


def encoded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def call(world: World, method: str, **request: Any) -> httpx.Response:
    """One call without a socket, so that a thousand of them are quick."""
    transport = httpx.ASGITransport(application(world), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1/bot{world.token}") as client:
        return await client.post(f"/{method}", **request)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CALLED).flatmap(calls), st.booleans())
async def test_any_parameters_get_an_answer_that_fits_the_schema(
    called: tuple[str, dict[str, Any]], as_form: bool
) -> None:
    method, parameters = called
    world = make_world()
    acts.say(world, LIN, LIN, "a message to edit, to delete or to reply to")
    await call(world, "sendMessage", json={"chat_id": LIN, "text": "another"})
    parameters = {"chat_id": LIN, **parameters}
    if as_form:
        body = urlencode({key: encoded(value) for key, value in parameters.items()}, errors="replace")
        kind = "application/x-www-form-urlencoded"
    else:
        body, kind = json.dumps(parameters), "application/json"
    answer = await call(world, method, content=body.encode(), headers={"Content-Type": kind})
    assert answer.status_code in (200, 400, 403)
    assert answer.json()["ok"] is (answer.status_code == 200)
    if specification() is not None and answer.json()["ok"]:
        returns = specification()["methods"][method]["returns"]  # type: ignore[index]
        assert problems(answer.json()["result"], *returns) == []


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=x",
            "multipart/form-data; boundary=ééé",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "text/plain",
            "",
        ]
    ),
)
async def test_any_body_gets_an_answer(body: bytes, kind: str) -> None:
    world = make_world()
    for method in ("sendMessage", "sendPhoto"):
        answer = await call(world, method, content=body, headers={"Content-Type": kind.encode()})
        assert answer.status_code == 400


async def test_a_body_beyond_the_bound_is_refused_while_it_is_read(api: httpx.AsyncClient) -> None:
    async def endless() -> Any:
        for _ in range(60):
            yield b"x" * 1024 * 1024

    answer = await api.post("/sendMessage", content=endless(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["description"]) == (413, "Request Entity Too Large")


async def test_a_mistake_of_the_server_itself_is_one_line_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setitem(METHODS, "getMe", broken)
    world = make_world()
    answer = await call(world, "getMe")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert world.token not in caplog.text
    assert call_method.__name__ not in answer.text


@pytest.mark.skipif(specification() is None, reason=MISSING)
def test_the_schema_check_itself_finds_what_is_wrong() -> None:
    chat = {"id": 1, "type": "private"}
    good = {"message_id": 1, "date": 1, "chat": chat}
    assert problems(good, "Message") == []
    assert problems({**good, "text": None}, "Message")
    assert problems({**good, "surprise": 1}, "Message")
    assert problems({**good, "chat": {"id": "1", "type": "private"}}, "Message")
    assert problems({"message_id": 1}, "Message")


@pytest.mark.skipif(specification() is None, reason=MISSING)
async def test_the_traffic_check_sees_calls_and_answers(world: World, sandbox: Sandbox, api: httpx.AsyncClient) -> None:
    world.observers.clear()
    check = TrafficCheck()
    world.observers.append(check)
    await api.post("/sendMessage", data={"chat_id": LIN, "text": "x", "shout": "1"})
    await api.post("/getMe")
    assert check.seen == 2
    assert check.problems == ["sendMessage: unknown parameter shout"]


@pytest.mark.skipif(specification() is None, reason=MISSING)
def test_every_method_of_the_sandbox_is_one_of_the_bot_api() -> None:
    assert set(METHODS) <= set(specification()["methods"])  # type: ignore[index]
