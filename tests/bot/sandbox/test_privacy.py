"""Privacy mode: what a bot hears in a group."""

from __future__ import annotations

import pytest

from bot.sandbox import acts
from bot.sandbox.files import Upload
from bot.sandbox.posting import post
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import GROUP, LIN, ZHOU, make_world


def heard(world: World) -> int:
    """How many updates wait for the bot."""
    return len(world.updates)


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("随便聊聊", False),
        ("/kpi 上周", True),
        ("/kpi@opsbot_demo_bot 上周", True),
        ("/kpi@OpsBot_Demo_Bot 上周", True),
        ("/kpi@other_bot 上周", False),
        ("@opsbot_demo_bot 上周转化率", True),
        ("上周转化率 @opsbot_demo_bot", True),
        ("@opsbot_demo_bot上周转化率", True),
        ("@opsbot_demo_bots 上周", False),
        ("问 @other_bot", False),
        ("mail@opsbot_demo_bot.example", False),
        ("看 https://a.com/kpi", False),
        ("母婴/kpi", False),
    ],
)
def test_a_bot_in_privacy_mode_hears_only_what_is_meant_for_it(text: str, is_heard: bool) -> None:
    world = make_world()
    acts.say(world, GROUP, LIN, text)
    assert heard(world) == is_heard


def test_a_reply_to_the_bot_is_heard_and_a_reply_to_others_is_not() -> None:
    world = make_world()
    own = post(world, world.rooms[GROUP], world.bot_id, {"text": "¥312.4万"})
    said = acts.say(world, GROUP, ZHOU, "不错")
    acts.say(world, GROUP, LIN, "同意", reply_to=said["message_id"])
    assert heard(world) == 0
    acts.say(world, GROUP, LIN, "为什么", reply_to=own["message_id"])
    assert heard(world) == 1


def test_files_are_heard_by_their_caption() -> None:
    world = make_world()
    acts.send_document(world, GROUP, LIN, Upload("a.csv", b"x", ""))
    assert heard(world) == 0
    acts.send_document(world, GROUP, LIN, Upload("a.csv", b"x", ""), caption="@opsbot_demo_bot 读一下")
    assert heard(world) == 1


def test_private_chats_administrators_and_bots_without_privacy_hear_everything() -> None:
    quiet, admin, open_ = make_world(), make_world(), make_world(privacy=False)
    admin.rooms[GROUP].members[admin.bot_id] = "administrator"
    acts.say(quiet, LIN, LIN, "私聊")
    acts.say(admin, GROUP, LIN, "随便聊聊")
    acts.say(open_, GROUP, LIN, "随便聊聊")
    assert [heard(world) for world in (quiet, admin, open_)] == [1, 1, 1]


def test_a_bot_that_is_out_hears_nothing() -> None:
    world = make_world()
    world.rooms[GROUP].members[world.bot_id] = "kicked"
    acts.say(world, GROUP, LIN, "/kpi")
    assert heard(world) == 0


def test_coming_and_going_is_heard_in_privacy_mode() -> None:
    world = make_world()
    acts.set_member(world, GROUP, LIN, "left")
    assert heard(world) == 1


def test_an_edit_is_heard_by_the_same_rule() -> None:
    world = make_world()
    said = acts.say(world, GROUP, LIN, "上周转化率")
    acts.edit_text(world, GROUP, LIN, said["message_id"], "@opsbot_demo_bot 上周转化率")
    assert heard(world) == 1
