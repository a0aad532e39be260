"""How tests send files, press buttons by their label and wait for words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.sandbox import acts
from bot.sandbox.files import Upload
from bot.settings import KnowledgeSettings
from tests.bot.telegram.conftest import ADMIN, Stage, until

HANDBOOK = """---
title: 直播退货规范
date: 2026-10-01
categories: [服饰]
---
# 直播退货规范

## 一、运费

直播间售出的商品，退货运费由商家承担。

## 战法：尺码提示

- 指标：退款率
- 动作：主播口播尺码
- 动做：写错的一行
"""
QUESTION = "直播间售出的商品退货运费谁承担"
OWN = KnowledgeSettings(bundled=False, embedding="hash")  # small and quick


def send(stage: Stage, person: int, name: str, content: str | bytes, chat: int = 0, caption: str = "") -> None:
    data = content.encode() if isinstance(content, str) else content
    acts.send_document(stage.world, chat or person, person, Upload(name, data, "application/octet-stream"), caption)


def labels(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def press(stage: Stage, message: dict[str, Any], label: str, person: int = ADMIN) -> None:
    data = next(
        button["callback_data"]
        for row in message["reply_markup"]["inline_keyboard"]
        for button in row
        if label in button["text"]
    )
    acts.press(stage.world, message["chat"]["id"], person, message["message_id"], data)


def forge(stage: Stage, person: int, message_id: int, data: str) -> None:
    """A press in the person's private chat with data that stands on no button there: clients can send any."""
    query = stage.world.callbacks.open(person, person)
    press = {
        "id": query.query_id,
        "from": stage.world.user(person),
        "message": stage.world.rooms[person].shown(message_id),
        "chat_instance": "1",
        "data": data,
    }
    stage.world.updates.push("callback_query", press)


async def last(stage: Stage, chat: int, text: str) -> dict[str, Any]:
    """The newest message of the bot in the chat, once it holds the text."""

    def newest() -> str:
        return str(stage.from_bot(chat)[-1].get("text", "")) if stage.from_bot(chat) else ""

    await until(lambda: text in newest(), 20, newest)
    return stage.from_bot(chat)[-1]


async def alerts(stage: Stage, count: int) -> list[str]:
    """What was shown at presses, once there were so many."""
    await until(lambda: len(stage.made("answerCallbackQuery")) >= count)
    return [call.parameters.get("text", "") for call in stage.made("answerCallbackQuery")]


def with_handbook(stage: Stage, text: str = HANDBOOK) -> Path:
    """The handbook as a file in the documents folder, read in."""
    folder = stage.settings.home / "playbooks"
    folder.mkdir(exist_ok=True)
    path = folder / "直播退货规范.md"
    path.write_text(text, encoding="utf-8")
    assert stage.core is not None
    stage.core.library.sync()
    return path
