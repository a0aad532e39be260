"""Files in the chat: shown, added, replaced, cancelled, refused, removed, over HTTP against the sandbox."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import acts
from bot.sandbox.files import Upload
from bot.settings import KnowledgeSettings
from tests.bot.telegram.chat import HANDBOOK, OWN, alerts, labels, last, press, send
from tests.bot.telegram.conftest import ADMIN, GROUP_ID, MANAGER, OPERATOR, Stage, staged, until


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path, knowledge=OWN) as made:
        await made.let_everyone_in()
        yield made


def documents(stage: Stage) -> list[str]:
    folder = stage.settings.home / "playbooks"
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def quarantined(stage: Stage) -> list[Path]:
    return list((stage.settings.home / "state" / "quarantine").iterdir())


async def add(stage: Stage, name: str, content: str | bytes, *more: str) -> dict[str, Any]:
    send(stage, ADMIN, name, content)
    shown = await last(stage, ADMIN, "确认之前")
    for label in more:
        press(stage, shown, label)
        await until(lambda gone=label: gone not in labels(stage.from_bot(ADMIN)[-1]))  # type: ignore[misc]
        shown = stage.from_bot(ADMIN)[-1]
    press(stage, shown, "加入")
    return await last(stage, ADMIN, "✅")


async def test_a_file_is_shown_added_and_answers_the_next_question(desk: Stage) -> None:
    send(desk, ADMIN, "直播退货规范.md", HANDBOOK)
    shown = await last(desk, ADMIN, "确认之前")
    for part in ("《直播退货规范》（2026-10-01）", "一、运费", "类目：服饰", "1 张（尺码提示）", "动做", "所有人"):
        assert part in shown["text"]
    assert labels(shown) == ["➕ 加入", "取消", "改为：仅管理者可看"]
    assert desk.core is not None
    assert desk.core.library.documents() == ()  # nothing is a source before the word
    press(desk, shown, "加入")
    desk.say(ADMIN, ADMIN, "直播间售出的商品退货运费谁承担")
    answer = await last(desk, ADMIN, "商家承担")
    assert "《直播退货规范》" in answer["text"]
    assert "一、运费" in answer["text"]
    added = desk.from_bot(ADMIN)[0]
    assert "✅ 《直播退货规范》已加入" in added["text"]
    assert "reply_markup" not in added
    assert documents(desk) == ["直播退货规范.md"]
    assert quarantined(desk) == []
    assert len(desk.made("editMessageText")) <= 3


async def test_a_second_version_replaces_the_first_and_the_first_is_kept_aside(desk: Stage) -> None:
    await add(desk, "直播退货规范.md", HANDBOOK)
    send(desk, ADMIN, "新版.md", HANDBOOK.replace("商家", "平台"))
    shown = await last(desk, ADMIN, "已有同名资料：《直播退货规范》（直播退货规范.md）")
    press(desk, shown, "替换")
    await last(desk, ADMIN, "替换了：直播退货规范")
    assert documents(desk) == ["新版.md"]
    removed = list((desk.settings.home / "state" / "removed").iterdir())
    assert [path.read_text(encoding="utf-8") for path in removed] == [HANDBOOK]
    logged = [(row.kind, row.user_id, row.question) for row in await desk.store.answers.audit_log()]
    assert logged[:2] == [("replaced", ADMIN, "新版.md"), ("added", ADMIN, "直播退货规范.md")]
    desk.say(ADMIN, ADMIN, "直播间售出的商品退货运费谁承担")
    assert "平台承担" in (await last(desk, ADMIN, "承担"))["text"]


async def test_a_document_of_the_same_name_can_stand_beside_the_first(desk: Stage) -> None:
    await add(desk, "a.md", HANDBOOK)
    await add(desk, "A.md", HANDBOOK.replace("直播退货规范", "另一份").replace("商家", "买家"))
    assert documents(desk) == ["A (2).md", "a.md"]


async def test_a_cancelled_file_leaves_nothing_and_a_second_press_decides_nothing(desk: Stage) -> None:
    send(desk, ADMIN, "手册.md", HANDBOOK)
    shown = await last(desk, ADMIN, "确认之前")
    press(desk, shown, "取消")
    press(desk, shown, "加入")
    await last(desk, ADMIN, "已取消")
    await until(lambda: len(desk.made("answerCallbackQuery")) == 2)
    assert "已经处理过" in desk.made("answerCallbackQuery")[1].parameters["text"]
    assert not (desk.settings.home / "playbooks").exists()
    assert quarantined(desk) == []


async def test_only_an_admin_adds_and_only_an_admin_s_press_counts(desk: Stage) -> None:
    send(desk, MANAGER, "手册.md", HANDBOOK)
    await last(desk, MANAGER, "由管理员添加")
    assert desk.made("getFile") == []
    send(desk, ADMIN, "手册.md", HANDBOOK, chat=GROUP_ID, caption="@opsbot_demo_bot 收一下")
    shown = await last(desk, GROUP_ID, "确认之前")
    press(desk, shown, "加入", OPERATOR)
    await until(lambda: len(desk.made("answerCallbackQuery")) == 1)
    assert "管理员" in desk.made("answerCallbackQuery")[0].parameters["text"]
    assert "确认之前" in desk.from_bot(GROUP_ID)[-1]["text"]
    press(desk, shown, "加入", ADMIN)
    await last(desk, GROUP_ID, "✅")


async def test_a_file_in_a_topic_or_as_a_reply_is_dealt_with_where_it_was_sent(desk: Stage) -> None:
    desk.world.add_group(-1009, "论坛", [ADMIN], creator=ADMIN, is_forum=True)
    await desk.access.grant("chat", -1009, "operator")
    topic = acts.add_topic(desk.world, -1009, ADMIN, "资料")
    upload = Upload("手册.md", HANDBOOK.encode(), "text/markdown")
    acts.send_document(desk.world, -1009, ADMIN, upload, "@opsbot_demo_bot", thread_id=topic)
    shown = await last(desk, -1009, "确认之前")
    assert shown["message_thread_id"] == topic
    reply = Upload("二.md", HANDBOOK.replace("直播退货规范", "第二份").encode(), "text/markdown")
    acts.send_document(desk.world, -1009, ADMIN, reply, thread_id=topic, reply_to=shown["message_id"])
    assert (await last(desk, -1009, "文件：二.md"))["message_thread_id"] == topic


async def test_a_file_that_nobody_addressed_to_the_bot_is_left_alone_in_a_group(desk: Stage) -> None:
    send(desk, ADMIN, "手册.md", HANDBOOK, chat=GROUP_ID)
    await desk.quiet()
    assert desk.from_bot(GROUP_ID) == []


def bomb() -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (101 * 1024 * 1024))
    return held.getvalue()


async def test_what_cannot_be_read_is_refused_in_plain_words(desk: Stage) -> None:
    for name, content, words in (
        ("炸弹.docx", bomb(), "展开后太大"),
        ("坏的.pdf", b"%PDF-1.4 nothing", "已损坏"),
        ("旧的.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"0" * 600, "有密码"),
        ("空.md", b"   ", "文件是空的"),
        ("受众.md", "---\naudience: 老板\n---\n# 一\n字\n".encode(), "第 2 行"),
        ("程序.exe", b"MZ", "请另存为：md"),
        ("无名", b"text", "「无名」"),
    ):
        send(desk, ADMIN, name, content)
        said = await last(desk, ADMIN, words)
        assert "reply_markup" not in said
        assert not (desk.settings.home / "state" / "quarantine").exists() or quarantined(desk) == []


async def test_a_file_over_the_limit_is_refused_before_it_is_fetched(desk: Stage) -> None:
    send(desk, ADMIN, "大.pdf", b"0" * (20 * 1024 * 1024 + 1))
    await last(desk, ADMIN, "超过 20 MB")
    assert desk.made("getFile") == []


async def test_a_name_that_leads_elsewhere_becomes_a_plain_name(desk: Stage) -> None:
    send(desk, ADMIN, "x.md", HANDBOOK)
    await last(desk, ADMIN, "确认之前")
    room = desk.world.rooms[ADMIN]
    sent = next(message for message in room.page(None, 10) if "document" in message)
    file = {**sent["document"], "file_name": "../../..\\.ssh/\u202egnp.x.md"}
    desk.world.updates.push("message", {**sent, "message_id": 900, "document": file})
    await until(lambda: len(desk.from_bot(ADMIN)) == 2, 15)
    shown = desk.from_bot(ADMIN)[-1]
    assert "文件：gnp.x.md" in shown["text"]
    press(desk, shown, "加入")
    await last(desk, ADMIN, "✅")
    assert documents(desk) == ["gnp.x.md"]


async def test_a_preview_survives_a_restart_and_expires_after_a_day(desk: Stage) -> None:
    send(desk, ADMIN, "一.md", HANDBOOK)
    first = await last(desk, ADMIN, "确认之前")
    send(desk, ADMIN, "二.md", HANDBOOK.replace("直播退货规范", "第二份"))
    second = await last(desk, ADMIN, "二.md")
    await desk.restart()
    press(desk, first, "加入")
    await until(lambda: "✅" in desk.from_bot(ADMIN)[0]["text"], 15)
    desk.clock.advance(hours=25)
    press(desk, second, "加入")
    await until(lambda: len(desk.made("answerCallbackQuery")) == 2)
    assert "已失效" in desk.made("answerCallbackQuery")[1].parameters["text"]
    assert documents(desk) == ["一.md"]
    assert quarantined(desk) == []


async def test_files_that_nobody_decided_on_are_gone_from_the_disk_after_a_day(desk: Stage) -> None:
    send(desk, ADMIN, "一.md", HANDBOOK)
    shown = await last(desk, ADMIN, "确认之前")
    assert len(quarantined(desk)) == 1
    desk.clock.advance(hours=25)
    await desk.surface.documents_changed()  # as after each reading of the folders
    assert quarantined(desk) == []
    press(desk, shown, "加入")
    assert "已失效" in (await alerts(desk, 1))[0]


async def test_the_same_file_from_two_admins_at_once_is_added_once(desk: Stage) -> None:
    send(desk, ADMIN, "一.md", HANDBOOK)
    first = await last(desk, ADMIN, "文件：一.md")
    send(desk, ADMIN, "二.md", HANDBOOK, chat=GROUP_ID, caption="@opsbot_demo_bot")
    second = await last(desk, GROUP_ID, "文件：二.md")
    press(desk, first, "加入")
    press(desk, second, "加入")

    def said(words: str) -> int:
        return sum(words in desk.from_bot(chat)[0]["text"] for chat in (ADMIN, GROUP_ID))

    await until(lambda: (said("✅"), said("完全相同")) == (1, 1), 15)
    assert len(documents(desk)) == 1
    assert quarantined(desk) == []


async def test_a_group_is_not_told_the_title_of_a_managers_document_of_the_same_name(desk: Stage) -> None:
    text = HANDBOOK.split("---\n")[2]
    await add(desk, "手册.txt", text.replace("直播退货规范", "裁员计划"), "改为：仅管理者可看")
    await desk.access.grant("chat", GROUP_ID, "operator")
    send(desk, ADMIN, "手册.txt", text, chat=GROUP_ID, caption="@opsbot_demo_bot")
    shown = await last(desk, GROUP_ID, "已有同名资料，仅管理者可看")
    assert "裁员" not in shown["text"]
    press(desk, shown, "替换")
    assert "裁员" not in (await last(desk, GROUP_ID, "替换了：一份仅管理者可看的资料"))["text"]


async def test_a_document_for_managers_is_neither_answered_from_nor_listed_where_others_read(desk: Stage) -> None:
    await add(desk, "手册.txt", HANDBOOK.split("---\n")[2], "改为：仅管理者可看")
    assert documents(desk) == ["managers-only/手册.txt"]
    desk.say(OPERATOR, OPERATOR, "直播间售出的商品退货运费谁承担")
    assert "商家承担" not in (await desk.replies(OPERATOR, 1))[0]["text"]
    desk.say(OPERATOR, OPERATOR, "/docs")
    assert "手册" not in (await desk.replies(OPERATOR, 2))[1]["text"]
    desk.say(MANAGER, MANAGER, "/docs")
    listed = (await desk.replies(MANAGER, 1))[0]
    assert "🔒 仅管理者" in listed["text"]
    assert labels(listed) == []  # removing is for admins


async def test_a_new_version_of_a_managers_document_stays_with_the_managers_until_an_admin_says_otherwise(
    desk: Stage,
) -> None:
    text = HANDBOOK.split("---\n")[2]
    await add(desk, "手册.txt", text, "改为：仅管理者可看")
    send(desk, ADMIN, "手册.txt", text.replace("商家", "平台"))
    shown = await last(desk, ADMIN, "已有同名资料")
    assert "改为：所有人可看" in labels(shown)
    press(desk, shown, "替换")
    await last(desk, ADMIN, "替换了")
    assert documents(desk) == ["managers-only/手册.txt"]


async def test_the_list_shows_uses_and_an_admin_removes_in_two_presses(desk: Stage) -> None:
    await add(desk, "直播退货规范.md", HANDBOOK)
    desk.say(OPERATOR, OPERATOR, "直播间售出的商品退货运费谁承担")
    await last(desk, OPERATOR, "商家承担")
    desk.say(ADMIN, ADMIN, "/docs")
    listed = await last(desk, ADMIN, "被引用 1 次")
    press(desk, listed, "🗑 1")
    asked = await last(desk, ADMIN, "移除《直播退货规范》？")
    assert documents(desk) == ["直播退货规范.md"]
    press(desk, asked, "确定移除")
    await last(desk, ADMIN, "已移除")
    assert documents(desk) == []
    assert len(list((desk.settings.home / "state" / "removed").iterdir())) == 1
    desk.say(OPERATOR, OPERATOR, "直播间售出的商品退货运费谁承担")
    assert "商家承担" not in (await desk.replies(OPERATOR, 2))[1]["text"]


async def test_many_documents_are_paged_by_buttons(desk: Stage) -> None:
    folder = desk.settings.home / "playbooks"
    folder.mkdir()
    for number in range(11):
        (folder / f"{number:02}.md").write_text(f"# 第{number:02}份\n\n内容 {number}。\n", encoding="utf-8")
    assert desk.core is not None
    desk.core.library.sync()
    desk.say(OPERATOR, OPERATOR, "/docs")
    first = (await desk.replies(OPERATOR, 1))[0]
    assert "第 1/2 页" in first["text"]
    press(desk, first, "下一页", OPERATOR)
    assert "第10份" in (await last(desk, OPERATOR, "第 2/2 页"))["text"]


async def test_documents_that_come_with_the_product_are_not_removed(tmp_path: Path) -> None:
    async with staged(tmp_path, knowledge=KnowledgeSettings(embedding="hash")) as stage:
        stage.say(ADMIN, ADMIN, "/docs")
        listed = (await stage.replies(ADMIN, 1))[0]
        assert "随产品自带" in listed["text"]
        assert not [label for label in labels(listed) if "🗑" in label]
