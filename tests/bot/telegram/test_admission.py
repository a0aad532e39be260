"""Getting in: refusals, requests, an admin's buttons, groups that come, go and change their id."""

from __future__ import annotations

import time

from bot.sandbox import acts
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, NEWCOMER, OPERATOR, Stage, until

BOT = "@opsbot_demo_bot"


async def test_an_unknown_person_is_told_how_to_get_in_and_approved_by_a_button(stage: Stage) -> None:
    stage.say(NEWCOMER, NEWCOMER, "/start")
    (told,) = await stage.replies(NEWCOMER, 1)
    assert str(NEWCOMER) in told["text"]
    (asked,) = await stage.replies(ADMIN, 1)
    assert "小吴" in asked["text"]
    stage.press(ADMIN, ADMIN, asked, column=1)  # operator
    assert "可以了" in (await stage.replies(NEWCOMER, 2))[1]["text"]
    await until(lambda: "已允许" in stage.from_bot(ADMIN)[0]["text"])
    stage.say(NEWCOMER, NEWCOMER, "上周GMV")
    assert (await stage.replies(NEWCOMER, 3))[2]["text"] == "答：上周GMV"
    assert stage.assistant.questions[0].asker.role == "operator"


async def test_refusals_are_said_once_an_hour_and_requests_wait_once(stage: Stage) -> None:
    for text in ("/start", "让我进来", "/kpi"):
        stage.say(NEWCOMER, NEWCOMER, text)
    await stage.replies(NEWCOMER, 1)
    await stage.quiet()
    assert len(stage.from_bot(NEWCOMER)) == 1
    stage.clock.advance(minutes=61)
    stage.say(NEWCOMER, NEWCOMER, "还在吗")
    await stage.replies(NEWCOMER, 2)
    await stage.quiet()
    assert len(stage.from_bot(ADMIN)) == 1
    assert stage.assistant.questions == []


async def test_a_declined_person_stays_out_and_a_second_press_decides_nothing(stage: Stage) -> None:
    stage.say(NEWCOMER, NEWCOMER, "/start")
    (asked,) = await stage.replies(ADMIN, 1)
    stage.press(ADMIN, ADMIN, asked, row=1)
    stage.press(ADMIN, ADMIN, asked, column=2)
    assert "没有同意" in (await stage.replies(NEWCOMER, 2))[1]["text"]
    await until(lambda: len(stage.made("answerCallbackQuery")) == 2)
    assert "已经处理过了" in stage.made("answerCallbackQuery")[1].parameters["text"]
    assert await stage.store.people.person_role(NEWCOMER) is None


async def test_an_approval_can_be_taken_back(stage: Stage) -> None:
    stage.say(NEWCOMER, NEWCOMER, "/start")
    (asked,) = await stage.replies(ADMIN, 1)
    stage.press(ADMIN, ADMIN, asked)
    await until(lambda: "收回" in str(stage.from_bot(ADMIN)[0].get("reply_markup")))
    stage.press(ADMIN, ADMIN, stage.from_bot(ADMIN)[0])
    await until(lambda: len(stage.from_bot(NEWCOMER)) == 3)
    stage.clock.advance(hours=2)
    stage.say(NEWCOMER, NEWCOMER, "上周GMV")
    await stage.replies(NEWCOMER, 4)
    assert stage.assistant.questions == []


