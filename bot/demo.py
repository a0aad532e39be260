"""The demo: a sample shop that keeps selling, a local Bot API with a chat page, and the bot between them."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.errors import BotError
from bot.sandbox.people import ADMIN, BOT_USERNAME, GROUP_ID, MANAGER, OPERATOR, demo_world
from bot.sandbox.server import Sandbox
from bot.services import Clock
from bot.serving import Serving, repeat
from bot.settings import Settings

TOP_UP_SECONDS = 5.0  # how often new orders are written
ANSWER_SECONDS = 30.0  # a first answer on a slow machine still comes in time
QUESTIONS = {
    "zh": ("上周母婴转化率怎么样", "母婴大促转化率怎么提升", "家电有什么战法", "快手2023年第三季度净利润"),
    "en": (
        "How was conversion of Mother & Baby last week?",
        "How did 母婴 lift conversion in promotions?",
        "Tactics for Home Appliances",
        "Net profit of Kuaishou in Q3 2023",
    ),
}

Report = Callable[[str], None]


class DemoError(BotError):
    """The demo could not do what it is for; says which part and what to look at."""


@dataclass(frozen=True)
class Turn:
    """One question and its answer, as they stand in the chat."""

    speaker: str
    question: str
    answer: str
    buttons: tuple[str, ...]
    seconds: float


def prepare_shop(home: Path, clock: Clock, report: Report) -> None:
    """Builds the sample shop, or tops up the one that is there. Raises SourceError."""
    from metrics.demo.shop import LiveShop, build_shop, is_built

    if is_built(home):
        added = LiveShop(home).advance(clock.now())
        report(f"sample shop: topped up with {added:,} order lines")
        return
    report("sample shop: writing 420 days of orders, traffic, ads and service …")
    built = build_shop(home, now=clock.now())
    report(f"sample shop: {built.order_lines:,} order lines over {built.days} days in {built.seconds:.1f} s")


class Demo:
    """Sandbox and bot in one process; talks to the bot over HTTP like any chat client."""

    def __init__(self, settings: Settings, clock: Clock, port: int, report: Report) -> None:
        self._clock = clock
        self._report = report
        self._language = settings.language
        self.sandbox = Sandbox(demo_world(settings.language), port=port)
        self._settings = settings
        self._serving: Serving | None = None

    async def start(self) -> None:
        """Index, sandbox and bot. Raises BotError, MetricsError, KnowledgeError."""
        from bot.app import open_core

        await self.sandbox.start()  # first: a port in use should be known before the work begins
        self._report("documents: indexing …")
        core = await asyncio.to_thread(open_core, self._settings, serving=True)
        held = core.library.documents()
        self._report(f"documents: {len(held)} indexed, {sum(item.tactics for item in held)} tactics")
        await asyncio.to_thread(core.library.warm)
        telegram = self._settings.telegram.model_copy(
            update={"api_base_url": self.sandbox.base_url, "admins": (ADMIN,), "poll_seconds": 20}
        )
        settings = self._settings.model_copy(update={"telegram": telegram})
        self._serving = await Serving.start(core, settings, self.sandbox.token, self._clock)
        await self._let_people_in()

    async def stop(self) -> None:
        """Bounded; the shop and the state stay for the next time."""
        if self._serving is not None:
            await self._serving.stop()
            self._serving.core.close()
            self._serving = None
        await self.sandbox.stop()

    async def keep(self, stopped: asyncio.Event) -> None:
        """Lets new orders arrive until told to stop."""
        from metrics.demo.shop import LiveShop

        if self._serving is None:
            raise DemoError("the demo was not started")
        shop = LiveShop(self._settings.home)
        await self._serving.keep(stopped, repeat(TOP_UP_SECONDS, lambda: shop.advance(self._clock.now())))

    async def converse(self) -> list[Turn]:
        """Asks the bot in the group and waits for each answer. Raises DemoError when one does not come."""
        async with httpx.AsyncClient(base_url=self.sandbox.base_url, timeout=10) as client:
            return [await self._ask(client, question) for question in QUESTIONS[self._language]]

    async def _let_people_in(self) -> None:
        """The group, an operator and a manager; the newcomer shows how approval works."""
        if self._serving is None:
            return
        access = self._serving.access
        await access.grant("chat", GROUP_ID, "operator")
        await access.grant("person", OPERATOR, "operator")
        await access.grant("person", MANAGER, "manager")

    async def _ask(self, client: httpx.AsyncClient, question: str) -> Turn:
        loop = asyncio.get_running_loop()
        path = f"/sandbox/chats/{GROUP_ID}/messages"
        body = {"from_user_id": OPERATOR, "text": f"@{BOT_USERNAME} {question}"}
        sent = (await client.post(path, json=body)).raise_for_status().json()["message"]
        started = loop.time()
        while loop.time() - started < ANSWER_SECONDS:
            messages = (await client.get(path, params={"limit": 50})).raise_for_status().json()["messages"]
            for message in messages:
                if _answers(message, sent["message_id"]):
                    return _turn(sent, question, message, loop.time() - started)
            await asyncio.sleep(0.05)
        raise DemoError(f"no answer to “{question}” within {ANSWER_SECONDS:.0f} s; see the log above")


def _answers(message: dict[str, Any], message_id: int) -> bool:
    return bool(message.get("reply_to_message", {}).get("message_id") == message_id and message["from"].get("is_bot"))


def _turn(sent: dict[str, Any], question: str, message: dict[str, Any], seconds: float) -> Turn:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    text = message.get("text") or message.get("caption", "")
    labels = tuple(button["text"] for row in rows for button in row)
    return Turn(sent["from"]["first_name"], question, html.unescape(text), labels, seconds)
