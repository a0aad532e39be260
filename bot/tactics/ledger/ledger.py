"""What can be done with the ledger: propose, adopt, edit, measure, keep, drop; every step is kept with who did it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from bot.store.ledger_rows import LedgerAct, LedgerRow
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.entry import Card, Entry, scope_of, text_of
from bot.tactics.ledger.measuring import Measuring
from knowledge.documents import Audience
from metrics.query import Scope

if TYPE_CHECKING:
    from bot.store.ledger import LedgerStore  # the database library behind it is needed where the state is open

OPEN = ("proposed", "adopted", "measured", "kept")
LONGER_DAYS = 14


@dataclass(frozen=True)
class Hand:
    """Who does something, when."""

    id: int | None  # None: the bot itself
    name: str
    at: datetime


@dataclass(frozen=True)
class Proposal:
    """A card for a metric and scope, before anybody owns it."""

    card: Card
    metric: str
    scope: Scope
    audience: Audience
    chat_id: int
    thread_id: int
    language: Literal["zh", "en"]


class Ledger:
    """Over the state; keeps the board in step. Safe to call from the event loop."""

    def __init__(self, store: LedgerStore, board: LedgerBoard, measuring: Measuring) -> None:
        self._store = store
        self.board = board
        self.measuring = measuring

    async def begin(self) -> None:
        """Reads what stands."""
        self.board.hold(await self._store.all())

    async def propose(self, proposal: Proposal, hand: Hand) -> LedgerRow:
        """A new entry that waits for its owner, start and review."""
        row = LedgerRow(
            chat_id=proposal.chat_id,
            thread_id=proposal.thread_id,
            state="proposed",
            language=proposal.language,
            card=text_of(proposal.card),
            metric=proposal.metric,
            scope=text_of(dict(proposal.scope)),
            audience=proposal.audience,
            made_by=hand.id,
            made_at=hand.at,
        )
        return await self._store.keep(row, hand.name)

    async def get(self, entry_id: int) -> LedgerRow | None:
        """The entry in whatever state; None when there is none."""
        return await self._store.get(entry_id)

    async def history(self, entry_id: int) -> tuple[LedgerAct, ...]:
        """Who did what, oldest first."""
        return await self._store.history(entry_id)

    async def set_owner(self, row: LedgerRow, owner: str, owner_id: int | None, hand: Hand) -> LedgerRow | None:
        """None when the entry is closed by now."""
        return await self._set(row, "owner", owner, hand, owner=owner, owner_id=owner_id)

    async def set_start(self, row: LedgerRow, start: date, hand: Hand) -> LedgerRow | None:
        """A later start moves the review along, so that it is still measured over as many days; again, if it was."""
        review = row.review + (start - row.start) if row.review is not None and row.start is not None else row.review
        state = "proposed" if row.state == "proposed" else "adopted"
        return await self._set(row, "start", start.isoformat(), hand, start=start, review=review, state=state)

    async def set_review(self, row: LedgerRow, review: date, hand: Hand) -> LedgerRow | None:
        """The last thing that is missing of a proposal: with it the tactic is adopted."""
        if row.state != "proposed":
            return await self._set(row, "review", review.isoformat(), hand, review=review, state="adopted")
        scope = scope_of(row.scope)
        start = row.start or hand.at.date()
        baseline = await asyncio.to_thread(self.measuring.baseline, row.metric, scope, start, hand.at)
        held = text_of(baseline) if baseline is not None else ""
        values = {"review": review, "state": "adopted", "baseline": held}
        return await self._set(row, "adopted", review.isoformat(), hand, ("proposed",), **values)

    async def close(
        self, row: LedgerRow, state: Literal["kept", "dropped", "cancelled"], hand: Hand
    ) -> LedgerRow | None:
        """Kept for good, dropped, or never begun."""
        return await self._set(row, state, "", hand, state=state)

    async def longer(self, row: LedgerRow, hand: Hand) -> LedgerRow | None:
        """Two more weeks from today, then it is measured again from its start."""
        review = hand.at.date() + timedelta(days=LONGER_DAYS)
        return await self._set(row, "longer", review.isoformat(), hand, review=review, state="adopted")

    async def measure(self, row: LedgerRow, now: datetime) -> LedgerRow | None:
        """Measured and stored; the stored measurement when that has been done for this review. Raises SourceError.

        None when it was decided on or moved meanwhile.
        """
        entry = Entry.of(row)
        if entry is None:
            return None
        if row.state == "measured":
            return row
        others = self.board.others(entry, entry.last_day)
        effect = await asyncio.to_thread(self.measuring.measure, entry, others, now)
        text = text_of(effect)
        values = {"state": "measured", "effect": text, "measured_at": now}
        return await self._set(row, "measured", text, Hand(None, "", now), ("adopted",), **values)

    async def _set(
        self, row: LedgerRow, act: str, detail: str, hand: Hand, before: tuple[str, ...] = OPEN, **values: Any
    ) -> LedgerRow | None:
        line = LedgerAct(row.id, hand.at, hand.id, hand.name, act, detail)
        changed = await self._store.change(row, before, line, **values)
        await self.begin()
        return changed