async def test_only_admins_can_decide_even_with_forged_buttons(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(NEWCOMER, NEWCOMER, "/start")
    await stage.replies(ADMIN, 1)
    for person in (MANAGER, NEWCOMER):
        query = stage.world.callbacks.open(person, person)
        message = stage.say(person, person, "/help")
        stage.world.updates.push(
            "callback_query",
            {
                "id": query.query_id,
                "from": stage.world.user(person),
                "message": stage.world.rooms[person].shown(message),
                "chat_instance": "1",
                "data": "g:1:manager",
            },
        )
    await until(lambda: len(stage.made("answerCallbackQuery")) == 2)
    assert {call.parameters["text"] for call in stage.made("answerCallbackQuery")} == {"只有管理员可以决定。"}
    assert await stage.store.people.person_role(NEWCOMER) is None


async def test_a_group_is_approved_at_a_level_that_holds_for_everyone_in_it(stage: Stage) -> None:
    stage.say(GROUP_ID, ADMIN, f"{BOT} 上周GMV")
    (told,) = await stage.replies(GROUP_ID, 1)
    assert str(GROUP_ID) in told["text"]
    (asked,) = await stage.replies(ADMIN, 1)
    assert "运营作战群" in asked["text"]
    stage.press(ADMIN, ADMIN, asked)  # viewer
    await stage.replies(GROUP_ID, 2)
    for person in (ADMIN, OPERATOR):
        stage.say(GROUP_ID, person, f"{BOT} 上周GMV")
    await stage.replies(GROUP_ID, 4)
    assert [question.asker.role for question in stage.assistant.questions] == ["viewer", "viewer"]


async def test_a_group_that_adds_the_bot_asks_by_itself_and_its_digest_pauses_when_it_leaves(stage: Stage) -> None:
    stage.world.add_group(-555, "新群", [OPERATOR], creator=ADMIN, bot=None)
    acts.set_member(stage.world, -555, stage.world.bot_id, "member", by=ADMIN)
    assert "还没有使用权限" in (await stage.replies(-555, 1))[0]["text"]
    await stage.replies(ADMIN, 1)
    await stage.access.grant("chat", -555, "operator")
    stage.say(-555, OPERATOR, "/digest on 20:00")
    await stage.replies(-555, 2)
    acts.set_member(stage.world, -555, stage.world.bot_id, "kicked", by=ADMIN)
    await state_becomes(stage, -555, "paused")
    acts.set_member(stage.world, -555, stage.world.bot_id, "member", by=ADMIN)
    assert "大家好" in (await stage.replies(-555, 3))[2]["text"]
    await state_becomes(stage, -555, "on")


async def test_a_blocked_bot_pauses_the_digest_and_does_not_try_again(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "/digest on 20:00")
    await stage.replies(OPERATOR, 1)
    stage.world.rooms[OPERATOR].blocked = True  # without my_chat_member, as when that update is lost
    stage.clock.moment = stage.clock.moment.replace(hour=20, minute=1)
    await state_becomes(stage, OPERATOR, "paused")
    await stage.quiet()
    assert len([call for call in stage.made("sendMessage") if call.status == 403]) == 1


async def test_a_group_keeps_everything_when_it_becomes_a_supergroup(stage: Stage) -> None:
    stage.world.add_group(-77, "小群", [OPERATOR], creator=ADMIN, kind="group")
    await stage.access.grant("chat", -77, "operator", categories=("母婴",))
    stage.say(-77, OPERATOR, f"{BOT} 上周GMV")
    answer = (await stage.replies(-77, 1))[0]
    stage.say(-77, OPERATOR, "/digest on 20:00")
    await stage.replies(-77, 2)
    acts.upgrade(stage.world, -77, -1_000_000_000_077)
    await state_becomes(stage, -1_000_000_000_077, "on")
    assert await stage.store.people.chat(-77) is None
    stage.say(-1_000_000_000_077, OPERATOR, f"{BOT} 本周GMV")
    await stage.replies(-1_000_000_000_077, 1)
    question = stage.assistant.questions[-1]
    assert (question.asker.role, question.asker.categories) == ("operator", ("母婴",))
    assert [plan.text for plan in question.context] == ["上周GMV"]
    row = await stage.store.answers.get(
        int(answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1])
    )
    assert row is not None
    assert row.chat_id == -1_000_000_000_077


async def test_an_answer_on_its_way_to_a_migrated_group_arrives_in_the_new_one(stage: Stage) -> None:
    stage.world.add_group(-78, "小群", [OPERATOR], creator=ADMIN, kind="group")
    await stage.access.grant("chat", -78, "operator")
    await stage.store.digests.subscribe(-78, 0, "14:35", "Asia/Shanghai", None, stage.clock.now())
    new = stage.world.add_group(-1_000_000_000_078, "小群", [OPERATOR], creator=ADMIN)
    stage.world.rooms[-78].migrated_to = new.id
    stage.clock.advance(minutes=6)
    (digest,) = await stage.replies(new.id, 1)
    assert digest["text"].startswith("早报")
    await stage.quiet()
    assert len(stage.from_bot(new.id)) == 1


async def test_an_admin_who_writes_first_sees_the_requests_that_waited(stage: Stage) -> None:
    stage.world.rooms[ADMIN].open_to_bot = False
    stage.say(NEWCOMER, NEWCOMER, "/start")
    await stage.replies(NEWCOMER, 1)
    assert stage.from_bot(ADMIN) == []
    stage.say(ADMIN, ADMIN, "/start")
    messages = await stage.replies(ADMIN, 2)
    assert "小吴" in messages[1]["text"]


async def test_group_messages_of_a_long_absence_get_one_sentence(stage: Stage) -> None:
    await stage.let_everyone_in()
    await stage.surface.stop()
    stage.world._now = lambda: time.time() - 3600
    for number in range(4):
        stage.say(GROUP_ID, OPERATOR, f"{BOT} 问题{number}")
    stage.say(OPERATOR, OPERATOR, "私聊问题")
    stage.world._now = time.time
    stage.surface = stage.new_surface()
    await stage.surface.start()
    assert (await stage.replies(OPERATOR, 1))[0]["text"] == "答：私聊问题"
    (sentence,) = await stage.replies(GROUP_ID, 1)
    await stage.quiet()
    assert "离线" in sentence["text"]
    assert len(stage.from_bot(GROUP_ID)) == 1


async def state_becomes(stage: Stage, chat: int, state: str) -> None:
    async def reached() -> bool:
        subscription = await stage.store.digests.subscription(chat, 0)
        return subscription is not None and subscription.state == state

    for _ in range(200):
        if await reached():
            return
        await stage.quiet(0.03)
    raise AssertionError(f"the digest of {chat} did not become {state}")
