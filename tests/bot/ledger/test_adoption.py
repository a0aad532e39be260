"""A tactic from the press of its button to what it measured, all in the chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.sandbox.people import GROUP_ID
from tests.bot.fakes import SHANGHAI
from tests.bot.ledger.entries import ROW
from tests.bot.ledger.shop import PLAYBOOK, orders
from tests.bot.telegram.chat import OWN, alerts, forge, labels, last, press
from tests.bot.telegram.conftest import MANAGER, OPERATOR, Message, Stage, staged, until
from tests.metrics.small_shop import write_shop


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Stage]:
    """The day before the tactic begins; everyone is let in."""
    write_shop(tmp_path, {"orders": orders()})
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "母婴打法.md").write_text(PLAYBOOK, encoding="utf-8")
    async with staged(tmp_path, started=False, knowledge=OWN) as made:
        made.clock.moment = datetime(2026, 8, 2, 14, 30, tzinfo=SHANGHAI)
        await made.let_everyone_in()
        await made.surface.start()
        yield made


async def shown(stage: Stage, chat: int, text: str) -> Message:
    """The newest message once it was edited to hold the text."""
    await until(lambda: text in stage.from_bot(chat)[-1].get("text", ""), 20)
    return stage.from_bot(chat)[-1]


async def adopted(stage: Stage, chat: int = OPERATOR) -> Message:
    """Adopted by the operator, from tomorrow on for 14 days."""
    stage.say(chat, OPERATOR, "/tactics 母婴")
    press(stage, await last(stage, chat, "早教直播"), "采纳", OPERATOR)
    press(stage, await last(stage, chat, "谁来负责"), "我来", OPERATOR)
    press(stage, await shown(stage, chat, "从哪天开始"), "明天", OPERATOR)
    press(stage, await shown(stage, chat, "多久后看效果"), "14 天后", OPERATOR)
    return await shown(stage, chat, "记下了")


async def test_a_tactic_is_adopted_measured_kept_and_told_beside_its_card(team: Stage) -> None:
    done = await adopted(team)
    assert "小林 负责 · 8月3日（周一）开始 · 8月17日（周一）复盘" in done["text"]
    assert "采纳时 ¥2.8万" in done["text"]  # 28 days at about 1000
    team.say(OPERATOR, OPERATOR, "/tactics 母婴")
    assert "采纳" not in labels(await last(team, OPERATOR, "正在试（小林 负责"))
    team.clock.moment = datetime(2026, 8, 17, 10, 5, tzinfo=SHANGHAI)
    await team.restart()
    result = await last(team, OPERATOR, "到复盘日了")
    assert "有效" in result["text"]
    assert labels(result) == ["保留", "放弃", "再看两周"]
    (entry,) = team.core.ledger.board.entries()  # type: ignore[union-attr]
    assert entry.effect is not None
    assert entry.effect.interval is not None
    assert 0.2 < entry.effect.interval.low < entry.effect.interval.high < 0.4
    press(team, result, "保留", OPERATOR)
    await shown(team, OPERATOR, "· 保留")
    acts = [line.act for line in await team.store.ledger.history(entry.id)]
    assert acts == ["proposed", "owner", "start", "adopted", "measured", "kept"]
    team.say(OPERATOR, OPERATOR, "/tactics 母婴")
    assert "起试过 → 母婴 GMV +28.1%（90% 区间" in (await last(team, OPERATOR, "你们之前"))["text"]


async def test_entries_are_listed_edited_and_dropped_by_those_who_may(team: Stage) -> None:
    team.say(GROUP_ID, OPERATOR, "/ledger")
    await last(team, GROUP_ID, "台账还是空的")
    done = await adopted(team, GROUP_ID)
    press(team, done, "改负责人", OPERATOR)
    await shown(team, GROUP_ID, "谁来负责")
    team.say(GROUP_ID, OPERATOR, "老王", reply_to=done["message_id"])
    await last(team, GROUP_ID, "老王 负责")
    team.say(GROUP_ID, OPERATOR, "/ledger")
    press(team, await last(team, GROUP_ID, "1. 母婴「早教直播」"), "1", MANAGER)
    detail = await shown(team, GROUP_ID, "负责人 老王")
    await team.access.grant("person", OPERATOR, "viewer", name="小林")
    before = len(team.made("answerCallbackQuery"))
    press(team, detail, "放弃", OPERATOR)
    assert "运营以上" in (await alerts(team, before + 1))[-1]
    press(team, detail, "放弃", MANAGER)
    press(team, await shown(team, GROUP_ID, "放弃「早教直播」？"), "确定放弃", MANAGER)
    await shown(team, GROUP_ID, "· 放弃")
    team.say(GROUP_ID, OPERATOR, "/tactics 母婴")
    press(team, await last(team, GROUP_ID, "为什么是它"), "采纳", OPERATOR)
    assert "运营以上" in (await alerts(team, before + 4))[-1]
    assert len(await team.store.ledger.all()) == 1


async def test_presses_and_words_that_no_button_carries_change_nothing(team: Stage) -> None:
    rows = [replace(ROW, chat_id=chat, made_by=OPERATOR) for chat in (GROUP_ID, OPERATOR)]
    foreign, own = [await team.store.ledger.keep(row, "小林") for row in rows]
    team.say(OPERATOR, OPERATOR, "/adopt 0000000000000000 gmv planet=mars")
    message = (await last(team, OPERATOR, "不在资料里"))["message_id"]
    presses = [f"{foreign.id}:show", f"{foreign.id}:confirm", f"{own.id}:from:00010101", f"{own.id}:in:99999999"]
    for number, data in enumerate(presses, 1):
        forge(team, OPERATOR, message, f"l:{data}")
        told = await alerts(team, number)
    assert ["已经处理过" in text for text in told] == [False, False, True, True]
    assert [await team.store.ledger.get(row.id) for row in (foreign, own)] == [foreign, own]
