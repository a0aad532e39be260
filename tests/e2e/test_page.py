"""The chat page with a bot that answers over the Bot API."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.sandbox.people import BOT_USERNAME, GROUP_ID, MANAGER, NEWCOMER
from bot.sandbox.server import Sandbox
from tests.e2e.conftest import PHONE, EchoBot, OpenPage, bot_text, write

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_mention_in_the_group_is_answered_live_with_a_quote(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, f"@{BOT_USERNAME} 上周母婴转化率怎么样")

    await expect(bot_text(page, "收到：")).to_have_text(f"收到：@{BOT_USERNAME} 上周母婴转化率怎么样")
    quote = page.locator(".item.other .quote")
    await expect(quote).to_contain_text("小林")
    await expect(page.locator(".chat-row.current .chat-last")).to_contain_text("收到")


async def test_the_bot_does_not_hear_small_talk_until_the_chip_addresses_it(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, "今天排期发了吗")
    await expect(page.locator(".item.own")).to_have_count(1)

    await page.fill("#message-input", "转化率")
    await page.click(".mention-chip")
    await expect(page.locator("#message-input")).to_have_value(f"@{BOT_USERNAME} 转化率")
    await expect(page.locator(".mention-chip")).to_be_hidden()
    await page.press("#message-input", "Enter")

    await expect(page.locator(".item.other .text")).to_have_text([f"收到：@{BOT_USERNAME} 转化率"])


async def test_a_button_waits_and_then_the_message_changes(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, f"@{BOT_USERNAME} gmv")
    echo_button = page.get_by_role("button", name="按渠道")
    await echo_button.wait_for()

    echo.may_answer.clear()
    await echo_button.click()
    await expect(echo_button).to_have_attribute("aria-busy", "true")
    echo.may_answer.set()

    await expect(bot_text(page, "直播 2.60%")).to_be_visible()
    await expect(page.locator(".item.other .meta")).to_contain_text("已编辑")
    await expect(page.locator(".toast")).to_have_text("已按渠道展开")
    await expect(page.locator(".key")).to_have_count(0)


async def test_an_alert_of_the_bot_waits_for_ok(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, f"@{BOT_USERNAME} gmv")
    await page.get_by_role("button", name="口径").click()

    alert = page.get_by_role("alertdialog")
    await expect(alert).to_contain_text("买家 ÷ 访客")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)
    await expect(page.locator(".key.waiting")).to_have_count(0)


async def test_a_picture_is_shown_and_can_be_enlarged(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, f"@{BOT_USERNAME} 走势图")
    picture = page.locator(".picture img")
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480  # 6 inches × 80 dpi
    await expect(picture).to_have_attribute("alt", "近 30 天走势")

    await page.click(".picture")
    await expect(page.locator("dialog.lightbox img")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.lightbox")).to_have_count(0)


async def test_the_header_says_that_the_bot_is_typing_until_it_has_written(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    echo.may_answer.clear()
    await write(page, f"@{BOT_USERNAME} gmv")
    await expect(page.locator("#chat-subtitle")).to_have_text("运营助手 正在输入…")

    echo.may_answer.set()
    await expect(bot_text(page, "收到")).to_be_visible()
    await expect(page.locator("#chat-subtitle")).to_have_text("4 位成员")


async def test_speaking_as_somebody_else_changes_the_chats_and_whose_messages_are_own(
    open_page: OpenPage, echo: EchoBot
) -> None:
    page = await open_page()
    await write(page, "我是运营")
    await expect(page.locator(".item.own")).to_have_count(1)

    await page.locator("#identity select").select_option(str(MANAGER))
    await expect(page.locator(".item.other .sender-name")).to_have_text("小林")
    await expect(page.locator(".item.own")).to_have_count(0)
    await page.locator(".chat-row", has_text="运营助手").click()
    await write(page, "只有我看得到")
    await expect(bot_text(page, "收到：只有我看得到")).to_be_visible()

    await page.locator("#identity select").select_option(str(NEWCOMER))
    await expect(page.locator(".chat-row")).to_have_count(1)
    await expect(page.locator("#log")).not_to_contain_text("只有我看得到")


async def test_on_a_phone_the_list_and_the_chat_are_two_views_that_fit_the_width(
    open_page: OpenPage, echo: EchoBot
) -> None:
    page = await open_page(viewport=PHONE, has_touch=True)
    await expect(page.locator("#chat")).to_be_hidden()
    await page.locator(".chat-row", has_text="运营作战群").tap()
    await write(page, f"@{BOT_USERNAME} " + "很长的一句话" * 40 + " https://example.com/" + "a" * 300)
    await expect(bot_text(page, "收到")).to_be_visible()
    table = "<pre>" + "直播  ¥1,234万  " * 20 + "</pre>"
    await echo.call("sendMessage", chat_id=GROUP_ID, text=table, parse_mode="HTML")

    block = page.locator(".text pre")
    await block.wait_for()
    assert await block.evaluate("node => node.scrollWidth > node.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert await page.evaluate("document.querySelector('#log').scrollWidth") <= PHONE["width"]

    await page.locator("#back").tap()
    await expect(page.locator("#sidebar")).to_be_visible()
    await expect(page.locator("#chat")).to_be_hidden()


async def test_after_a_restart_on_the_same_port_the_page_reconnects_and_fetches_what_it_missed(
    open_page: OpenPage, sandbox: Sandbox, echo: EchoBot
) -> None:
    from bot.sandbox.acts import say

    page = await open_page()
    await write(page, "断线之前")
    await expect(page.locator(".item.own")).to_have_count(1)
    await sandbox.stop()
    await expect(page.locator("#offline")).to_be_visible()

    await write(page, f"@{BOT_USERNAME} 没发出去的话")
    await expect(page.locator(".toast")).to_contain_text("没有发出")
    await expect(page.locator("#message-input")).to_have_value(f"@{BOT_USERNAME} 没发出去的话")
    say(sandbox.world, GROUP_ID, MANAGER, "断线时说的话")

    await sandbox.start()
    await expect(page.locator("#offline")).to_be_hidden(timeout=10_000)
    await expect(page.locator(".item.other .text")).to_have_text("断线时说的话")
    await page.press("#message-input", "Enter")
    await expect(bot_text(page, "收到：")).to_contain_text("没发出去的话")


async def test_what_arrives_elsewhere_is_counted_in_the_list_and_in_the_title(
    open_page: OpenPage, echo: EchoBot
) -> None:
    page = await open_page()
    await page.locator(".chat-row", has_text="运营助手").click()
    await echo.call("sendMessage", chat_id=GROUP_ID, text="早报一")
    await echo.call("sendMessage", chat_id=GROUP_ID, text="早报二")

    await expect(page.locator(".chat-row .badge")).to_have_text("2")
    await expect(page).to_have_title(re.compile(r"^\(2\) "))
    await page.locator(".chat-row", has_text="运营作战群").click()
    await expect(page.locator(".chat-row .badge")).to_have_count(0)
    await expect(page).to_have_title(re.compile("^运营作战群"))


async def test_the_list_of_commands_completes_what_is_typed(open_page: OpenPage, echo: EchoBot) -> None:
    commands = [{"command": "kpi", "description": "看指标"}, {"command": "tactics", "description": "找战法"}]
    await echo.call("setMyCommands", commands=commands)
    page = await open_page()
    await page.fill("#message-input", "/")
    await expect(page.locator("#completion li")).to_have_count(2)
    await page.press("#message-input", "ArrowDown")
    await page.press("#message-input", "Tab")
    await expect(page.locator("#message-input")).to_have_value("/tactics ")

    await page.fill("#message-input", "@运营")
    await page.locator("#completion li").first.click()
    await expect(page.locator("#message-input")).to_have_value(f"@{BOT_USERNAME} ")
