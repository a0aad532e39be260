"""A browser, a running sandbox with the demo's people, a small bot on raw HTTP, and the opsbot command as a process."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.sandbox.people import GROUP_ID, demo_world
from bot.sandbox.server import Sandbox

CHROMIUM = Path("/usr/bin/chromium")
OPSBOT = Path(sys.executable).with_name("opsbot")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 800}
expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
PHONE = {"width": 360, "height": 740}

OpenPage = Callable[..., Awaitable[Page]]


class EchoBot:
    """Polls the Bot API and repeats what it hears, with a button; tests hold it back with `may_answer`."""

    def __init__(self, base_url: str, token: str) -> None:
        self._address = f"{base_url}/bot{token}/"
        self._client = httpx.AsyncClient(timeout=30)
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def call(self, method: str, files: dict[str, Any] | None = None, **given: Any) -> Any:
        """The result of one Bot API method; an error of the API fails the test."""
        data = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
        response = await self._client.post(self._address + method, data=data, files=files)
        if response.is_server_error:
            response.raise_for_status()
        answer = response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def run(self) -> None:
        """Until cancelled; a server that is away is asked again."""
        offset = 0
        while True:
            try:
                updates = await self.call("getUpdates", offset=offset, timeout=5)
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            for update in updates:
                offset = update["update_id"] + 1
                await self._take(update)

    async def close(self) -> None:
        await self._client.aclose()

    async def _take(self, update: dict[str, Any]) -> None:
        if "callback_query" in update:
            await self._turn(update["callback_query"])
        elif "text" in update.get("message", {}):
            await self._answer(update["message"])

    async def _answer(self, message: dict[str, Any]) -> None:
        chat_id = message["chat"]["id"]
        await self.call("sendChatAction", chat_id=chat_id, action="typing")
        await self.may_answer.wait()
        if "图" in message["text"]:
            await self.call("sendPhoto", {"photo": ("k.png", chart())}, chat_id=chat_id, caption="近 30 天走势")
            return
        buttons = [[{"text": "按渠道", "callback_data": "by"}, {"text": "口径", "callback_data": "define"}]]
        await self.call(
            "sendMessage",
            chat_id=chat_id,
            text=f"收到：{message['text']}",
            reply_parameters={"message_id": message["message_id"]},
            reply_markup={"inline_keyboard": buttons},
        )

    async def _turn(self, query: dict[str, Any]) -> None:
        await self.may_answer.wait()
        if query["data"] == "define":
            await self.call("answerCallbackQuery", callback_query_id=query["id"], text="买家 ÷ 访客", show_alert=True)
            return
        message = query["message"]
        where = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
        await self.call("editMessageText", **where, text="直播 2.60% · 货架 1.71%")
        await self.call("answerCallbackQuery", callback_query_id=query["id"], text="已按渠道展开")


def chart() -> bytes:
    """A small PNG with a line in it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), dpi=80)
    figure.add_subplot().plot([3, 1, 2])
    buffer = BytesIO()
    figure.savefig(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def chromium() -> Path:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed; the page is tested in a real browser only")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    running = Sandbox(demo_world())
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def echo(sandbox: Sandbox) -> AsyncIterator[EchoBot]:
    answering = EchoBot(sandbox.base_url, sandbox.token)
    polling = asyncio.create_task(answering.run())
    yield answering
    polling.cancel()
    await answering.close()
    with suppress(asyncio.CancelledError):
        await polling  # what went wrong inside the bot is the reason to show


@asynccontextmanager
async def window(browser: Browser, **options: Any) -> AsyncIterator[BrowserContext]:
    """A fresh profile; whatever the page reports as an error fails the test at its end."""
    context = await browser.new_context(viewport=options.pop("viewport", DESKTOP), locale="zh-CN", **options)
    context.set_default_timeout(15_000)
    try:
        yield context
    finally:
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, sandbox: Sandbox) -> AsyncIterator[OpenPage]:
    """Opens the page in a fresh window: open_page(viewport=PHONE, …). Script errors fail the test."""
    errors: list[str] = []
    contexts = []

    async def opened(**options: Any) -> Page:
        entering = window(browser, **options)
        contexts.append(entering)
        page = await (await entering.__aenter__()).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(sandbox.base_url)
        await page.wait_for_selector(".chat-row", state="attached")
        return page

    yield opened
    for entered in contexts:
        await entered.__aexit__(None, None, None)
    assert errors == []


async def write(page: Page, text: str) -> None:
    """Writes into the composer and sends."""
    await page.fill("#message-input", text)
    await page.press("#message-input", "Enter")


def bot_text(page: Page, text: str) -> Any:
    """The bubble of somebody else that holds this text."""
    return page.locator(".item.other .text", has_text=text)


@dataclass(frozen=True)
class Ran:
    """An opsbot process that has ended."""

    code: int
    out: str
    err: str


def opsbot(*arguments: object, text: str | None = None, timeout: float = 120) -> Ran:
    """Runs the installed command from a folder that is not the project's, with nothing configured."""
    done = subprocess.run(
        [str(OPSBOT), *map(str, arguments)],
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        cwd="/",
        env=clean_environment(),
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("OPSBOT_", "TELEGRAM_"))}


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole sample shop and its index, built once by `opsbot demo --setup-only`; only read it."""
    home = tmp_path_factory.mktemp("demo") / "home"
    built = opsbot("demo", "--setup-only", "--home", home)
    assert (built.code, built.err) == (0, "")
    return home


@pytest.fixture
def own_home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo home that a test may change; data files are hard links, which the shop replaces whole."""
    shutil.copytree(demo_home, tmp_path / "home", copy_function=link_or_copy)
    return tmp_path / "home"


def link_or_copy(source: str, target: str) -> str:
    """Links what is only ever replaced, copies databases."""
    if source.endswith(".parquet"):
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target))


class RunningDemo:
    """An `opsbot demo` process that has printed its conversation and the address of its page."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [str(OPSBOT), "demo", "--home", str(home), "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd="/",
            env=clean_environment(),
        )
        self.said = ""
        self.address = ""

    def wait_until_open(self) -> None:
        """Reads up to the address; a demo that ends before fails the test with what it said."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Open "):
                self.address = line.split()[1]
                return
        raise AssertionError(f"the demo ended early: {self.said}\n{self.process.communicate()[1]}")

    def stop(self, number: signal.Signals = signal.SIGINT, timeout: float = 10) -> Ran:
        """Asks it to stop and waits; raises TimeoutExpired when it does not obey."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=timeout)
        return Ran(self.process.returncode, self.said + out, err)

    def end(self) -> None:
        """Whatever happened, nothing stays behind."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def running_demo(own_home: Path) -> Iterator[RunningDemo]:
    demo = RunningDemo(own_home)
    try:
        demo.wait_until_open()
        yield demo
    finally:
        demo.end()


__all__ = ["DESKTOP", "GROUP_ID", "PHONE", "EchoBot", "OpenPage", "Ran", "RunningDemo", "bot_text", "opsbot", "write"]
