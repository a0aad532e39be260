"""/watch in chats: a wish, its saving by who may, the list, and anomaly reports on and off."""

from __future__ import annotations

from dataclasses import replace

from bot.assistant.compose.watch import SAVE
from bot.assistant.outlook import Outlook
from bot.assistant.types import Answer, Button, Plan, Question
from bot.assistant.watch import Watch
from bot.telegram.surface import TelegramSurface
from metrics.analyst import Analyst
from metrics.query import KpiQuery, Period
from tests.bot.fakes import answer_to
from tests.bot.telegram.conftest import GROUP_ID, MANAGER, OPERATOR, Stage
from tests.metrics.small_shop import open_shop

BOT = "@opsbot_demo_bot"
WISH = "转化率低于2%提醒我"


async def understood(question: Question) -> Answer:
    """Every question is that wish."""
    day = question.now.date()
    query = KpiQuery(("conversion_rate",), Period(day, day, "day"), {}, grain="day")
    rule = Watch("conversion_rate", {}, "below", 0.02)
    plan = Plan("kpi", "zh", question.text, query=query, view="watch", watch=rule)
    return replace(answer_to(question.text, "规则", ((Button("保存", f"{SAVE}{WISH}"),),)), plan=plan)


async def with_rules(stage: Stage) -> Analyst:
    """The stage with figures behind it, so that there are rules."""
    shop = open_shop(stage.path.parent / "shop", orders=["1,2026-11-20 10:00:00,11,true,母婴,直播,华东,1,100"])
    stage.assistant.script = understood
    await stage.surface.stop()
    made = stage.new_surface()
    made._outlook = Outlook(shop)
    stage.surface = made
    assert isinstance(made, TelegramSurface)
    await made.start()
    await stage.let_everyone_in()
    return shop


async def test_a_rule_is_saved_by_its_button_once_listed_and_deleted(stage: Stage) -> None:
    shop = await with_rules(stage)
    stage.say(GROUP_ID, OPERATOR, f"{BOT} {WISH}")
    (preview,) = await stage.replies(GROUP_ID, 1)
    stage.press(GROUP_ID, OPERATOR, preview)
    assert "已保存" in (await stage.replies(GROUP_ID, 2))[1]["text"]
    stage.say(GROUP_ID, OPERATOR, f"/watch{BOT}")
    listed = (await stage.replies(GROUP_ID, 3))[2]
    assert "全店 · 支付转化率 低于 2.00%" in listed["text"]
    stage.press(GROUP_ID, MANAGER, listed)
    await stage.quiet()
    assert await stage.store.watches.of_chat(GROUP_ID) == ()
    shop.close()


async def test_a_viewer_saves_no_rule(stage: Stage) -> None:
    shop = await with_rules(stage)
    await stage.access.revoke("person", OPERATOR)
    await stage.access.grant("person", OPERATOR, "viewer")
    stage.say(GROUP_ID, OPERATOR, f"{BOT} {WISH}")
    (preview,) = await stage.replies(GROUP_ID, 1)
    stage.press(GROUP_ID, OPERATOR, preview)
    await stage.quiet()
    assert await stage.store.watches.of_chat(GROUP_ID) == ()
    shop.close()


async def test_reports_of_anomalies_are_off_until_a_chat_asks_for_them(stage: Stage) -> None:
    shop = await with_rules(stage)
    assert await stage.store.watches.of_chat(GROUP_ID) == ()
    stage.say(GROUP_ID, OPERATOR, f"/watch{BOT} 异常 开")
    assert "已开启" in (await stage.replies(GROUP_ID, 1))[0]["text"]
    (row,) = await stage.store.watches.of_chat(GROUP_ID)
    assert row.kind == "anomalies"
    stage.say(GROUP_ID, OPERATOR, f"/watch{BOT} 异常 关")
    assert "已关闭" in (await stage.replies(GROUP_ID, 2))[1]["text"]
    assert await stage.store.watches.of_chat(GROUP_ID) == ()
    shop.close()
