"""The whole product in a browser: the demo as a process, and its people at the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandbox.people import ADMIN, BOT_USERNAME, MANAGER, NEWCOMER, OPERATOR
from tests.e2e.conftest import PHONE, RunningDemo, link_or_copy, window, write

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

BOT_CHAT, GROUP = "运营助手", "运营作战群"


@pytest.fixture(scope="module")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    home = tmp_path_factory.mktemp("walk") / "home"
    shutil.copytree(demo_home, home, copy_function=link_or_copy)
    running = RunningDemo(home)
    try:
        running.wait_until_open()
        yield running
    finally:
        running.end()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, demo: RunningDemo) -> AsyncIterator[Page]:
    """The page of the running demo in a fresh window; script errors fail the test."""
    errors: list[str] = []
    async with window(browser) as context:
        opened = await context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        await opened.goto(demo.address)
        await opened.wait_for_selector(".chat-row", state="attached")
        yield opened
    assert errors == []


async def be(page: Page, person: int, chat: str) -> None:
    """Speaks as somebody, in one of their chats."""
    await page.locator("#identity select").select_option(str(person))
    await page.locator(".chat-row", has=page.locator(".chat-name", has_text=chat)).click()
    await expect(page.locator("#chat-title")).to_contain_text(chat)


async def hear(page: Page, text: str, pattern: str) -> Locator:
    """Writes and waits for the answer below it; the answer's whole item."""
    await write(page, text)
    # by place, not by number: what was said here before may still be on its way to the page
    asked = page.locator(".item.own", has_text=text).last
    answer = asked.locator("xpath=following::article[contains(@class, 'other')][1]")
    await expect(answer).to_contain_text(re.compile(pattern))
    return answer


async def newest(page: Page, pattern: str) -> Locator:
    found = page.locator(".item.other", has_text=re.compile(pattern)).last
    await expect(found).to_be_visible()
    return found


async def test_an_operator_asks_in_the_group_and_goes_on_with_buttons_to_a_picture(page: Page) -> None:
    await be(page, OPERATOR, GROUP)
    answer = await hear(page, f"@{BOT_USERNAME} 上周服饰退款率怎么样", r"服饰 · 退款率 \d+\.\d\d%")
    await expect(answer).to_contain_text(re.compile(r"上周 \d\d/\d\d–\d\d/\d\d 对比 \d\d/\d\d–\d\d/\d\d"))
    await expect(answer).to_contain_text("数据截至")

    await answer.get_by_role("button", name="按渠道").click()
    by_channel = await newest(page, "服饰 · 退款率 · 按渠道")
    await expect(by_channel.locator("pre")).to_contain_text("直播")

    await answer.get_by_role("button", name="走势图").click()
    picture = page.locator(".item.other .picture img").last
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    await newest(page, "服饰 · 退款率走势")


async def test_a_followup_as_a_reply_keeps_the_context_and_idle_talk_stays_unanswered(page: Page) -> None:
    await be(page, OPERATOR, GROUP)
    await hear(page, f"@{BOT_USERNAME} 上周美妆客单价", r"美妆 · 客单价 ¥")
    count = await page.locator(".item.other").count()
    await write(page, "大家中午吃什么")
    answer = await hear(page, f"@{BOT_USERNAME} 那食品呢", r"食品 · 客单价 ¥")
    assert await page.locator(".item.other").count() == count + 1  # nothing was said to the lunch question
    await expect(answer.locator(".quote")).to_contain_text("那食品呢")


async def test_managers_see_in_private_what_the_group_does_not(page: Page) -> None:
    await be(page, MANAGER, GROUP)
    await hear(page, f"@{BOT_USERNAME} 上周获客成本", "只对管理者开放")
    await be(page, MANAGER, BOT_CHAT)
    await hear(page, "上周获客成本", r"获客成本 ¥\d")


