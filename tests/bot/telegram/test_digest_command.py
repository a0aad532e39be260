"""/digest in chats, and the daily digest as it arrives."""

from __future__ import annotations

from bot.sandbox import acts
from bot.sandbox.faults import Fault
from bot.sandbox.files import Upload
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, NEWCOMER, OPERATOR, Stage, until

BOT = "@opsbot_demo_bot"


async def test_the_digest_is_switched_on_shown_moved_and_switched_off(stage: Stage) -> None:
    await stage.let_everyone_in()
    for text in ("/digest", "/digest on 9", "/digest", "/digest on 25:00", f"/digest{BOT} off", "/digest off"):
        stage.say(GROUP_ID, OPERATOR, text)
    texts = [message["text"] for message in await stage.replies(GROUP_ID, 6)]
    assert "没有开日报" in texts[0]
    assert "每天 09:00（Asia/Shanghai）" in texts[1]
    assert "下一次：11月23日 09:00" in texts[1]
    assert texts[2].startswith("日报：每天 09:00")
    assert texts[3].startswith("用法")
    assert texts[4].startswith("日报已停")
    assert "本来就没有开" in texts[5]


async def test_digest_now_answers_at_the_level_of_the_chat_and_leaves_no_due_row(stage: Stage) -> None:
    await stage.let_everyone_in(group="viewer")
    stage.say(GROUP_ID, MANAGER, "/digest now")
    (digest,) = await stage.replies(GROUP_ID, 1)
    assert digest["text"] == "早报 GMV ¥1"
    assert stage.assistant.digests[0].role == "viewer"
    assert await stage.store.digests.count("sent") == 0


async def test_a_viewer_cannot_change_what_the_whole_group_gets(stage: Stage) -> None:
    await stage.let_everyone_in(group="viewer")
    await stage.access.revoke("person", OPERATOR)
    await stage.access.grant("person", OPERATOR, "viewer")
    stage.say(GROUP_ID, OPERATOR, "/digest on 09:00")
    assert "需要运营以上" in (await stage.replies(GROUP_ID, 1))[0]["text"]
    stage.say(GROUP_ID, MANAGER, "/digest on 09:00")
    assert "09:00" in (await stage.replies(GROUP_ID, 2))[1]["text"]


async def test_a_stranger_gets_no_digest_by_any_word(stage: Stage) -> None:
    stage.say(NEWCOMER, NEWCOMER, "/digest now")
    stage.say(NEWCOMER, NEWCOMER, "/digest on 09:00")
    await stage.replies(NEWCOMER, 1)
    await stage.quiet()
    assert stage.assistant.digests == []
    assert await stage.store.digests.active() == ()


async def test_the_digest_arrives_once_in_its_topic_and_a_reply_continues_it(stage: Stage) -> None:
    stage.world.add_group(-900, "论坛", [OPERATOR], creator=ADMIN, is_forum=True)
    topic = acts.add_topic(stage.world, -900, OPERATOR, "日报")
    await stage.access.grant("chat", -900, "operator")
    stage.say(-900, OPERATOR, "/digest on 15:00", thread_id=topic)
    (confirmed,) = await stage.replies(-900, 1)
    assert confirmed["message_thread_id"] == topic
    stage.clock.advance(minutes=31)
    digest = (await stage.replies(-900, 2))[1]
    assert (digest["message_thread_id"], digest["text"]) == (topic, "早报 GMV ¥1")
    stage.say(-900, OPERATOR, "母婴呢", reply_to=digest["message_id"], thread_id=topic)
    answer = (await stage.replies(-900, 3))[2]
    assert answer["message_thread_id"] == topic
    assert [plan.text for plan in stage.assistant.questions[0].context] == ["digest"]
    await stage.restart()
    await stage.quiet()
    assert len(stage.from_bot(-900)) == 3


async def test_a_digest_whose_receipt_is_lost_is_unknown_and_the_admins_are_told(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, OPERATOR, "/digest on 15:00")
    await stage.replies(GROUP_ID, 1)
    stage.world.faults.add(Fault("lost_reply", "sendMessage", GROUP_ID, seconds=0.1))
    stage.clock.advance(minutes=31)
    (told,) = await stage.replies(ADMIN, 1)
    assert "1 份日报" in told["text"]
    await stage.restart()
    await stage.quiet()
    assert len(stage.from_bot(GROUP_ID)) == 2  # the confirmation and one digest
    stage.say(GROUP_ID, ADMIN, "/digest")
    status = (await stage.replies(GROUP_ID, 3))[2]["text"]
    assert "不确定是否送达，没有重发" in status


async def test_a_digest_missed_for_too_long_is_said_so_in_the_status(stage: Stage) -> None:
    await stage.let_everyone_in()
    stage.say(GROUP_ID, OPERATOR, "/digest on 15:00")
    await stage.replies(GROUP_ID, 1)
    await stage.surface.stop()
    stage.clock.advance(hours=5)
    stage.surface = stage.new_surface()
    await stage.surface.start()
    await until(lambda: stage.surface.health().ok)
    await stage.quiet()
    stage.say(GROUP_ID, OPERATOR, "/digest")
    status = (await stage.replies(GROUP_ID, 2))[1]["text"]
    assert "没有发，因为恢复时已超过 180 分钟" in status
    assert stage.assistant.digests == []


async def test_a_file_without_words_gets_a_hint_in_private_and_nothing_in_a_group(stage: Stage) -> None:
    await stage.let_everyone_in()
    acts.send_document(stage.world, OPERATOR, OPERATOR, Upload("a.txt", b"x", "text/plain"))
    acts.send_document(stage.world, GROUP_ID, OPERATOR, Upload("a.txt", b"x", "text/plain"))
    assert "只看得懂文字" in (await stage.replies(OPERATOR, 1))[0]["text"]
    await stage.quiet()
    assert stage.from_bot(GROUP_ID) == []
