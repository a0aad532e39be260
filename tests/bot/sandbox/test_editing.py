"""Editing, deleting, pressing, reacting."""

from __future__ import annotations

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.sandbox import acts
from bot.sandbox.errors import ControlError
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import GROUP, LIN, STRANGER, make_world, png

KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("为什么", callback_data="why")]])


async def test_an_edit_changes_the_text_and_is_dated(bot: Bot) -> None:
    sent = await bot.send_message(GROUP, "在查…", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("<b>好了</b>", GROUP, sent.message_id, parse_mode="HTML")
    assert (edited.message_id, edited.text, edited.date) == (sent.message_id, "好了", sent.date)
    assert edited.edit_date is not None
    assert edited.reply_markup is None  # a keyboard that is not given again is gone


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot) -> None:
    sent = await bot.send_message(GROUP, "一样", reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified: specified new message content and reply markup"):
        await bot.edit_message_text("一样", GROUP, sent.message_id, reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(GROUP, sent.message_id, reply_markup=KEYBOARD)
    assert (await bot.edit_message_reply_markup(GROUP, sent.message_id)).reply_markup is None


async def test_only_what_fits_and_belongs_to_the_bot_can_be_edited(world: World, bot: Bot) -> None:
    said = acts.say(world, GROUP, LIN, "我的")
    text = await bot.send_message(GROUP, "文字")
    photo = await bot.send_photo(GROUP, png(9, 9))
    for call, reason in [
        (bot.edit_message_text("x", GROUP, said["message_id"]), "Message can't be edited"),
        (bot.edit_message_text("x", GROUP, 999), "Message to edit not found"),
        (bot.edit_message_text("x", GROUP, photo.message_id), "There is no text in the message to edit"),
        (bot.edit_message_caption(GROUP, text.message_id, caption="x"), "There is no caption in the message to edit"),
    ]:
        with pytest.raises(BadRequest, match=reason):
            await call
    assert (await bot.edit_message_caption(GROUP, photo.message_id, caption="图")).caption == "图"


async def test_deleting_follows_the_rights_of_the_bot(world: World, bot: Bot) -> None:
    said = acts.say(world, GROUP, LIN, "别人的")
    own = await bot.send_message(GROUP, "自己的")
    assert await bot.delete_message(GROUP, own.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(GROUP, own.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(GROUP, said["message_id"])
    acts.set_member(world, GROUP, world.bot_id, "administrator")
    assert await bot.delete_messages(GROUP, [said["message_id"], 4711])
    assert [m.get("text") for m in world.rooms[GROUP].page(None, 9)] == []


async def test_a_message_older_than_two_days_stays() -> None:
    from bot.sandbox.methods.editing import delete_message
    from bot.sandbox.methods.sending import send_message
    from bot.sandbox.parameters import Parameters
    from bot.sandbox.requests import Decoded

    time = [1_000_000.0]
    world = make_world(now=lambda: time[0])
    send_message(world, Parameters(Decoded({"chat_id": GROUP, "text": "x"})))
    time[0] += 48 * 3600 + 1
    with pytest.raises(Exception, match="message can't be deleted for everyone"):
        delete_message(world, Parameters(Decoded({"chat_id": GROUP, "message_id": 1})))


async def test_a_press_is_answered_once(world: World, bot: Bot) -> None:
    sent = await bot.send_message(GROUP, "GMV", reply_markup=KEYBOARD)
    query_id = acts.press(world, GROUP, LIN, sent.message_id, "why")
    query = (await bot.get_updates(timeout=0))[0].callback_query
    assert (query.id, query.data, query.from_user.id) == (query_id, "why", LIN)
    assert query.message.message_id == sent.message_id
    assert await bot.answer_callback_query(query_id, "好")
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await bot.answer_callback_query(query_id)


async def test_a_press_grows_too_old() -> None:
    time = [0.0]
    world = make_world(timer=lambda: time[0])
    query = world.callbacks.open(LIN, GROUP)
    time[0] = world.callbacks.seconds
    with pytest.raises(Exception, match="query is too old"):
        world.callbacks.answer(query.query_id)


async def test_only_buttons_that_exist_can_be_pressed_and_by_members_only(world: World, bot: Bot) -> None:
    sent = await bot.send_message(GROUP, "GMV", reply_markup=KEYBOARD)
    with pytest.raises(ControlError, match="has no button with the data 'admin'"):
        acts.press(world, GROUP, LIN, sent.message_id, "admin")
    with pytest.raises(ControlError, match="is not a member"):
        acts.press(world, GROUP, STRANGER, sent.message_id, "why")


async def test_the_bot_reacts_with_one_known_emoji(world: World, bot: Bot) -> None:
    said = acts.say(world, GROUP, LIN, "谢谢")
    assert await bot.set_message_reaction(GROUP, said["message_id"], "👍")
    assert world.rooms[GROUP].reactions[said["message_id"]] == {world.bot_id: [{"type": "emoji", "emoji": "👍"}]}
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(GROUP, said["message_id"], "🧮")
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(GROUP, 999, "👍")
