"""Chats, members, commands and descriptions."""

from __future__ import annotations

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

from bot.sandbox import acts
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import CHEN, GROUP, LIN, STRANGER, USERNAME, ZHOU


async def test_a_group_tells_its_members(bot: Bot) -> None:
    chat = await bot.get_chat(GROUP)
    assert (chat.title, chat.type, chat.permissions.can_send_messages) == ("运营作战群", "supergroup", True)
    assert await bot.get_chat_member_count(GROUP) == 4  # three people and the bot
    assert [(a.user.id, a.status) for a in await bot.get_chat_administrators(GROUP)] == [(ZHOU, "creator")]
    statuses = [(await bot.get_chat_member(GROUP, user)).status for user in (LIN, ZHOU, STRANGER)]
    assert statuses == ["member", "creator", "left"]
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(GROUP, 31337)


async def test_people_come_and_go(world: World, bot: Bot) -> None:
    acts.set_member(world, GROUP, STRANGER, "member")
    acts.set_member(world, GROUP, STRANGER, "kicked", by=ZHOU)
    came, went = [u.message for u in await bot.get_updates(timeout=0)]
    assert [user.id for user in came.new_chat_members] == [STRANGER]
    assert (went.left_chat_member.id, went.from_user.id) == (STRANGER, ZHOU)
    assert (await bot.get_chat_member(GROUP, STRANGER)).status == "kicked"


async def test_the_bot_learns_of_its_own_coming_and_going(world: World, bot: Bot) -> None:
    acts.set_member(world, GROUP, world.bot_id, "administrator", by=ZHOU)
    acts.set_member(world, GROUP, world.bot_id, "kicked", by=ZHOU)
    acts.set_member(world, GROUP, world.bot_id, "member", by=ZHOU)
    acts.block(world, LIN, True)
    updates = await bot.get_updates(timeout=0)
    changes = [
        (c.chat.id, c.old_chat_member.status, c.new_chat_member.status) for u in updates if (c := u.my_chat_member)
    ]
    assert changes == [
        (GROUP, "member", "administrator"),
        (GROUP, "administrator", "kicked"),
        (GROUP, "kicked", "member"),
        (LIN, "member", "kicked"),
    ]
    assert [u.message.new_chat_members[0].username for u in updates if u.message] == [USERNAME]


async def test_the_bot_leaves_and_is_out(bot: Bot) -> None:
    assert await bot.leave_chat(GROUP)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.get_chat(GROUP)
    with pytest.raises(BadRequest):
        await bot.leave_chat(LIN)


async def test_pinning_needs_the_right(world: World, bot: Bot) -> None:
    sent = await bot.send_message(GROUP, "早报")
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(GROUP, sent.message_id)
    acts.set_member(world, GROUP, world.bot_id, "administrator")
    assert await bot.pin_chat_message(GROUP, sent.message_id)
    assert (await bot.get_chat(GROUP)).pinned_message.text == "早报"
    assert await bot.unpin_chat_message(GROUP)
    assert (await bot.get_chat(GROUP)).pinned_message is None


async def test_commands_are_kept_by_scope_and_language(world: World, bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("kpi", "Key figures")])
    await bot.set_my_commands([BotCommand("kpi", "看指标")], language_code="zh")
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("start", "开始")], scope=private)
    assert [c.description for c in await bot.get_my_commands()] == ["Key figures"]
    assert [c.description for c in await bot.get_my_commands(language_code="zh")] == ["看指标"]
    assert [c.command for c in await bot.get_my_commands(scope=private)] == ["start"]
    assert await bot.get_my_commands(scope=BotCommandScopeChat(GROUP)) == ()
    assert world.profile.shown_commands("zh") == [{"command": "kpi", "description": "看指标"}]
    await bot.delete_my_commands(language_code="zh")
    assert world.profile.shown_commands("zh") == [{"command": "kpi", "description": "Key figures"}]


@pytest.mark.parametrize(
    ("command", "description", "reason"),
    [("Kpi", "x", "Bot_command_invalid"), ("k" * 33, "x", "Bot_command_invalid"), ("指标", "x", "Bot_command_invalid"),
     ("kpi", "", "Bot_command_description_invalid"), ("kpi", "x" * 257, "Bot_command_description_invalid")],
)  # fmt: skip
async def test_commands_of_a_wrong_form_are_refused(bot: Bot, command: str, description: str, reason: str) -> None:
    with pytest.raises(BadRequest, match=reason):
        await bot.set_my_commands([(command, description)])


async def test_descriptions_are_kept_by_language(bot: Bot) -> None:
    assert (await bot.get_my_name()).name == "opsbot"
    await bot.set_my_description("Answers with figures")
    await bot.set_my_description("用数据回答", language_code="zh")
    await bot.set_my_short_description("短")
    descriptions = [(await bot.get_my_description(code)).description for code in (None, "zh", "fr")]
    assert descriptions == ["Answers with figures", "用数据回答", "Answers with figures"]
    assert (await bot.get_my_short_description()).short_description == "短"


async def test_nobody_has_a_picture(bot: Bot) -> None:
    assert (await bot.get_user_profile_photos(CHEN)).total_count == 0
