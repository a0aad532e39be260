"""Answers that an admin verified: pinned by button or command, served first, never to another question."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_core
from bot.assistant.same_question import Asked, taken_apart
from bot.assistant.types import Asker, Question
from bot.store.curated import PinRow
from bot.telegram.handlers import pins as handler
from tests.bot.telegram.chat import OWN, QUESTION, alerts, forge, labels, last, press, with_handbook
from tests.bot.telegram.conftest import ADMIN, MANAGER, OPERATOR, Stage, staged, until

VERIFIED = "✔ 已核实（管理员，2026-11-22）"


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, knowledge=OWN) as made:
        await made.let_everyone_in()
        with_handbook(made)
        yield made


async def test_an_answer_is_pinned_after_its_question_was_confirmed_and_served_with_its_source(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, QUESTION)
    press(shelf, await last(shelf, ADMIN, "商家承担"), "📌")
    draft = await last(shelf, ADMIN, f"「{QUESTION}」")
    press(shelf, draft, "改问法")
    asked = await last(shelf, ADMIN, "回复这条消息")
    shelf.say(ADMIN, ADMIN, "直播间的退货运费谁来出", reply_to=asked["message_id"])
    press(shelf, await last(shelf, ADMIN, "「直播间的退货运费谁来出」"), "📌 固定")
    await last(shelf, ADMIN, "已固定到")
    shelf.say(OPERATOR, OPERATOR, "直播間的退貨運費誰來出？")
    answer = await last(shelf, OPERATOR, VERIFIED)
    assert "直播间售出的商品，退货运费由商家承担。" in answer["text"]
    assert "《直播退货规范》" in answer["text"]
    assert labels(answer) == ["看原文", "👍", "👎"]


async def test_an_own_text_is_escaped_and_near_questions_keep_their_own_answers(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, "/pin 会员日的优惠券怎么领 | 在小程序 <首页> 领 & 用")
    await last(shelf, ADMIN, "已固定到「会员日的优惠券怎么领」")
    shelf.say(OPERATOR, OPERATOR, "会员日的优惠券怎么领？？")
    assert "在小程序 <首页> 领 & 用" in (await last(shelf, OPERATOR, VERIFIED))["text"]
    for other in ("会员日的优惠券怎么退", "店庆日的优惠券怎么领", "会员日的优惠券为什么领", "会员日的优惠券不怎么领"):
        before = len(shelf.from_bot(OPERATOR))
        shelf.say(OPERATOR, OPERATOR, other)
        await until(lambda wanted=before: len(shelf.from_bot(OPERATOR)) > wanted)  # type: ignore[misc]
        assert "已核实" not in shelf.from_bot(OPERATOR)[-1]["text"]


async def test_what_cannot_be_pinned_is_said_with_the_reason(shelf: Stage) -> None:
    for text, words in (
        ("/pin 上周GMV | 100万", "会变的指标"),
        ("/pin 为什么 | 因为", "太短"),
        ("/pin 只有问题", "用法"),
    ):
        shelf.say(ADMIN, ADMIN, text)
        await last(shelf, ADMIN, words)
    assert await shelf.store.pins.served() == ()


async def test_only_admins_pin_list_and_remove(shelf: Stage) -> None:
    for text in ("/pin 会员日是哪天 | 每月 8 日", "/pins"):
        shelf.say(MANAGER, MANAGER, text)
    assert all("管理员" in message["text"] for message in await shelf.replies(MANAGER, 2))
    shelf.say(ADMIN, ADMIN, "/pin 会员日是哪天 | 每月 8 日")
    await last(shelf, ADMIN, "已固定")
    shelf.say(ADMIN, ADMIN, "/pins")
    press(shelf, await last(shelf, ADMIN, "1. 会员日是哪天"), "🗑 1")
    press(shelf, await last(shelf, ADMIN, "移除「会员日是哪天」"), "确定移除")
    await last(shelf, ADMIN, "已移除")
    shelf.say(OPERATOR, OPERATOR, "会员日是哪天")
    assert "已核实" not in (await shelf.replies(OPERATOR, 1))[0]["text"]


async def test_a_pin_is_not_served_once_its_document_is_gone(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, QUESTION)
    press(shelf, await last(shelf, ADMIN, "商家承担"), "📌")
    press(shelf, await last(shelf, ADMIN, f"「{QUESTION}」"), "📌 固定")
    await last(shelf, ADMIN, "已固定到")
    assert shelf.core is not None
    path = shelf.settings.home / "playbooks" / "直播退货规范.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n## 二、时效\n\n三天内退款。\n", encoding="utf-8")
    shelf.core.library.sync()
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    assert "有更新" in (await last(shelf, OPERATOR, VERIFIED))["text"]
    path.unlink()
    shelf.core.library.sync()
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    assert "已核实" not in (await shelf.replies(OPERATOR, 2))[1]["text"]
    shelf.say(ADMIN, ADMIN, "/pins")
    await last(shelf, ADMIN, "⚠")


async def test_a_pin_from_a_managers_document_is_served_to_managers_only(shelf: Stage) -> None:
    path = shelf.settings.home / "playbooks" / "直播退货规范.md"
    held = path.read_text(encoding="utf-8").replace("categories:", "audience: manager\ncategories:")
    path.write_text(held, encoding="utf-8")
    assert shelf.core is not None
    shelf.core.library.sync()
    shelf.say(ADMIN, ADMIN, QUESTION)
    press(shelf, await last(shelf, ADMIN, "商家承担"), "📌")
    press(shelf, await last(shelf, ADMIN, "仅管理者可见"), "📌 固定")
    await last(shelf, ADMIN, "已固定到")
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    shelf.say(MANAGER, MANAGER, QUESTION)
    await last(shelf, MANAGER, VERIFIED)
    assert "商家" not in (await shelf.replies(OPERATOR, 1))[0]["text"]


async def test_a_pin_for_managers_takes_nobody_else_s_pin_to_the_same_question_away(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, f"/pin {QUESTION} | 问客服")
    await last(shelf, ADMIN, "已固定")
    pinned = await shelf.store.pins.keep(
        PinRow(QUESTION, "商家，内部上限 20 元", "zh", "manager", (), ADMIN, "admin", shelf.clock.now())
    )
    message = shelf.say(ADMIN, ADMIN, "/help")
    forge(shelf, ADMIN, message, f"p:{pinned.id}:pin")
    await alerts(shelf, 1)
    await until(lambda: shelf.core is not None and len(shelf.core.pins._pins) == 2)
    shelf.say(MANAGER, MANAGER, QUESTION)
    await last(shelf, MANAGER, "内部上限 20 元")
    shelf.say(OPERATOR, OPERATOR, QUESTION)
    await last(shelf, OPERATOR, "问客服")


async def test_a_pin_survives_a_restart_and_is_served_by_a_process_that_only_reads(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, "/pin 会员日是哪天 | 每月 8 日")
    await last(shelf, ADMIN, "已固定")
    assert shelf.core is not None
    shelf.core.pins.hold(())
    await shelf.restart()
    shelf.say(OPERATOR, OPERATOR, "会员日是哪天")
    await last(shelf, OPERATOR, VERIFIED)
    other = open_core(shelf.settings)
    try:
        asked = Question("会员日是哪天？", Asker("operator"), shelf.clock.now())
        answer = other.assistant.answer_now(asked)
    finally:
        other.close()
    assert "每月 8 日" in answer.html
    assert answer.plan.intent == "knowledge"
    assert json.loads(other.assistant.pack(answer.plan))["text"] == "会员日是哪天？"


async def test_a_forged_press_of_someone_else_pins_nothing(shelf: Stage) -> None:
    shelf.say(ADMIN, ADMIN, QUESTION)
    press(shelf, await last(shelf, ADMIN, "商家承担"), "📌")
    draft = await last(shelf, ADMIN, f"「{QUESTION}」")
    shelf.say(MANAGER, MANAGER, "/help")
    message = (await shelf.replies(MANAGER, 1))[0]
    data = draft["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    forge(shelf, MANAGER, message["message_id"], data)
    assert "管理员" in (await alerts(shelf, 2))[1]
    assert await shelf.store.pins.served() == ()


async def test_the_dictionary_and_the_index_are_read_beside_the_event_loop(
    shelf: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []

    def noted(question: str) -> Asked:
        threads.append(threading.current_thread())
        return taken_apart(question)

    assert shelf.core is not None
    standing = shelf.core.pins.standing
    monkeypatch.setattr(handler, "taken_apart", noted)
    monkeypatch.setattr(shelf.core.pins, "standing", lambda *given: noted("见过的问题") and standing(*given))
    shelf.say(ADMIN, ADMIN, "/pin 会员日是哪天 | 每月 8 日")
    await last(shelf, ADMIN, "已固定")
    shelf.say(ADMIN, ADMIN, "/pin 会员日是哪天？ | 每月 9 日")
    await until(lambda: len(shelf.from_bot(ADMIN)) == 2)
    shelf.say(ADMIN, ADMIN, "/pins")
    await last(shelf, ADMIN, "1. 会员日是哪天？")
    assert len(threads) >= 5  # 2 pins: each too short?, each the same as another?; 1 list
    assert threading.main_thread() not in threads
