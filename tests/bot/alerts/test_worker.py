"""Reports of rules: one a crossing, changed in place while it lasts, none a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.access import Access
from bot.alerts.judging import Standing, packed
from bot.alerts.worker import AlertWorker
from bot.assistant.types import Asker
from bot.assistant.watch import Watch
from bot.due import Receipt
from bot.store.store import Store
from bot.store.watches import WatchRow
from tests.bot.fakes import SetClock

GROUP = -7
RULE = Watch("conversion_rate", {"category": ("母婴",)}, "below", 0.02)


@dataclass
class SetJudging:
    """Stands as it is told; a day that it knows nothing of is not wholly in."""

    values: dict[date, float] = field(default_factory=dict)
    is_allowed: bool = True

    def standing(self, watch: Watch, day: date, now: datetime) -> Standing | None:
        value = self.values.get(day)
        return None if value is None else Standing(day, value, None, value)

    def unusual(self, day: date, asker: Asker, now: datetime) -> tuple[()]:
        return ()

    def may_read(self, watch: Watch, asker: Asker) -> bool:
        return self.is_allowed

    def report(self, row: WatchRow, standing: Standing, now: datetime, *, is_over: bool = False) -> str:
        return f"{'over' if is_over else 'open'} {standing.value}"


@dataclass
class Mailbox:
    sent: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    store: Store | None = None

    async def send(self, row: WatchRow, html: str, mark: Callable[[bool], Awaitable[None]]) -> Receipt:
        await mark(True)
        self.sent.append(html)
        assert self.store is not None
        await self.store.watches.change(row.id, message_id=5)
        return Receipt("sent", message_id=5)

    async def edit(self, row: WatchRow, html: str) -> None:
        self.edited.append(html)

    async def report_unknown(self, count: int) -> None: ...


@dataclass
class Desk:
    store: Store
    clock: SetClock
    access: Access
    judging: SetJudging
    box: Mailbox

    async def day(self, value: float | None) -> None:
        """The next morning, with yesterday's figure; every time by a worker that has just been started."""
        self.clock.advance(days=1)
        if value is not None:
            self.judging.values[self.clock.now().date() - timedelta(days=1)] = value
        await self.tick()

    async def tick(self) -> None:
        worker = AlertWorker(
            self.store.watches,
            self.store.watches_due,
            self.judging,  # type: ignore[arg-type]  # the part that reads figures
            self.access,
            self.box,
            self.clock,
            60.0,
        )
        await worker.tick()
        await worker.drain()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store, clock = await Store.open(tmp_path / "s.sqlite"), SetClock()
    access = Access(store, (9,), clock)
    await access.grant("chat", GROUP, "operator", categories=("母婴",))
    yesterday = clock.now().date() - timedelta(days=1)
    row = WatchRow(GROUP, 0, "rule", "zh", "母婴转化率低于2%提醒我", packed(RULE), 9, clock.now(), checked=yesterday)
    await store.watches.keep(row)
    yield Desk(store, clock, access, SetJudging(), Mailbox(store=store))
    await store.close()


async def test_a_crossing_is_one_message_that_is_changed_until_it_is_over(desk: Desk) -> None:
    for value in (0.03, 0.019, 0.018, 0.0201, 0.03):
        await desk.day(value)
        await desk.tick()  # a second look at the same day says nothing
    assert desk.box.sent == ["open 0.019"]
    assert desk.box.edited == ["open 0.018", "open 0.0201", "over 0.03"]


async def test_it_fires_again_after_the_figure_has_come_back(desk: Desk) -> None:
    for value in (0.019, 0.03, 0.015):
        await desk.day(value)
    assert desk.box.sent == ["open 0.019", "open 0.015"]


async def test_a_day_that_is_not_wholly_in_is_waited_for(desk: Desk) -> None:
    await desk.day(None)
    assert desk.box.sent == []
    desk.judging.values[desk.clock.now().date() - timedelta(days=1)] = 0.01
    await desk.tick()
    assert desk.box.sent == ["open 0.01"]


async def test_a_chat_that_is_not_let_in_any_more_gets_nothing(desk: Desk) -> None:
    await desk.access.revoke("chat", GROUP)
    await desk.day(0.01)
    assert desk.box.sent == []


async def test_what_the_chat_may_not_read_any_more_is_not_reported(desk: Desk) -> None:
    desk.judging.is_allowed = False
    await desk.day(0.01)
    assert desk.box.sent == []


async def test_the_same_rule_is_kept_once_and_a_snoozed_one_is_silent(desk: Desk) -> None:
    (row,) = await desk.store.watches.of_chat(GROUP)
    again = await desk.store.watches.keep(row)
    assert again is not None
    assert again.id == row.id
    await desk.store.watches.change(row.id, snoozed_until=desk.clock.now() + timedelta(hours=36))
    await desk.day(0.01)
    assert desk.box.sent == []
