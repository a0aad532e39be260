"""Questions and answers over the real protocol."""

from __future__ import annotations

import asyncio

from bot.assistant.types import Answer, Button, Picture, Question
from bot.sandbox import acts
from bot.sandbox.people import ADMIN
from tests.bot.fakes import answer_to
from tests.bot.telegram.conftest import GROUP_ID, MANAGER, OPERATOR, Stage, until

BOT = "@opsbot_demo_bot"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8ffff3f0005fe02fe"
    "0def46b80000000049454e44ae426082"
)


async def test_a_private_question_is_answered_plainly_and_a_group_question_as_a_reply(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    asked = stage.say(GROUP_ID, MANAGER, f"{BOT} 上周母婴转化率")
    private = (await stage.replies(OPERATOR, 1))[0]
    group = (await stage.replies(GROUP_ID, 1))[0]
    assert private["text"] == "答：上周GMV"
    assert "reply_to_message" not in private
    assert group["text"] == "答：上周母婴转化率"
    assert group["reply_to_message"]["message_id"] == asked


async def test_typing_is_shown_while_the_answer_takes_its_time(stage: Stage) -> None:
    async def slow(question: Question) -> Answer:
        await until(lambda: bool(stage.made("sendChatAction")))
        return answer_to(question.text)

    await stage.let_everyone_in()
    stage.assistant.script = slow
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)
    assert stage.made("sendChatAction")[0].parameters["action"] == "typing"