async def test_the_summary_in_private_is_a_panel(page: Page) -> None:
    await be(page, MANAGER, BOT_CHAT)
    await write(page, "/kpi")
    panel = await newest(page, "经营总览")
    for name in ("GMV", "支付转化率", "客单价", "退款率"):
        await expect(panel).to_contain_text(name)


async def test_a_newcomer_is_let_in_by_the_admin_and_not_before(page: Page) -> None:
    await be(page, NEWCOMER, BOT_CHAT)
    start = page.get_by_role("button", name="开始")
    if await start.count():
        await start.click()
    else:
        await write(page, "/start")
    refusal = await newest(page, "没有使用权限")
    await expect(refusal).not_to_contain_text("GMV")
    await write(page, "昨天GMV")
    await expect(page.locator(".item.other", has_text=re.compile("¥"))).to_have_count(0)

    await be(page, ADMIN, BOT_CHAT)
    request = await newest(page, "小吴.*想私聊使用我")
    await request.get_by_role("button", name="允许 · 运营").click()
    await newest(page, "已允许.*小吴")

    await be(page, NEWCOMER, BOT_CHAT)
    await newest(page, "可以了")
    await hear(page, "昨天GMV", r"全店 · GMV ¥\d")
    await hear(page, "上周获客成本", "只对管理者开放")


async def test_a_daily_digest_is_ordered_and_shown_at_once_on_demand(page: Page) -> None:
    await be(page, MANAGER, BOT_CHAT)
    await hear(page, "/digest on 09:00", "09:00")
    await write(page, "/digest now")
    digest = await newest(page, "早报 ·")
    await expect(digest).to_contain_text("数据截至")
    await hear(page, "/digest off", "关|停|取消")


async def test_documents_and_tactics_come_with_their_source(page: Page) -> None:
    await be(page, OPERATOR, GROUP)
    answer = await hear(page, f"@{BOT_USERNAME} 母婴大促转化率怎么提升", "40%")
    await expect(answer).to_contain_text("《2023年电商运营年终回顾》")
    await answer.get_by_role("button", name="看原文").click()
    await newest(page, "策略转向")  # a line of the passage that the answer did not quote
    cards = await hear(page, f"@{BOT_USERNAME} 家电有什么战法", "家电 · ")
    await expect(cards).to_contain_text("出处：")
    await hear(page, f"@{BOT_USERNAME} 快手2023年第三季度净利润", "没有")


async def test_markup_in_a_question_stays_text(page: Page) -> None:
    await be(page, OPERATOR, GROUP)
    await hear(page, f"@{BOT_USERNAME} <b>GMV</b><img src=x onerror=\"document.title='owned'\">", ".")
    assert await page.title() != "owned"
    assert await page.locator("#log img[src='x']").count() == 0


async def test_figures_are_live(page: Page, demo: RunningDemo) -> None:
    """Orders keep arriving: some time later the same question has another answer."""
    await be(page, OPERATOR, GROUP)
    first = await (await hear(page, f"@{BOT_USERNAME} 今天访客数", r"访客数|暂无数据")).inner_text()
    before = re.search(r"数据截至 (\d\d/\d\d \d\d:\d\d)", first)
    assert before is not None
    for _ in range(15):  # traffic is stamped by the minute, files are looked at every few seconds
        await page.wait_for_timeout(6_000)
        later = await (await hear(page, f"@{BOT_USERNAME} 今天访客数", r"访客数|暂无数据")).inner_text()
        if before[1] not in later:
            return
    pytest.fail(f"the data still end at {before[1]}")


async def test_on_a_phone_answers_fit_the_width(browser: Browser, demo: RunningDemo) -> None:
    async with window(browser, viewport=PHONE, has_touch=True) as context:
        page = await context.new_page()
        await page.goto(demo.address)
        await page.locator(".chat-row", has_text=GROUP).tap()
        await expect(page.locator(".item.other").last).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert await page.evaluate("document.querySelector('#log').scrollWidth") <= PHONE["width"]
