"""How the chat page draws what a message holds, and how messages are written there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.sandbox.acts import say
from bot.sandbox.people import BOT_USERNAME, GROUP_ID, MANAGER
from bot.sandbox.server import Sandbox
from tests.e2e.conftest import PHONE, EchoBot, OpenPage, bot_text, write

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ATTACK = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> &lt;b&gt;"


async def post(echo: EchoBot, html: str, **more: Any) -> None:
    await echo.call("sendMessage", chat_id=GROUP_ID, text=html, parse_mode="HTML", **more)


async def test_markup_in_a_message_is_shown_as_written_and_runs_nothing(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await write(page, ATTACK)
    await expect(page.locator(".item.own .text")).to_have_text(ATTACK)
    await write(page, f"@{BOT_USERNAME} {ATTACK}")
    await expect(bot_text(page, "收到")).to_contain_text(ATTACK)

    assert await page.locator("#log img, #log script, #chats img").count() == 0
    assert await page.title() != "owned"


async def test_formatting_becomes_elements_and_a_link_shows_where_it_leads(open_page: OpenPage, echo: EchoBot) -> None:
    page = await open_page()
    await post(
        echo,
        "🛍 <b>母婴 <i>转化率</i></b> <u>下划</u> <s>删除</s> <code>roi</code> <tg-spoiler>底牌</tg-spoiler>"
        '\n<blockquote>原文</blockquote>\n<a href="https://evil.example/x">看报表</a>',
    )
    text = page.locator(".item.other .text")
    await expect(text.locator("strong")).to_have_text("母婴 转化率")
    await expect(text.locator("strong em")).to_have_text("转化率")
    for tag, words in {"u": "下划", "s": "删除", "code": "roi", "blockquote": "原文"}.items():
        await expect(text.locator(tag)).to_have_text(words)

    link = text.locator("a")
    await expect(link).to_have_attribute("rel", re.compile("noopener"))
    shown = await link.evaluate("node => getComputedStyle(node, '::after').content")
    assert "evil.example" in shown

    spoiler = text.locator(".spoiler")
    await expect(spoiler).to_have_css("color", "rgba(0, 0, 0, 0)")
    await spoiler.click()
    await expect(spoiler).not_to_have_css("color", "rgba(0, 0, 0, 0)")


async def test_columns_of_a_table_stand_under_each_other_in_chinese_and_latin(
    open_page: OpenPage, echo: EchoBot
) -> None:
    page = await open_page()
    # both lines take 4 + 4 + 2 + 1 columns before the |, counted as a terminal counts them
    await post(echo, "<pre>直播  🔥   |\nlive  ab   |</pre>")
    places = await page.locator(".text pre").evaluate(
        """pre => {
          const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT), found = [];
          while (walker.nextNode()) for (const match of walker.currentNode.data.matchAll(/[|]/g)) {
            const range = document.createRange();
            range.setStart(walker.currentNode, match.index); range.setEnd(walker.currentNode, match.index + 1);
            found.push(range.getBoundingClientRect().left);
          }
          return found;
        }"""
    )
    assert len(places) == 2
    assert abs(places[0] - places[1]) < 1


async def test_an_album_is_one_bubble_and_a_file_can_be_downloaded(
    open_page: OpenPage, echo: EchoBot, tmp_path: Path
) -> None:
    from tests.e2e.conftest import chart

    page = await open_page()
    items = [{"type": "photo", "media": f"attach://p{n}", **({"caption": "早报"} if n == 0 else {})} for n in range(3)]
    await echo.call(
        "sendMediaGroup",
        {f"p{n}": (f"{n}.png", chart()) for n in range(3)},
        chat_id=GROUP_ID,
        media=items,
    )
    await expect(page.locator(".album .picture")).to_have_count(3)
    await expect(page.locator(".item.other")).to_have_count(1)

    sheet = tmp_path / "日报.csv"
    sheet.write_text("类目,GMV\n母婴,1\n", encoding="utf-8")
    await page.set_input_files("#composer input[type=file]", sheet)
    await write(page, "今天的表")
    await expect(page.locator(".document-name")).to_have_text("日报.csv")
    await expect(page.locator(".item.own .text")).to_have_text("今天的表")
    async with page.expect_download() as starting:
        await page.click(".document")
    download = await starting.value
    assert download.suggested_filename == "日报.csv"
    await download.save_as(tmp_path / "saved.csv")
    assert (tmp_path / "saved.csv").read_bytes() == sheet.read_bytes()


async def test_replying_quotes_the_message_and_a_click_on_the_quote_leads_back(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    first = say(sandbox.world, GROUP_ID, MANAGER, "最早的一句 👩‍💻")
    for number in range(120):
        say(sandbox.world, GROUP_ID, MANAGER, f"第 {number} 句")
    say(sandbox.world, GROUP_ID, MANAGER, "答最早的", reply_to=first["message_id"])
    page = await open_page()
    quote = page.locator(".quote")
    await expect(quote).to_contain_text("最早的一句 👩‍💻")
    assert await page.locator(".item .text", has_text="最早的一句").count() == 0  # not loaded yet

    await quote.click()
    await expect(page.locator(".item .text", has_text="最早的一句")).to_be_in_viewport()
    await page.click("#to-bottom")
    last = page.locator(".item", has_text="答最早的")
    await expect(last).to_be_in_viewport()

    await last.hover()
    await page.get_by_role("button", name="回复", exact=True).click()
    await write(page, "再答一次")
    await expect(page.locator(".item.own .quote-text")).to_have_text("答最早的")


async def test_a_long_press_on_a_phone_offers_to_reply_and_a_tap_does_not(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    say(sandbox.world, GROUP_ID, MANAGER, "晚上开会")
    page = await open_page(viewport=PHONE, has_touch=True, is_mobile=True)
    await page.locator(".chat-row", has_text="运营作战群").tap()
    await page.locator(".item .text").tap()
    await expect(page.locator(".item .tools")).to_have_count(0)

    box = await page.locator(".item .text").bounding_box()
    assert box
    client = await page.context.new_cdp_session(page)
    point = {"x": box["x"] + 5, "y": box["y"] + 5}
    await client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    await page.locator(".item .tools").wait_for()
    await client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await page.get_by_role("button", name="回复", exact=True).tap()
    await expect(page.locator(".pending")).to_contain_text("晚上开会")


async def test_scrolling_up_loads_older_messages_and_keeps_the_place(open_page: OpenPage, sandbox: Sandbox) -> None:
    for number in range(130):
        say(sandbox.world, GROUP_ID, MANAGER, f"第 {number} 句")
    page = await open_page()
    await expect(page.locator(".item")).to_have_count(50)
    await expect(page.locator(".item").last).to_be_in_viewport()

    seen = await page.evaluate(
        """async () => {
          const log = document.querySelector('#log'), ids = log.querySelectorAll('.item')[3].dataset.ids;
          const top = () => log.querySelector(`[data-ids="${ids}"]`).getBoundingClientRect().top;
          log.scrollTop = 100;
          const before = top();
          while (log.querySelectorAll('.item').length < 100) await new Promise(requestAnimationFrame);
          return [before, top()];
        }"""
    )
    assert abs(seen[0] - seen[1]) < 2


async def test_enter_sends_but_not_while_an_input_method_composes(open_page: OpenPage, sandbox: Sandbox) -> None:
    page = await open_page()
    await page.focus("#message-input")
    client = await page.context.new_cdp_session(page)
    await client.send("Input.imeSetComposition", {"text": "zhuan", "selectionStart": 5, "selectionEnd": 5})
    await page.locator("#message-input").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "keyCode": 229, "bubbles": True}
    )
    await expect(page.locator("#message-input")).to_have_value("zhuan")
    await client.send("Input.insertText", {"text": "转化率"})
    await page.press("#message-input", "Shift+Enter")
    await page.keyboard.insert_text("第二行 🎉")
    await page.press("#message-input", "Enter")
    assert await page.locator(".item.own .text").inner_text() == "转化率\n第二行 🎉"


async def test_a_text_longer_than_telegram_takes_is_refused_before_it_is_sent(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    page = await open_page()
    await page.fill("#message-input", "数" * 4097)
    await expect(page.locator(".tip")).to_contain_text("4097 / 4096")
    await expect(page.locator(".send")).to_be_disabled()
    await page.press("#message-input", "Enter")
    await expect(page.locator("#message-input")).to_have_value("数" * 4097)


async def test_a_reaction_is_shown_kept_over_a_reload_and_taken_back(open_page: OpenPage, sandbox: Sandbox) -> None:
    say(sandbox.world, GROUP_ID, MANAGER, "今天破纪录了")
    page = await open_page()
    await page.locator(".item").hover()
    await page.get_by_role("button", name="表态").click()
    await page.get_by_role("button", name="用 🔥 表态").click()
    await expect(page.locator(".chip")).to_have_text("🔥1")

    await page.reload()
    chip = page.locator(".chip")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)


async def test_the_first_visit_offers_questions_and_the_language_is_remembered(
    open_page: OpenPage, sandbox: Sandbox
) -> None:
    page = await open_page()
    await page.get_by_role("button", name="家电有什么战法").click()
    await expect(page.locator("#message-input")).to_have_value(f"@{BOT_USERNAME} 家电有什么战法")
    await page.get_by_role("button", name="不再显示").click()

    await page.get_by_role("button", name="Switch to English").click()
    await expect(page.locator("#message-input")).to_have_attribute("aria-label", "Message")
    await page.reload()
    await expect(page.locator("#chat-subtitle")).to_have_text("4 members")
    await expect(page.locator("#hints")).to_be_hidden()
    assert await page.evaluate("document.documentElement.lang") == "en"


async def test_the_page_can_be_used_from_the_keyboard_and_every_control_has_a_name(
    open_page: OpenPage, echo: EchoBot
) -> None:
    page = await open_page()
    await write(page, f"@{BOT_USERNAME} gmv")
    await bot_text(page, "收到").wait_for()
    await page.focus("#log")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator(".pending")).to_contain_text("回复 运营助手")
    await page.keyboard.press("Escape")
    await expect(page.locator(".pending")).to_have_count(0)
    assert await unnamed(page) == []


async def unnamed(page: Page) -> list[str]:
    """Controls that a screen reader could not name."""
    return list(
        await page.evaluate(
            """() => [...document.querySelectorAll('button, a, select, textarea, img')]
              .filter(node => !node.closest('[hidden]') && node.type !== 'file')
              .filter(node => !(node.getAttribute('aria-label') || node.alt || node.textContent.trim()))
              .map(node => node.outerHTML)"""
        )
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground_in_both_colour_schemes(
    open_page: OpenPage, echo: EchoBot, scheme: str
) -> None:
    page = await open_page(color_scheme=scheme, viewport=PHONE)
    await page.locator(".chat-row", has_text="运营作战群").click()
    await write(page, f"@{BOT_USERNAME} gmv")
    await bot_text(page, "收到").wait_for()
    pairs = [(".item.other .text", ".item.other .bubble"), (".item.own .text", ".item.own .bubble")]
    pairs += [(".sender-role", ".item.other .bubble"), ("#chat-subtitle", "#chat .bar")]
    for words, ground in pairs:
        assert await contrast(page, words, ground) >= 4.5, (words, scheme)  # WCAG AA for text of this size


async def contrast(page: Page, words: str, ground: str) -> float:
    """The contrast ratio of WCAG 2 between the colour of one element and the background of another."""
    colours = await page.evaluate(
        """([words, ground]) => [getComputedStyle(document.querySelector(words)).color,
                                 getComputedStyle(document.querySelector(ground)).backgroundColor]""",
        [words, ground],
    )
    light, dark = sorted((luminance(colour) for colour in colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
