"""getUpdates: long polling, confirmation, one poller."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from telegram import Bot
from telegram.error import Conflict

from bot.sandbox import acts
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import GROUP, LIN, USERNAME, ZHOU


async def test_an_update_stays_until_a_higher_offset_confirms_it(world: World, bot: Bot) -> None:
    acts.say(world, LIN, LIN, "第一条")
    acts.say(world, LIN, LIN, "第二条")
    first = await bot.get_updates(timeout=0)
    again = await bot.get_updates(timeout=0)
    assert [update.message.text for update in first] == ["第一条", "第二条"]
    assert [update.update_id for update in again] == [update.update_id for update in first]
    rest = await bot.get_updates(offset=first[0].update_id + 1, timeout=0)
    assert [update.message.text for update in rest] == ["第二条"]
    assert await bot.get_updates(offset=first[1].update_id + 1, timeout=0) == ()


async def test_update_ids_increase_by_one(world: World, bot: Bot) -> None:
    for number in range(5):
        acts.say(world, LIN, LIN, f"n{number}")
    ids = [update.update_id for update in await bot.get_updates(timeout=0)]
    assert ids == list(range(ids[0], ids[0] + 5))


async def test_a_long_poll_returns_as_soon_as_something_happens(world: World, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    began = time.monotonic()
    acts.say(world, LIN, LIN, "在吗")
    updates = await poll
    assert updates[0].message.text == "在吗"
    assert time.monotonic() - began < 2


async def test_a_long_poll_ends_empty_after_its_timeout(api: httpx.AsyncClient) -> None:
    began = time.monotonic()
    answer = (await api.post("/getUpdates", data={"timeout": "1"})).json()
    assert answer == {"ok": True, "result": []}
    assert 0.9 < time.monotonic() - began < 4


async def test_the_earlier_of_two_pollers_is_refused(world: World, bot: Bot, api: httpx.AsyncClient) -> None:
    earlier = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    later = asyncio.create_task(api.post("/getUpdates", data={"timeout": "20"}, timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await earlier
    acts.say(world, LIN, LIN, "还在")
    assert (await later).json()["result"][0]["message"]["text"] == "还在"


async def test_limit_takes_the_oldest(world: World, bot: Bot) -> None:
    for number in range(3):
        acts.say(world, LIN, LIN, f"n{number}")
    assert [u.message.text for u in await bot.get_updates(limit=2, timeout=0)] == ["n0", "n1"]


async def test_a_negative_offset_forgets_what_is_older(world: World, bot: Bot) -> None:
    for number in range(4):
        acts.say(world, LIN, LIN, f"n{number}")
    assert [u.message.text for u in await bot.get_updates(offset=-1, timeout=0)] == ["n3"]
    assert [u.message.text for u in await bot.get_updates(timeout=0)] == ["n3"]


async def test_allowed_updates_stay_until_they_are_given_again(world: World, bot: Bot) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["callback_query"])
    acts.say(world, LIN, LIN, "不要")
    assert await bot.get_updates(timeout=0) == ()
    await bot.get_updates(timeout=0, allowed_updates=[])
    acts.say(world, LIN, LIN, "要")
    assert [u.message.text for u in await bot.get_updates(timeout=0)] == ["要"]


async def test_reactions_and_others_membership_come_only_when_asked_for(world: World, bot: Bot) -> None:
    acts.set_member(world, GROUP, world.bot_id, "administrator")
    said = acts.say(world, GROUP, LIN, "好消息")
    acts.react(world, GROUP, LIN, said["message_id"], "👍")
    acts.set_member(world, GROUP, LIN, "left")
    by_default = await bot.get_updates(timeout=0)
    assert {kind for update in by_default for kind in update.to_dict()} == {"update_id", "my_chat_member", "message"}
    await bot.get_updates(timeout=0, offset=-1, allowed_updates=["message_reaction", "chat_member"])
    acts.set_member(world, GROUP, LIN, "member", by=ZHOU)
    acts.react(world, GROUP, LIN, said["message_id"], None)
    asked = [u for u in await bot.get_updates(timeout=0) if not u.message]
    member, reaction = asked[0].chat_member, asked[1].message_reaction
    assert (member.old_chat_member.status, member.new_chat_member.status) == ("left", "member")
    assert (member.from_user.id, member.new_chat_member.user.id) == (ZHOU, LIN)
    assert [r.emoji for r in reaction.old_reaction] == ["👍"]
    assert reaction.new_reaction == ()


async def test_the_bot_is_not_told_of_its_own_messages(bot: Bot) -> None:
    await bot.send_message(GROUP, f"@{USERNAME} 自言自语")
    assert await bot.get_updates(timeout=0) == ()


async def test_an_edit_of_a_person_comes_as_edited_message(world: World, bot: Bot) -> None:
    said = acts.say(world, LIN, LIN, "昨天的GMV")
    acts.edit_text(world, LIN, LIN, said["message_id"], "前天的GMV")
    edited = (await bot.get_updates(timeout=0))[1].edited_message
    assert (edited.text, edited.message_id) == ("前天的GMV", said["message_id"])
    assert edited.edit_date is not None
