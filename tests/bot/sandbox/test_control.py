"""The control API, its guard, and the live events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bot.sandbox import acts
from bot.sandbox.live import Hub
from bot.sandbox.people import ADMIN, GROUP_ID, MANAGER, NEWCOMER, OPERATOR, demo_world
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import CHEN, GROUP, LIN, STRANGER, png

MESSAGES = f"/sandbox/chats/{GROUP}/messages"


@pytest.fixture
async def live(sandbox: Sandbox, world: World) -> AsyncIterator[ClientConnection]:
    address = sandbox.base_url.replace("http", "ws") + "/sandbox/live"
    async with connect(address, origin=sandbox.base_url) as socket:
        await asyncio.wait_for(_joined(world), 5)
        yield socket


async def _joined(world: World) -> None:
    while not world.hub.listeners:  # noqa: ASYNC110 - the hub has no need to announce it
        await asyncio.sleep(0.01)


async def event(socket: ClientConnection, name: str) -> dict[str, Any]:
    """The next event, which must have this name."""
    found = json.loads(await asyncio.wait_for(socket.recv(), 5))
    assert found["event"] == name
    return dict(found)


async def test_the_state_shows_bot_people_chats_and_commands(world: World, bot: Bot, http: httpx.AsyncClient) -> None:
    await bot.set_my_commands([("kpi", "看指标")])
    acts.say(world, GROUP, LIN, "早")
    state = (await http.get("/sandbox/state")).json()
    assert state["bot"]["username"] == "opsbot_demo_bot"
    assert (state["people"][0]["user"]["first_name"], state["people"][0]["role"]) == ("小林", "operator")
    group = state["chats"][-1]
    assert (group["chat"]["title"], group["last_message"]["text"]) == ("运营作战群", "早")
    assert group["members"] == [1001, 1002, 1003, world.bot_id]
    assert state["commands"] == [{"command": "kpi", "description": "看指标"}]


async def test_a_person_writes_and_the_bot_reads(bot: Bot, http: httpx.AsyncClient) -> None:
    body = {"from_user_id": LIN, "text": "/kpi@opsbot_demo_bot 上周"}
    message = (await http.post(MESSAGES, json=body)).json()["message"]
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 20}]
    update = (await bot.get_updates(timeout=0))[0]
    assert (update.message.text, update.message.message_id) == (body["text"], message["message_id"])


async def test_history_comes_in_pages_oldest_first(world: World, http: httpx.AsyncClient) -> None:
    for number in range(1, 8):
        acts.say(world, GROUP, LIN, f"n{number}")
    newest = (await http.get(MESSAGES, params={"limit": 3})).json()["messages"]
    older = (await http.get(MESSAGES, params={"limit": 3, "before": newest[0]["message_id"]})).json()["messages"]
    assert [m["text"] for m in older + newest] == ["n2", "n3", "n4", "n5", "n6", "n7"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (MESSAGES, {"from_user_id": LIN, "text": "  "}, 400),
        (MESSAGES, {"from_user_id": LIN, "text": "x" * 4097}, 400),
        (MESSAGES, {"from_user_id": LIN}, 400),
        (MESSAGES, {"from_user_id": LIN, "text": ["x"]}, 400),
        (MESSAGES, {"from_user_id": LIN, "text": "\ud83d"}, 400),
        (MESSAGES, {"from_user_id": True, "text": "x"}, 400),
        (MESSAGES, {"from_user_id": STRANGER, "text": "x"}, 403),
        (MESSAGES, {"from_user_id": 31337, "text": "x"}, 404),
        (MESSAGES, {"from_user_id": LIN, "text": "x", "reply_to_message_id": 99}, 404),
        (f"/sandbox/chats/{LIN}/messages", {"from_user_id": CHEN, "text": "x"}, 403),
        ("/sandbox/chats/-5/messages", {"from_user_id": LIN, "text": "x"}, 404),
        (f"/sandbox/chats/{GROUP}/callbacks", {"from_user_id": LIN, "message_id": 1, "data": "x"}, 404),
        (f"/sandbox/chats/{GROUP}/members", {"user_id": LIN, "status": "emperor"}, 400),
        (f"/sandbox/chats/{LIN}/members", {"user_id": CHEN, "status": "member"}, 400),
        (f"/sandbox/people/{LIN}/block", {"blocked": "yes"}, 400),
        ("/sandbox/people/31337/block", {"blocked": True}, 404),
        ("/sandbox/nowhere", {}, 404),
    ],
)
async def test_senseless_requests_get_a_sentence(
    http: httpx.AsyncClient, path: str, body: dict[str, Any], status: int
) -> None:
    answer = await http.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert len(answer.json()["error"].split()) > 3


async def test_bodies_are_bounded_and_must_be_json(http: httpx.AsyncClient) -> None:
    large = await http.post(MESSAGES, json={"from_user_id": LIN, "text": "x" * 70_000})
    plain = await http.post(MESSAGES, content=b'{"from_user_id": 1001, "text": "x"}')
    broken = await http.post(MESSAGES, content=b"{", headers={"Content-Type": "application/json"})
    deep = await http.post(MESSAGES, content=b"[" * 60_000, headers={"Content-Type": "application/json"})
    assert [answer.status_code for answer in (large, plain, broken, deep)] == [413, 415, 400, 400]


async def test_a_person_sends_a_file(bot: Bot, http: httpx.AsyncClient) -> None:
    form = {"from_user_id": str(LIN), "caption": "目标"}
    path = f"/sandbox/chats/{LIN}/documents"
    answer = await http.post(path, data=form, files={"file": ("目标.csv", "a,b", "text/csv")})
    assert answer.json()["message"]["document"]["file_name"] == "目标.csv"
    assert (await bot.get_updates(timeout=0))[0].message.caption == "目标"
    assert (await http.post(path, data=form)).status_code == 400


async def test_only_pictures_are_shown_inline(world: World, bot: Bot, http: httpx.AsyncClient) -> None:
    photo = (await bot.send_photo(GROUP, png(9, 9))).photo[-1].file_id
    page = (await bot.send_document(GROUP, b"<script>alert(1)</script>", filename="周报.html")).document.file_id
    shown, kept = await http.get(f"/sandbox/files/{photo}"), await http.get(f"/sandbox/files/{page}")
    assert (shown.headers["content-type"], shown.content) == ("image/png", png(9, 9))
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%91%A8%E6%8A%A5.html"
    assert (await http.get("/sandbox/files/nothing")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/page/app.js", "/sandbox/state", "/sandbox/files/x"])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "127.0.0.1:1"}, {"Host": "localhost.evil.example"},
     {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"}],
    ids=str,
)  # fmt: skip
async def test_other_sites_and_other_names_are_kept_out(
    http: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    assert (await http.get(path, headers=headers)).status_code == 403


async def test_a_foreign_page_cannot_write_or_listen(world: World, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    evil = {"Origin": "https://evil.example"}
    answer = await http.post(MESSAGES, json={"from_user_id": LIN, "text": "x"}, headers=evil)
    assert (answer.status_code, len(world.rooms[GROUP])) == (403, 0)
    address = sandbox.base_url.replace("http", "ws") + "/sandbox/live"
    with pytest.raises(InvalidStatus):
        async with connect(address, origin="https://evil.example"):  # type: ignore[arg-type]
            pass


async def test_the_own_page_is_let_in_by_both_names(sandbox: Sandbox, http: httpx.AsyncClient) -> None:
    port = sandbox.base_url.rsplit(":", 1)[1]
    for name in (f"127.0.0.1:{port}", f"localhost:{port}"):
        answer = await http.get("/sandbox/state", headers={"Host": name, "Origin": f"http://{name}"})
        assert answer.status_code == 200


async def test_everything_that_happens_is_told_live(
    world: World, bot: Bot, http: httpx.AsyncClient, live: ClientConnection
) -> None:
    said = (await http.post(MESSAGES, json={"from_user_id": LIN, "text": "@opsbot_demo_bot GMV"})).json()["message"]
    assert await event(live, "message") == {"event": "message", "chat_id": GROUP, "message": said}
    await bot.send_chat_action(GROUP, "typing")
    assert (await event(live, "chat_action"))["action"] == "typing"
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("为什么", callback_data="why")]])
    sent = await bot.send_message(GROUP, "在查…", reply_markup=keyboard)
    assert (await event(live, "message"))["message"]["text"] == "在查…"
    body = {"from_user_id": LIN, "message_id": sent.message_id, "data": "why"}
    query_id = (await http.post(f"/sandbox/chats/{GROUP}/callbacks", json=body)).json()["callback_query_id"]
    await bot.answer_callback_query(query_id, "稍等", show_alert=True)
    answer = await event(live, "callback_answer")
    assert (answer["callback_query_id"], answer["user_id"]) == (query_id, LIN)
    assert (answer["text"], answer["show_alert"], answer["chat_id"]) == ("稍等", True, GROUP)
    await sent.edit_text("¥312.4万")
    assert (await event(live, "edited"))["message"]["text"] == "¥312.4万"
    reaction = {"from_user_id": LIN, "message_id": sent.message_id, "emoji": "👍"}
    await http.post(f"/sandbox/chats/{GROUP}/reactions", json=reaction)
    assert (await event(live, "reaction"))["reactions"] == [{"type": "emoji", "emoji": "👍"}]
    page = (await http.get(MESSAGES)).json()
    assert page["reactions"][str(sent.message_id)][0]["user_id"] == LIN
    await sent.delete()
    assert (await event(live, "deleted"))["message_ids"] == [sent.message_id]
    await bot.set_my_commands([("kpi", "看指标")])
    assert (await event(live, "commands"))["commands"][0]["command"] == "kpi"
    await http.post(f"/sandbox/chats/{GROUP}/members", json={"user_id": STRANGER, "status": "member"})
    assert (await event(live, "message"))["message"]["new_chat_members"][0]["id"] == STRANGER
    assert STRANGER in (await event(live, "chat"))["members"]


async def test_stopping_ends_the_live_connection(sandbox: Sandbox, live: ClientConnection) -> None:
    await sandbox.stop()
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(live.recv(), 3)


async def test_a_slow_listener_is_let_go_and_nobody_waits_for_it() -> None:
    hub = Hub()
    slow, fast = hub.join(), hub.join()
    for number in range(2000):
        hub.tell("message", number=number)
        if number < 100:
            assert await fast.next() == {"event": "message", "number": number}
        else:
            hub.leave(fast)
    assert await slow.next() is None


async def test_trouble_can_be_ordered_from_the_page(bot: Bot, http: httpx.AsyncClient) -> None:
    fault = {"kind": "too_many_requests", "method": "getMe", "seconds": 3}
    assert (await http.post("/sandbox/faults", json=fault)).json() == {"waiting": 1}
    with pytest.raises(Exception, match="Flood control"):
        await bot.get_me()
    assert (await http.post("/sandbox/faults", json={"kind": "earthquake"})).status_code == 400


def test_the_demo_world_has_its_people_in_both_languages() -> None:
    for language, group in (("zh", "运营作战群"), ("en", "Ops war room")):
        world = demo_world(language)
        assert [p.role for p in world.people.values()] == ["operator", "manager", "admin", "newcomer"]
        assert world.rooms[GROUP_ID].chat["title"] == group
        assert world.rooms[GROUP_ID].present == [OPERATOR, MANAGER, ADMIN, world.bot_id]
        assert world.rooms[GROUP_ID].is_admin(ADMIN)
        assert not world.rooms[NEWCOMER].open_to_bot
    assert demo_world().token != demo_world().token
