"""Thumbs under answers from documents: counted, explained, told to the admins, listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import acts
from tests.bot.telegram.chat import OWN, QUESTION, alerts, forge, labels, last, press, with_handbook
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, OPERATOR, Stage, staged, until

BOT = "@opsbot_demo_bot"


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, knowledge=OWN) as made:
        await made.let_everyone_in()
        with_handbook(made)
        yield made


async def test_a_thumb_down_is_counted_explained_by_a_reply_and_told_to_the_admin_once(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    answer = await last(shelf, OPERATOR, "商家承担")
    assert labels(answer)[-2:] == ["👍", "👎"]
    press(shelf, answer, "👎", OPERATOR)
    asked = await last(shelf, OPERATOR, "缺了什么")
    assert labels(shelf.from_bot(OPERATOR)[0])[-2:] == ["👍", "👎 1"]
    shelf.say(OPERATOR, OPERATOR, "没说 <跨境> 怎么办", reply_to=asked["message_id"])
    await last(shelf, OPERATOR, "已经记下")
    told = await last(shelf, ADMIN, "没帮上忙")
    assert QUESTION in told["text"]
    assert "《直播退货规范》" in told["text"]
    shelf.say(ADMIN, ADMIN, "/feedback")
    listed = await last(shelf, ADMIN, "👎 1")
    assert "缺：没说 <跨境> 怎么办" in listed["text"]
    assert "一、运费" in listed["text"]
    (complaint,) = await shelf.store.feedback.complaints(5)
    assert (complaint.user_id, complaint.question, complaint.missing) == (OPERATOR, QUESTION, "没说 <跨境> 怎么办")
    assert complaint.passages[0].quote == "直播间售出的商品，退货运费由商家承担。"
    assert complaint.plan
    assert len(shelf.from_bot(ADMIN)) == 2  # one line, one list


async def test_pressing_again_changes_the_verdict_and_the_same_press_takes_it_back(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    answer = await last(shelf, OPERATOR, "商家承担")

    async def shows(wanted: list[str]) -> None:
        await until(lambda: labels(shelf.from_bot(OPERATOR)[0])[-2:] == wanted)

    press(shelf, answer, "👍", OPERATOR)
    await shows(["👍 1", "👎"])
    press(shelf, answer, "👎", OPERATOR)
    await shows(["👍", "👎 1"])
    press(shelf, answer, "👎", OPERATOR)
    await shows(["👍", "👎"])
    press(shelf, answer, "👎", OPERATOR)
    await shows(["👍", "👎 1"])
    assert (await alerts(shelf, 4))[2] == "已取消"
    await shelf.quiet()
    assert len(shelf.from_bot(OPERATOR)) == 2  # the answer, and the question what was missing, once
    assert len(shelf.from_bot(ADMIN)) == 1
    assert await shelf.store.feedback.totals() == (0, 1)


async def test_in_a_group_everyone_s_thumbs_add_up_and_only_who_was_asked_is_heard(shelf: Stage) -> None:
    shelf.say(GROUP_ID, OPERATOR, f"{BOT} {QUESTION}")
    answer = await last(shelf, GROUP_ID, "商家承担")
    press(shelf, answer, "👎", OPERATOR)
    asked = await last(shelf, GROUP_ID, "缺了什么")
    press(shelf, answer, "👎", MANAGER)
    await until(lambda: labels(shelf.from_bot(GROUP_ID)[0])[-1] == "👎 2")
    await until(lambda: len(shelf.from_bot(GROUP_ID)) == 3)
    shelf.say(GROUP_ID, MANAGER, "这是别的问题", reply_to=asked["message_id"])
    await until(lambda: len(shelf.from_bot(GROUP_ID)) == 4)
    assert [complaint.missing for complaint in await shelf.store.feedback.complaints(5)] == ["", ""]


async def test_the_admins_are_told_a_few_times_an_hour_only(shelf: Stage) -> None:
    for number in range(7):
        shelf.say(OPERATOR, OPERATOR, f"{QUESTION}{'？' * number}")
        await until(lambda wanted=number: len(shelf.from_bot(OPERATOR)) == 2 * wanted + 1)  # type: ignore[misc]
        press(shelf, shelf.from_bot(OPERATOR)[-1], "👎", OPERATOR)
        await last(shelf, OPERATOR, "缺了什么")
    await shelf.quiet()
    assert len(shelf.from_bot(ADMIN)) == 5


async def test_a_forged_press_and_a_figure_s_answer_are_not_judged(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    answer = await last(shelf, OPERATOR, "商家承担")
    data = answer["reply_markup"]["inline_keyboard"][-1][0]["callback_data"]
    elsewhere = acts.say(shelf.world, MANAGER, MANAGER, "/help")["message_id"]
    forge(shelf, MANAGER, elsewhere, data)
    await alerts(shelf, 1)
    assert await shelf.store.feedback.totals() == (0, 0)
    shelf.say(OPERATOR, OPERATOR, "GMV 怎么算")
    figure = (await shelf.replies(OPERATOR, 2))[1]
    assert "👍" not in labels(figure)


async def test_the_list_is_for_admins_in_private(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, "/feedback")
    await last(shelf, OPERATOR, "只给管理员")
    shelf.say(GROUP_ID, ADMIN, "/feedback")
    await last(shelf, GROUP_ID, "私聊")
