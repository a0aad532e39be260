"""A stage: the real surface over HTTP against the sandbox, with people who write and press."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.access import Access
from bot.app import Core, open_core
from bot.reviews.desk import ReviewDesk
from bot.sandbox import acts
from bot.sandbox.limits import Limits
from bot.sandbox.people import ADMIN, GROUP_ID, MANAGER, NEWCOMER, OPERATOR, demo_world
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Exchange, World
from bot.settings import DigestSettings, KnowledgeSettings, Settings, TelegramSettings
from bot.store.store import Store
from bot.telegram.health import Patience
from bot.telegram.surface import TelegramSurface
from prompts.loader import Wording
from tests.bot.fakes import ScriptedAssistant, SetClock

WORDING = Wording.load()
Message = dict[str, Any]


@dataclass
class Stage:
    """Everything a test touches."""

    world: World
    sandbox: Sandbox
    store: Store
    path: Path
    assistant: ScriptedAssistant
    clock: SetClock
    access: Access
    settings: Settings
    surface: TelegramSurface
    calls: list[Exchange] = field(default_factory=list)
    reviews: ReviewDesk | None = None
    core: Core | None = None  # a real assistant over real documents, where a test wants one

    def new_surface(self) -> TelegramSurface:
        return TelegramSurface(
            token=self.sandbox.token,
            settings=self.settings,
            assistant=self.assistant if self.core is None else self.core.assistant,
            documents=None if self.core is None else self.core.library,
            pins=None if self.core is None else self.core.pins,
            drafts=None if self.core is None else self.core.drafts,
            reviews=self.reviews if self.core is None else self.core.reviews,
            ledger=None if self.core is None else self.core.ledger,
            access=self.access,
            store=self.store,
            wording=WORDING,
            clock=self.clock,
            patience=Patience(stop_seconds=0.5),
        )

    async def restart(self) -> None:
        await self.surface.stop()
        self.surface = self.new_surface()
        await self.surface.start()

    async def let_everyone_in(self, group: str = "manager") -> None:
        await self.access.grant("person", OPERATOR, "operator", name="小林")
        await self.access.grant("person", MANAGER, "manager", name="陈经理")
        await self.access.grant("chat", GROUP_ID, group)  # type: ignore[arg-type]

    def say(self, chat: int, person: int, text: str, **more: Any) -> int:
        return int(acts.say(self.world, chat, person, text, **more)["message_id"])

    def press(self, chat: int, person: int, message: Message, row: int = 0, column: int = 0) -> None:
        data = message["reply_markup"]["inline_keyboard"][row][column]["callback_data"]
        acts.press(self.world, chat, person, message["message_id"], data)

    def from_bot(self, chat: int) -> list[Message]:
        page = self.world.rooms[chat].page(None, 200)
        return [message for message in page if message["from"]["id"] == self.world.bot_id]

    async def replies(self, chat: int, count: int, seconds: float = 8.0) -> list[Message]:
        """The bot's messages in a chat once there are so many; fails when they do not come."""
        await until(lambda: len(self.from_bot(chat)) >= count, seconds, lambda: f"{self.from_bot(chat)}")
        return self.from_bot(chat)

    async def quiet(self, seconds: float = 0.4) -> None:
        """Time for what must not happen."""
        await asyncio.sleep(seconds)

    def made(self, method: str) -> list[Exchange]:
        return [call for call in self.calls if call.method == method]


async def until(true: Callable[[], bool], seconds: float = 8.0, state: Callable[[], str] = lambda: "") -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"it did not happen within {seconds} s: {state()}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def staged(
    folder: Path, limits: Limits | None = None, started: bool = True, knowledge: KnowledgeSettings | None = None
) -> AsyncIterator[Stage]:
    """A stage with a scripted assistant; with `knowledge` with a real one over those documents."""
    world = demo_world("zh")
    world.limiter.limits = limits or Limits.none()
    sandbox = Sandbox(world)
    await sandbox.start()
    settings = Settings(
        home=folder,
        telegram=TelegramSettings(api_base_url=sandbox.base_url, admins=(ADMIN,), poll_seconds=1),
        digest=DigestSettings(tick_seconds=0.05 if knowledge is None else 60),  # a busy worker slows the rest
        knowledge=knowledge or KnowledgeSettings(),
    )
    path = folder / "state" / "opsbot.sqlite"
    store = await Store.open(path)
    clock, assistant = SetClock(), ScriptedAssistant()
    access = Access(store, settings.telegram.admins, clock)
    stage = Stage(world, sandbox, store, path, assistant, clock, access, settings, None)  # type: ignore[arg-type]
    world.observers.append(stage.calls.append)
    stage.core = None if knowledge is None else await asyncio.to_thread(open_core, settings)
    stage.surface = stage.new_surface()
    try:
        if started:
            await stage.surface.start()
        yield stage
    finally:
        await stage.surface.stop()
        if stage.core is not None:
            stage.core.close()
        await store.close()
        await sandbox.stop()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path) as made:
        yield made


__all__ = ["ADMIN", "GROUP_ID", "MANAGER", "NEWCOMER", "OPERATOR", "Stage", "staged", "until"]
