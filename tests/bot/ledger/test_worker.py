"""Reminders and results: on their morning, once, when the data are there, and never a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from bot.access import Access
from bot.due import Mark, Receipt
from bot.store.ledger_rows import LedgerRow
from bot.store.store import Store
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.entry import Entry, text_of
from bot.tactics.ledger.ledger import Hand, Ledger
from bot.tactics.ledger.measuring import Measuring
from bot.tactics.ledger.worker import RESULT, LedgerWorker
from metrics.analyst import Analyst
from prompts.loader import Wording
from tests.bot.fakes import SHANGHAI, SetClock
from tests.bot.ledger.entries import ROW
from tests.bot.ledger.shop import START, orders
from tests.metrics.small_shop import open_shop

ADOPTED = replace(ROW, scope=text_of({"category": ("母婴",)}), start=START, review=date(2026, 8, 17))


@dataclass
class Mailbox:
    """An outbox that keeps what it was given."""

    sent: list[str] = field(default_factory=list)
    acts: list[Sequence[str]] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    breaks: bool = False

    async def send(self, entry: Entry, html: str, acts: Sequence[str], mark: Mark) -> Receipt:
        await mark(True)
        self.sent.append(html)
        self.acts.append(acts)
        if self.breaks:
            raise ConnectionError("the process lost its way")
        return Receipt("sent", message_id=1)

    async def report_unknown(self, count: int) -> None:
        self.reported.append(count)


@dataclass
class Bench:
    store: Store
    ledger: Ledger
    clock: SetClock
    mailbox: Mailbox

    def worker(self) -> LedgerWorker:
        access = Access(self.store, (), self.clock)
        rows = self.store.ledger_due
        return LedgerWorker(self.ledger, rows, access, self.mailbox, Wording.load(), self.clock, 60)

    async def at(self, day: int, hour: int = 10, minute: int = 0) -> list[str]:
        """What a worker that begins then sends, and another one right after it."""
        self.clock.moment = datetime(2026, 8, day, hour, minute, tzinfo=SHANGHAI)
        before = len(self.mailbox.sent)
        for worker in (self.worker(), self.worker()):
            await worker.tick()
            await worker.drain()
        return self.mailbox.sent[before:]

    async def adopt(self, row: LedgerRow = ADOPTED) -> LedgerRow:
        return await self.store.ledger.keep(row, "小林")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Analyst:
    return open_shop(tmp_path_factory.mktemp("shop"), orders=orders())


@pytest.fixture
async def bench(tmp_path: Path, shop: Analyst) -> AsyncIterator[Bench]:
    store, clock = await Store.open(tmp_path / "state.sqlite"), SetClock()
    await Access(store, (), clock).grant("chat", ADOPTED.chat_id, "operator")
    measuring = Measuring(shop.run, shop.model, shop.calendar)
    yield Bench(store, Ledger(store.ledger, LedgerBoard(), measuring), clock, Mailbox())
    await store.close()


async def test_a_reminder_and_a_result_are_sent_once_each_on_their_morning(bench: Bench) -> None:
    await bench.adopt()
    assert await bench.at(15) == []
    assert await bench.at(16, 9, 59) == []
    (reminder,) = await bench.at(16)
    assert "明天复盘" in reminder
    assert await bench.at(16, 18) == []
    (result,) = await bench.at(17)
    assert "有效" in result
    assert bench.mailbox.acts == [(), ("keep", "drop", "longer")]
    assert await bench.at(18) == []


async def test_a_result_waits_for_its_data_and_not_forever(bench: Bench) -> None:
    await bench.adopt(replace(ADOPTED, review=date(2026, 8, 25)))  # the data end on 2026-08-20
    assert [await bench.at(day) for day in (25, 26)] == [[], []]
    (late,) = await bench.at(27)
    assert "缺数据（开始后 4 天，已剔除）" in late  # 21, 22, 23, 24


async def test_a_late_reminder_is_not_sent_and_a_late_result_is(bench: Bench) -> None:
    await bench.adopt()
    (only,) = await bench.at(19)
    assert "有效" in only


async def test_what_may_have_arrived_is_not_sent_again_but_stays_measured(bench: Bench) -> None:
    kept = await bench.adopt()
    bench.mailbox.breaks = True
    assert len(await bench.at(17)) == 1
    bench.mailbox.breaks = False
    assert await bench.at(18) == []
    assert bench.mailbox.reported[0] == 1
    row = await bench.store.ledger.get(kept.id)
    assert row is not None
    assert row.state == "measured"


@pytest.mark.parametrize("measured_on", [17, 18, None])
async def test_of_the_rows_of_two_days_for_one_result_one_is_sent(bench: Bench, measured_on: int | None) -> None:
    """The bot was killed on the evening of the review and began again on the next day."""
    kept = await bench.adopt(replace(ADOPTED, scope="{}"))  # said at once: the whole shop is compared with nothing
    for day in (17, 18):
        moment = datetime(2026, 8, day, 10, 0, tzinfo=SHANGHAI)
        await bench.store.ledger_due.plan_row(kept.id, moment.date(), RESULT, moment)
        if day == measured_on:
            await bench.ledger.measure(kept, moment)
    assert [len(await bench.at(day)) for day in (18, 19)] == [1, 0]


async def test_two_more_weeks_bring_another_measurement_from_the_same_start(bench: Bench) -> None:
    await bench.adopt(replace(ADOPTED, review=date(2026, 8, 10)))
    await bench.at(10)
    (row,) = await bench.store.ledger.all()
    await bench.ledger.longer(row, Hand(1, "小林", bench.clock.now()))
    (row,) = await bench.store.ledger.all()
    assert (row.state, row.start, row.review) == ("adopted", START, date(2026, 8, 24))


async def test_a_chat_that_is_shut_out_or_may_not_see_the_category_gets_nothing(bench: Bench) -> None:
    await bench.adopt()
    access = Access(bench.store, (), bench.clock)
    await access.grant("chat", ADOPTED.chat_id, "operator", categories=("服饰",))
    assert await bench.at(17) == []


async def test_the_baseline_of_a_tactic_that_began_earlier_ends_before_its_start(bench: Bench) -> None:
    bench.clock.moment = datetime(2026, 8, 12, 9, 0, tzinfo=SHANGHAI)
    row = await bench.adopt(replace(ADOPTED, state="proposed", review=None, baseline=""))
    changed = await bench.ledger.set_review(row, date(2026, 8, 17), Hand(1, "小林", bench.clock.now()))
    entry = None if changed is None else Entry.of(changed)
    assert entry is not None
    assert entry.baseline is not None
    assert (entry.baseline.start, entry.baseline.end) == (date(2026, 7, 6), date(2026, 8, 2))  # 28 days
