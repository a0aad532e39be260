"""Thumbs under answers from documents: counted, explained, told to the admins, listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox import acts
from bot.sandbox.people import NEWCOMER
from tests.bot.telegram.chat import HANDBOOK, OWN, QUESTION, alerts, forge, labels, last, press, with_handbook
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


def owned(owner: str, audience: str = "everyone") -> str:
    return HANDBOOK.replace("title:", f"owner: {owner}\naudience: {audience}\ntitle:", 1)


@pytest.mark.parametrize("owner", ["id", "@"])
async def test_the_owner_of_the_document_is_told_instead_of_the_admins(shelf: Stage, owner: str) -> None:
    name = shelf.world.user(MANAGER)["username"]
    shelf.say(MANAGER, MANAGER, "/help")  # a name is known once its person has written
    await shelf.replies(MANAGER, 1)
    with_handbook(shelf, owned(str(MANAGER) if owner == "id" else f"@{name.upper()}"))
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    press(shelf, await last(shelf, OPERATOR, "商家承担"), "👎", OPERATOR)
    told = await last(shelf, MANAGER, "你负责的《直播退货规范》")
    assert QUESTION in told["text"]
    await shelf.quiet()
    assert shelf.from_bot(ADMIN) == []
    (complaint,) = await shelf.store.feedback.complaints(5)
    assert complaint.told_to == (MANAGER,)
    shelf.say(ADMIN, ADMIN, "/feedback")
    await last(shelf, ADMIN, "已告诉资料负责人")


@pytest.mark.parametrize(
    ("owner", "audience"),
    [
        (str(NEWCOMER), "everyone"),  # was not let in
        ("99999999", "everyone"),  # nobody
        ("@nobody_here", "everyone"),
        (str(OPERATOR), "manager"),  # may not read the document
        (str(MANAGER), "everyone"),  # is the one who pressed
    ],
)
async def test_an_owner_who_may_not_know_or_cannot_be_reached_is_passed_over(
    shelf: Stage, owner: str, audience: str
) -> None:
    with_handbook(shelf, owned(owner, audience))
    shelf.say(MANAGER, MANAGER, QUESTION)
    press(shelf, await last(shelf, MANAGER, "商家承担"), "👎", MANAGER)
    await last(shelf, ADMIN, "没帮上忙")
    assert shelf.from_bot(OPERATOR) == shelf.from_bot(NEWCOMER) == []


async def test_a_thumb_as_a_reaction_counts_as_the_button(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    answer = await last(shelf, OPERATOR, "商家承担")
    number = answer["message_id"]
    for sign, totals in (("👍", (1, 0)), ("❤", (0, 0)), ("👎", (0, 1)), (None, (0, 0)), ("👎", (0, 1))):
        acts.react(shelf.world, OPERATOR, OPERATOR, number, sign)
        deadline = 40
        while await shelf.store.feedback.totals() != totals and deadline:
            deadline -= 1
            await shelf.quiet(0.05)
        assert await shelf.store.feedback.totals() == totals
    asked = await last(shelf, OPERATOR, "缺了什么")
    assert len(shelf.from_bot(OPERATOR)) == 2  # asked once, however often
    assert len(shelf.from_bot(ADMIN)) == 1
    shelf.say(OPERATOR, OPERATOR, "跨境怎么办", reply_to=asked["message_id"])
    await last(shelf, OPERATOR, "已经记下")
    press(shelf, answer, "👎", OPERATOR)  # the button knows of it
    await until(lambda: labels(shelf.from_bot(OPERATOR)[0])[-2:] == ["👍", "👎"])


async def test_reactions_of_strangers_and_on_other_messages_count_for_nothing(shelf: Stage) -> None:
    acts.set_member(shelf.world, GROUP_ID, shelf.world.bot_id, "administrator")
    shelf.say(GROUP_ID, OPERATOR, f"{BOT} {QUESTION}")
    answer = await last(shelf, GROUP_ID, "商家承担")
    other = shelf.say(GROUP_ID, MANAGER, "大家好")
    await shelf.access.revoke("person", MANAGER)
    acts.react(shelf.world, GROUP_ID, MANAGER, answer["message_id"], "👎")
    acts.react(shelf.world, GROUP_ID, OPERATOR, other, "👎")
    acts.react(shelf.world, GROUP_ID, OPERATOR, answer["message_id"], "👍")
    await shelf.quiet(0.6)
    assert await shelf.store.feedback.totals() == (1, 0)
    assert len(shelf.from_bot(GROUP_ID)) == 1


async def test_the_list_is_for_admins_in_private(shelf: Stage) -> None:
    shelf.say(OPERATOR, OPERATOR, "/feedback")
    await last(shelf, OPERATOR, "只给管理员")
    shelf.say(GROUP_ID, ADMIN, "/feedback")
    await last(shelf, GROUP_ID, "私聊")
