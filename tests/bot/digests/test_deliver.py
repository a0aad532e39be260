"""Digests: each once, late ones within bounds, nothing that may have arrived a second time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from bot.access import Access
from bot.assistant.types import Answer, Asker
from bot.digests.deliver import DigestWorker
from bot.due import Receipt
from bot.settings import DigestSettings
from bot.store.digests import Subscription
from bot.store.store import Store
from tests.bot.fakes import ScriptedAssistant, SetClock

GROUP = -7


@dataclass
class Mailbox:
    """An outbox that keeps what it was given."""

    sent: list[int] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)  # what to return next instead of "sent"
    during: Callable[[], Awaitable[None]] | None = None

    async def send(
        self, subscription: Subscription, asker: Asker, answer: Answer, mark: Callable[[bool], Awaitable[None]]
    ) -> Receipt:
        await mark(True)
        if self.during is not None:
            await self.during()
        self.sent.append(subscription.chat_id)
        return self.receipts.pop(0) if self.receipts else Receipt("sent", message_id=1)

    async def report_unknown(self, count: int) -> None:
        self.reported.append(count)


@dataclass
class Desk:
    store: Store
    clock: SetClock
    access: Access
    assistant: ScriptedAssistant
    outbox: Mailbox

    def worker(self) -> DigestWorker:
        settings = DigestSettings(late_minutes=180)
        return DigestWorker(self.store.digests, self.assistant, self.access, self.outbox, self.clock, settings)

    async def deliver(self) -> None:
        worker = self.worker()
        await worker.tick()
        await worker.drain()

    async def state(self) -> str:
        subscription = await self.store.digests.subscription(GROUP, 0)
        assert subscription is not None
        rows = await self.store.digests.last(subscription.id)
        return rows[0].state if rows else "none"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """14:30 in Shanghai; a manager group that wants its digest at 15:00."""
    store, clock = await Store.open(tmp_path / "s.sqlite"), SetClock()
    access = Access(store, (9,), clock)
    await access.grant("chat", GROUP, "manager", categories=("母婴",))
    await store.digests.subscribe(GROUP, 0, "15:00", "Asia/Shanghai", 9, clock.now())
    yield Desk(store, clock, access, ScriptedAssistant(), Mailbox())
    await store.close()


async def test_a_digest_comes_once_at_its_time_at_the_level_of_its_chat(desk: Desk) -> None:
    await desk.deliver()
    assert desk.outbox.sent == []
    desk.clock.advance(minutes=30)
    for _ in range(3):
        await desk.deliver()
    assert desk.outbox.sent == [GROUP]
    assert (desk.assistant.digests[0].role, desk.assistant.digests[0].categories) == ("manager", ("母婴",))
    desk.clock.advance(hours=24)
    await desk.deliver()
    assert desk.outbox.sent == [GROUP, GROUP]


async def test_a_restart_catches_up_within_the_bound_and_skips_beyond_it(desk: Desk) -> None:
    desk.clock.advance(hours=2)  # 16:30, ninety minutes late
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([GROUP], "sent")
    desk.clock.advance(hours=27)  # 19:30 of the next day, 270 minutes late
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([GROUP], "skipped")


async def test_many_workers_never_send_twice(desk: Desk) -> None:
    for chat in range(-40, -10):
        await desk.access.grant("chat", chat, "viewer")
        await desk.store.digests.subscribe(chat, 0, "14:45", "Asia/Shanghai", 9, desk.clock.now())
    desk.clock.advance(hours=1)
    workers = [desk.worker() for _ in range(4)]
    await asyncio.gather(*(worker.tick() for worker in workers))
    await asyncio.gather(*(worker.drain() for worker in workers))
    await asyncio.gather(*(worker.tick() for worker in workers))
    await asyncio.gather(*(worker.drain() for worker in workers))
    assert sorted(desk.outbox.sent) == sorted([*range(-40, -10), GROUP])


async def test_a_crash_between_sending_and_its_mark_leaves_unknown_and_nothing_is_sent_again(desk: Desk) -> None:
    desk.clock.advance(minutes=30)
    desk.outbox.during = asyncio.Event().wait  # type: ignore[assignment]  # hangs like a killed process
    crashed = desk.worker()
    await crashed.tick()
    await wait_for_state(desk, "sending")
    for task in crashed._running:
        task.cancel()
    await asyncio.wait(set(crashed._running))
    desk.outbox.during = None
    await desk.deliver()
    assert await desk.state() == "sending"  # the lease still runs: perhaps the worker only is slow
    desk.clock.advance(seconds=61)
    for _ in range(2):
        await desk.deliver()
    assert (desk.outbox.sent, await desk.state(), desk.outbox.reported) == ([], "unknown", [1])


async def test_a_crash_before_sending_is_made_good_by_the_next_worker(desk: Desk) -> None:
    desk.clock.advance(minutes=30)
    now = desk.clock.now()
    await desk.worker()._plan()
    assert await desk.store.digests.claim("dead", now, now + timedelta(seconds=60)) is not None
    await desk.deliver()
    assert desk.outbox.sent == []
    desk.clock.advance(seconds=61)
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([GROUP], "sent")


async def test_what_was_certainly_not_sent_is_tried_again_and_then_given_up(desk: Desk) -> None:
    desk.clock.advance(minutes=30)
    desk.outbox.receipts = [Receipt("not_sent", reason="no network")] * 4
    for attempt in range(1, 4):
        await desk.deliver()
        assert (len(desk.outbox.sent), await desk.state()) == (attempt, "due")
    await desk.deliver()
    await desk.deliver()
    assert (len(desk.outbox.sent), await desk.state()) == (4, "failed")


@pytest.mark.parametrize(("outcome", "state"), [("refused", "failed"), ("unknown", "unknown")])
async def test_what_was_refused_or_may_have_arrived_is_not_tried_again(desk: Desk, outcome: str, state: str) -> None:
    desk.clock.advance(minutes=30)
    desk.outbox.receipts = [Receipt(outcome)]  # type: ignore[arg-type]
    for _ in range(2):
        await desk.deliver()
    assert (len(desk.outbox.sent), await desk.state()) == (1, state)


async def test_a_digest_that_cannot_be_built_is_tried_again_and_nothing_is_sent(desk: Desk) -> None:
    class Broken(ScriptedAssistant):
        async def digest(self, asker: Asker, now: object) -> Answer:
            raise RuntimeError("no data")

    desk.clock.advance(minutes=30)
    whole, desk.assistant = desk.assistant, Broken()
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([], "due")
    desk.assistant = whole
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([GROUP], "sent")


async def test_a_chat_that_is_shut_out_or_switched_off_gets_nothing(desk: Desk) -> None:
    desk.clock.advance(minutes=30)
    await desk.access.revoke("chat", GROUP)
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([], "skipped")
    await desk.access.grant("chat", GROUP, "viewer")
    await desk.store.digests.unsubscribe(GROUP, 0)
    desk.clock.advance(hours=24)
    await desk.deliver()
    assert desk.outbox.sent == []


async def wait_for_state(desk: Desk, state: str) -> None:
    for _ in range(200):
        if await desk.state() == state:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"the row did not become {state}")


async def test_a_crash_while_telegram_makes_a_digest_wait_is_made_good(desk: Desk) -> None:
    class Waiting(Mailbox):
        async def send(
            self, subscription: Subscription, asker: Asker, answer: Answer, mark: Callable[[bool], Awaitable[None]]
        ) -> Receipt:
            await mark(True)
            await mark(False)  # 429: certainly not arrived
            await asyncio.Event().wait()
            return Receipt("sent")

    desk.clock.advance(minutes=30)
    whole, desk.outbox = desk.outbox, Waiting()
    crashed = desk.worker()
    await crashed.tick()
    await wait_for_state(desk, "claimed")
    await asyncio.sleep(0.1)
    await crashed.stop()
    desk.outbox = whole
    desk.clock.advance(seconds=61)
    await desk.deliver()
    assert (desk.outbox.sent, await desk.state()) == ([GROUP], "sent")
