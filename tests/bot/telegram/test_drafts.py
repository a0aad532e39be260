"""Draft cards in the chat: shown with their sentence, corrected, accepted, dismissed, withdrawn when it goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.people import NEWCOMER
from tests.bot.telegram.chat import OWN, alerts, forge, labels, last, press, send
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, OPERATOR, Message, Stage, staged, until

MEMBERS = "2025年，美妆品牌推出“周三会员日”，复购率提升8%。"
STUDIO = "服饰团队把版型师请进直播间讲解，客单价提升30%。"
REVIEW = f"""---
title: 打法复盘
date: 2026-10-01
---
# 打法复盘

## 一、会员

{MEMBERS}

## 二、直播

{STUDIO}
"""


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, knowledge=OWN) as made:
        await made.let_everyone_in()
        write(made, REVIEW)
        yield made


def write(stage: Stage, text: str) -> None:
    folder = stage.settings.home / "playbooks"
    folder.mkdir(exist_ok=True)
    (folder / "复盘.md").write_text(text, encoding="utf-8")
    assert stage.core is not None
    stage.core.library.sync()


async def shown(stage: Stage, words: str = "战法草稿") -> Message:
    stage.say(ADMIN, ADMIN, "/drafts")
    return await last(stage, ADMIN, words)


async def suggested(stage: Stage, person: int, wanted: str, category: str = "美妆") -> str:
    stage.say(person, person, f"/tactics {category}")
    return str((await last(stage, person, wanted))["text"])


async def test_a_draft_is_shown_with_its_sentence_and_counts_only_once_it_is_accepted(shelf: Stage) -> None:
    first = await shown(shelf)
    for part in ("1/2", "周三会员日", "类目：美妆", "指标：复购率", "数字：8%", MEMBERS, "《打法复盘》 › 一、会员"):
        assert part in first["text"]
    assert labels(first) == ["✅ 采用", "✏️ 修改", "忽略", "下一张 ›"]
    assert "为什么是它" not in await suggested(shelf, OPERATOR, "还没有「美妆」的战法")
    press(shelf, first, "采用")
    told = await last(shelf, ADMIN, "已采用")
    assert labels(told) == ["看草稿 1", "撤下"]
    answer = await suggested(shelf, OPERATOR, "为什么是它")
    assert MEMBERS.removesuffix("。") in answer
    assert "。；" not in answer
    assert "《打法复盘》" in answer
    assert "由资料原文整理" in answer
    assert "2026-11-22 采用" in answer
    logged = [(row.kind, row.user_id) for row in await shelf.store.answers.audit_log()]
    assert ("draft_accepted", ADMIN) in logged


async def test_a_dismissed_draft_does_not_come_back_not_even_in_a_copy_of_its_document(shelf: Stage) -> None:
    press(shelf, await shown(shelf), "忽略")
    await last(shelf, ADMIN, "不会再提出来")
    await shelf.restart()
    (shelf.settings.home / "playbooks" / "抄本.md").write_text(REVIEW + "\n抄本。\n", encoding="utf-8")
    assert shelf.core is not None
    shelf.core.library.sync()
    assert "版型师" in (await shown(shelf, "1/1"))["text"]


async def test_a_reply_corrects_category_metric_and_steps_and_says_what_it_does_not_know(shelf: Stage) -> None:
    press(shelf, await shown(shelf), "修改")
    asked = await last(shelf, ADMIN, "回复这条消息")
    shelf.say(ADMIN, ADMIN, "指标：复购的率", reply_to=asked["message_id"])
    await last(shelf, ADMIN, "指标里没有「复购的率」。可以写：复购率")
    reply = "类目：全部\n指标：repurchase rate、客单价\n触发：复购 < 10%\n动作：建群；每周三发券"
    shelf.say(ADMIN, ADMIN, reply, reply_to=asked["message_id"])
    changed = await last(shelf, ADMIN, "没写明，采用后算通用")
    for part in ("指标：复购率、客单价", "触发：复购 < 10%", "1. 建群", "2. 每周三发券", MEMBERS, "改过"):
        assert part in changed["text"]
    press(shelf, changed, "采用")
    await last(shelf, ADMIN, "已采用")
    assert "① 建群 ② 每周三发券" in await suggested(shelf, OPERATOR, "为什么是它", "家电")


async def test_nobody_accepts_what_another_admin_changed_meanwhile(shelf: Stage) -> None:
    seen = await shown(shelf)
    press(shelf, seen, "修改")
    asked = await last(shelf, ADMIN, "回复这条消息")
    shelf.say(ADMIN, ADMIN, "只发短信", reply_to=asked["message_id"])
    await last(shelf, ADMIN, "动作：只发短信")
    forge(shelf, ADMIN, seen["message_id"], seen["reply_markup"]["inline_keyboard"][0][0]["callback_data"])
    assert "刚被改过" in (await alerts(shelf, 2))[1]
    assert shelf.core is not None
    assert shelf.core.drafts.accepted() == ()


@pytest.mark.parametrize("how", ["edited", "removed"])
async def test_a_card_goes_with_its_sentence_and_every_admin_hears_of_it_once(shelf: Stage, how: str) -> None:
    press(shelf, await shown(shelf), "采用")
    await last(shelf, ADMIN, "已采用")
    if how == "edited":
        write(shelf, REVIEW.replace("8%", "6%"))
        await shelf.surface.documents_changed()
        await shelf.surface.documents_changed()
    else:
        shelf.say(ADMIN, ADMIN, "/docs")
        press(shelf, await last(shelf, ADMIN, "被引用 0 次"), "🗑 1")
        press(shelf, await last(shelf, ADMIN, "移除《打法复盘》？"), "确定移除")
    await last(shelf, ADMIN, "• 周三会员日（《打法复盘》）")
    assert sum("撤回了" in message["text"] for message in shelf.from_bot(ADMIN)) == 1
    assert "为什么是它" not in await suggested(shelf, OPERATOR, "还没有「美妆」的战法")
    write(shelf, REVIEW)
    assert "曾经采用过" in (await shown(shelf, "曾经采用过"))["text"]


async def test_an_accepted_card_is_taken_down_again_and_survives_a_restart_till_then(shelf: Stage) -> None:
    press(shelf, await shown(shelf), "采用")
    await last(shelf, ADMIN, "已采用")
    await shelf.restart()
    press(shelf, await shown(shelf), "已采用 1")
    held = await last(shelf, ADMIN, "已采用的战法")
    press(shelf, held, "撤下")
    await last(shelf, ADMIN, "不再推荐")
    assert "1/2" in (await shown(shelf))["text"]


async def test_two_presses_decide_once(shelf: Stage) -> None:
    first = await shown(shelf)
    press(shelf, first, "采用")
    press(shelf, first, "忽略")
    assert "已经处理过" in (await alerts(shelf, 2))[1]
    assert shelf.core is not None
    assert len(shelf.core.drafts.accepted()) == 1


async def test_drafts_are_for_admins_in_private_whoever_presses_and_whatever(shelf: Stage) -> None:
    shelf.say(MANAGER, MANAGER, "/drafts")
    await last(shelf, MANAGER, "由管理员决定")
    shelf.say(GROUP_ID, ADMIN, "/drafts")
    await last(shelf, GROUP_ID, "私聊")
    first = await shown(shelf)
    data = first["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    for number, person in enumerate((MANAGER, NEWCOMER), 1):
        message = shelf.say(person, person, "/help")
        forge(shelf, person, message, data)
        assert "管理员" in (await alerts(shelf, number))[-1]
    forge(shelf, ADMIN, first["message_id"], "k:accept:0123456789abcdef:01234567")
    await until(lambda: len(shelf.made("answerCallbackQuery")) == 3)
    assert shelf.core is not None
    assert shelf.core.drafts.accepted() == ()


async def test_a_new_document_says_how_many_drafts_it_brings_with_the_way_to_them(tmp_path: Path) -> None:
    async with staged(tmp_path, knowledge=OWN) as stage:
        send(stage, ADMIN, "复盘.md", REVIEW)
        press(stage, await last(stage, ADMIN, "另有 2 句可整理成战法草稿"), "加入")
        added = await last(stage, ADMIN, "有 2 句可以整理成战法")
        press(stage, added, "看草稿 2")
        await last(stage, ADMIN, "1/2")