async def test_group_chatter_is_neither_answered_nor_kept_even_when_the_bot_can_read_it(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.world.privacy = False
    stage.say(GROUP_ID, MANAGER, "今天午饭吃什么")
    stage.say(GROUP_ID, OPERATOR, "@chen_manager 你看一下")
    stage.say(GROUP_ID, OPERATOR, "/weather 上海")
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 这条要答")
    await stage.replies(GROUP_ID, 1)
    await stage.quiet()
    assert len(stage.from_bot(GROUP_ID)) == 1
    assert [question.text for question in stage.assistant.questions] == ["这条要答"]
    kept = stage.path.read_bytes() + stage.path.with_name("opsbot.sqlite-wal").read_bytes()
    assert "午饭".encode() not in kept


async def test_the_mention_is_taken_out_wherever_it_stands(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, MANAGER, f"😀上周 {BOT} 母婴GMV怎么样")
    stage.say(GROUP_ID, MANAGER, f"上周服饰GMV {BOT.upper()}")
    await stage.replies(GROUP_ID, 2)
    assert [question.text for question in stage.assistant.questions] == ["😀上周 母婴GMV怎么样", "上周服饰GMV"]


async def test_commands_reach_the_assistant_as_written_and_ask_as_its_text(stage: Stage) -> None:
    await stage.let_everyone_in()
    for text in ("/kpi 母婴", f"/tactics{BOT} 服饰", "/ask 上周GMV", "/kpi"):
        stage.say(GROUP_ID, OPERATOR, text)
    await stage.replies(GROUP_ID, 4)
    assert [question.text for question in stage.assistant.questions] == [
        "/kpi 母婴",
        "/tactics 服饰",
        "上周GMV",
        "/kpi",
    ]


async def test_start_help_empty_and_unknown_input_get_a_hint(stage: Stage) -> None:
    await stage.let_everyone_in()
    for text in ("/start", "/help", "/ask", "/nonsense"):
        stage.say(OPERATOR, OPERATOR, text)
    texts = [message["text"] for message in await stage.replies(OPERATOR, 4)]
    assert "运营助手" in texts[0]
    assert "/tactics 母婴" in texts[1]
    assert "/ask 上周母婴转化率" in texts[2]
    assert "没有这个命令" in texts[3]
    assert stage.assistant.questions == []


async def test_a_follow_up_sees_the_last_five_plans_of_the_same_person_newest_first(stage: Stage) -> None:
    await stage.let_everyone_in()
    for number in range(6):
        stage.say(GROUP_ID, OPERATOR, f"{BOT} 问题{number}")
    stage.say(GROUP_ID, MANAGER, f"{BOT} 别人的")
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 为什么")
    await stage.replies(GROUP_ID, 8)
    other, last = stage.assistant.questions[-2:]
    assert other.context == ()
    assert [plan.text for plan in last.context] == ["问题5", "问题4", "问题3", "问题2", "问题1"]


async def test_context_does_not_survive_a_long_break(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)
    stage.clock.advance(hours=7)
    stage.say(OPERATOR, OPERATOR, "为什么")
    await stage.replies(OPERATOR, 2)
    assert stage.assistant.questions[-1].context == ()


async def test_a_reply_to_an_answer_takes_its_plan_as_the_newest_context(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 第一问")
    first = (await stage.replies(GROUP_ID, 1))[0]
    stage.say(GROUP_ID, MANAGER, f"{BOT} 第二问")
    await stage.replies(GROUP_ID, 2)
    stage.say(GROUP_ID, MANAGER, "那按渠道呢", reply_to=first["message_id"])
    await stage.replies(GROUP_ID, 3)
    assert [plan.text for plan in stage.assistant.questions[-1].context] == ["第一问", "第二问"]


async def test_topics_of_a_group_keep_their_contexts_apart_also_over_a_restart(stage: Stage) -> None:
    stage.world.add_group(-900, "论坛", [OPERATOR], creator=ADMIN, is_forum=True)
    await stage.access.grant("chat", -900, "operator")
    sales, stock = (acts.add_topic(stage.world, -900, OPERATOR, name) for name in ("销售", "库存"))
    stage.say(-900, OPERATOR, f"{BOT} 上周母婴GMV", thread_id=sales)
    await stage.replies(-900, 1)
    stage.say(-900, OPERATOR, f"{BOT} 昨天库存天数", thread_id=stock)
    await stage.replies(-900, 2)
    await stage.restart()
    stage.say(-900, OPERATOR, f"{BOT} 服饰呢", thread_id=sales)
    answer = (await stage.replies(-900, 3))[2]
    assert answer["message_thread_id"] == sales
    assert [plan.text for plan in stage.assistant.questions[-1].context] == ["上周母婴GMV"]


async def test_people_who_ask_in_turns_go_on_from_their_own_answers(stage: Stage) -> None:
    await stage.let_everyone_in()
    for number, (person, text) in enumerate(
        ((OPERATOR, "上周母婴GMV"), (MANAGER, "昨天家电退款率"), (OPERATOR, "按渠道呢"), (MANAGER, "上月呢")), 1
    ):
        stage.say(GROUP_ID, person, f"{BOT} {text}")
        await stage.replies(GROUP_ID, number)
    contexts = [[plan.text for plan in question.context] for question in stage.assistant.questions]
    assert contexts == [[], [], ["上周母婴GMV"], ["昨天家电退款率"]]


async def test_a_reply_to_the_bot_that_names_somebody_else_is_left_alone(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 上周GMV")
    first = (await stage.replies(GROUP_ID, 1))[0]
    stage.say(GROUP_ID, OPERATOR, "@chen_manager 你看这个", reply_to=first["message_id"])
    await stage.quiet()
    assert len(stage.assistant.questions) == 1


async def test_a_pressed_button_asks_its_request_in_the_context_of_its_answer(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 上周GMV")
    answer = (await stage.replies(GROUP_ID, 1))[0]
    stage.press(GROUP_ID, MANAGER, answer)
    await stage.replies(GROUP_ID, 2)
    question = stage.assistant.questions[-1]
    assert question.text == "为什么"
    assert [plan.text for plan in question.context] == ["上周GMV"]
    assert question.asker.user_id == MANAGER
    data = answer["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    assert data.startswith("a:")
    assert len(data.encode()) <= 64


async def test_two_quick_presses_are_answered_once(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    answer = (await stage.replies(OPERATOR, 1))[0]
    for _ in range(3):
        stage.press(OPERATOR, OPERATOR, answer)
    await until(lambda: len(stage.made("answerCallbackQuery")) == 3)
    await stage.quiet()
    assert len(stage.from_bot(OPERATOR)) == 2


async def test_a_press_without_access_is_refused_with_an_alert(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    answer = (await stage.replies(OPERATOR, 1))[0]
    await stage.access.revoke("person", OPERATOR)
    stage.press(OPERATOR, OPERATOR, answer)
    await until(lambda: bool(stage.made("answerCallbackQuery")))
    told = stage.made("answerCallbackQuery")[0].parameters
    assert "没有使用权限" in told["text"]
    assert str(told["show_alert"]).lower() == "true"
    assert len(stage.assistant.questions) == 1


async def test_an_unknown_answer_and_an_answer_of_another_chat_look_the_same(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(MANAGER, MANAGER, "经理的问题")
    foreign = (await stage.replies(MANAGER, 1))[0]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for data in (foreign, "a:999999:0", "zzz", "a:1:99"):
        forge_press(stage, OPERATOR, data)
    await until(lambda: len(stage.made("answerCallbackQuery")) == 4)
    assert {call.parameters["text"] for call in stage.made("answerCallbackQuery")} == {"这个按钮已经失效，请重新提问。"}
    assert len(stage.assistant.questions) == 1


def forge_press(stage: Stage, person: int, data: str) -> None:
    """What a client that is not honest can send."""
    pressed = stage.world.callbacks.open(person, person)
    message = stage.say(person, person, "/help")
    query = {
        "id": pressed.query_id,
        "from": stage.world.user(person),
        "message": stage.world.rooms[person].shown(message),
        "chat_instance": "1",
        "data": data,
    }
    stage.world.updates.push("callback_query", query)


async def test_an_edited_message_is_not_answered_again(stage: Stage) -> None:
    await stage.let_everyone_in()
    asked = stage.say(OPERATOR, OPERATOR, "上周GMV")
    await stage.replies(OPERATOR, 1)
    acts.edit_text(stage.world, OPERATOR, OPERATOR, asked, "上周GMV是多少")
    await stage.quiet()
    assert len(stage.from_bot(OPERATOR)) == 1


async def test_names_and_questions_with_markup_stay_text(stage: Stage) -> None:
    evil = stage.world.add_person(66, "<b>Eve</b>&amp;<a href='http://x'>", language_code="zh")
    stage.say(66, 66, "<script>alert(1)</script> & <b>GMV</b>")
    (to_admin,) = await stage.replies(1003, 1)
    assert evil.user["first_name"] in to_admin["text"]
    await stage.access.grant("person", 66, "viewer")
    stage.say(66, 66, "<script>alert(1)</script> & <b>GMV</b>")
    texts = [message["text"] for message in await stage.replies(66, 2)]
    assert texts[-1] == "答：<script>alert(1)</script> & <b>GMV</b>"


async def test_markup_that_telegram_refuses_is_sent_once_as_plain_text(stage: Stage) -> None:
    async def broken(question: Question) -> Answer:
        return answer_to(question.text, "<b>母婴</b> <blink>1 &lt; 2</blink>")

    await stage.let_everyone_in()
    stage.assistant.script = broken
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    (sent,) = await stage.replies(OPERATOR, 1)
    assert sent["text"] == "母婴 1 < 2"
    assert "entities" not in sent


async def test_a_long_answer_comes_in_parts_with_its_buttons_under_the_last(stage: Stage) -> None:
    lines = "\n".join(f"<b>第{number}行</b> " + "数" * 60 for number in range(120))

    async def long(question: Question) -> Answer:
        return answer_to(question.text, lines, ((Button("为什么", "为什么"), Button("走势图", "走势图")),))

    await stage.let_everyone_in()
    stage.assistant.script = long
    stage.say(GROUP_ID, OPERATOR, f"{BOT} 全部")
    parts = await stage.replies(GROUP_ID, 2)
    await stage.quiet()
    assert "\n".join(part["text"] for part in parts).count("行") == 120
    assert ["reply_markup" in part for part in parts] == [False] * (len(parts) - 1) + [True]
    assert ["reply_to_message" in part for part in parts] == [True] + [False] * (len(parts) - 1)
    stage.press(GROUP_ID, OPERATOR, parts[-1], column=1)
    await until(lambda: len(stage.assistant.questions) == 2)
    assert stage.assistant.questions[-1].text == "走势图"


async def test_a_picture_carries_a_short_text_and_precedes_a_long_one(stage: Stage) -> None:
    async def drawn(question: Question) -> Answer:
        answer = answer_to(question.text, "<b>走势</b>" if question.text == "短" else "长" * 1100)
        return Answer(answer.plan, answer.html, answer.facts, picture=Picture(lambda: PIXEL, "近七天 GMV"))

    await stage.let_everyone_in()
    stage.assistant.script = drawn
    stage.say(OPERATOR, OPERATOR, "短")
    (short,) = await stage.replies(OPERATOR, 1)
    assert (short["caption"], "photo" in short) == ("走势", True)
    stage.say(OPERATOR, OPERATOR, "长")
    _, photo, text = await stage.replies(OPERATOR, 3)
    assert (photo["caption"], len(text["text"])) == ("近七天 GMV", 1100)


async def test_answers_come_in_the_order_of_the_questions_while_other_chats_run_ahead(stage: Stage) -> None:
    release = asyncio.Event()

    async def slow(question: Question) -> Answer:
        if question.text == "慢":
            await release.wait()
        return answer_to(question.text, question.text)

    await stage.let_everyone_in()
    stage.assistant.script = slow
    for text in ("慢", "二", "三"):
        stage.say(OPERATOR, OPERATOR, text)
    stage.say(MANAGER, MANAGER, "别的会话")
    await stage.replies(MANAGER, 1)
    assert stage.from_bot(OPERATOR) == []
    release.set()
    assert [message["text"] for message in await stage.replies(OPERATOR, 3)] == ["慢", "二", "三"]


async def test_a_chat_that_asks_too_fast_is_told_once_and_nothing_queued_is_lost(stage: Stage) -> None:
    release = asyncio.Event()

    async def slow(question: Question) -> Answer:
        await release.wait()
        return answer_to(question.text, question.text)

    await stage.let_everyone_in()
    stage.assistant.script = slow
    for number in range(16):
        stage.say(GROUP_ID, OPERATOR, f"{BOT} 问{number}")
    (busy,) = await stage.replies(GROUP_ID, 1)
    assert "一个一个来" in busy["text"]
    release.set()
    messages = await stage.replies(GROUP_ID, 12, seconds=20)
    await stage.quiet()
    # One being answered and ten waiting; the other five were told of by the one sentence.
    assert [message["text"] for message in messages[1:]] == [f"问{number}" for number in range(11)]
    assert len(stage.from_bot(GROUP_ID)) == 12


async def test_every_answer_and_refusal_is_in_the_audit_log(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(OPERATOR, OPERATOR, "上周GMV")
    stage.say(1004, 1004, "让我进来")
    await stage.replies(OPERATOR, 1)
    await stage.replies(1004, 1)
    log = {entry.question: entry for entry in await stage.store.answers.audit_log()}
    assert (log["上周GMV"].kind, log["上周GMV"].user_id, log["上周GMV"].role) == ("answered", OPERATOR, "operator")
    assert log["上周GMV"].documents == ("2023 年电商运营年终回顾",)
    assert (log["让我进来"].kind, log["让我进来"].user_id) == ("refused", 1004)
