"""What can be done with draft cards: looked through, corrected, accepted, dismissed, taken down, withdrawn."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime

from bot.access import Person
from bot.store.draft_rows import CardText, DraftRow, card_to_json
from bot.store.drafts import Drafts
from bot.tactics.correcting import Unusable, corrected
from bot.tactics.draft_board import DraftBoard, Proposal

UNDECIDED = ("open", "withdrawn")
LONGEST_NAME = 40  # of who decided; it stands under every suggestion of the card


class Drafting:
    """Every decision is kept first and then held by the board, so that the next suggestion goes by it."""

    def __init__(self, board: DraftBoard, drafts: Drafts) -> None:
        self._board = board
        self._drafts = drafts

    async def begin(self) -> None:
        """Takes up what was decided before."""
        self._board.hold(await self._drafts.all())

    async def waiting(self) -> tuple[Proposal, ...]:
        """The drafts that nobody decided on, in reading order."""
        return await asyncio.to_thread(self._board.waiting)

    async def accepted(self) -> tuple[DraftRow, ...]:
        """The cards that suggestions are made of, oldest first."""
        return await asyncio.to_thread(self._board.accepted)

    async def waiting_in(self, file: str) -> int:
        """How many drafts of one file wait."""
        return sum(proposal.draft.file == file for proposal in await self.waiting())

    async def open(self, proposal: Proposal, person: Person, now: datetime) -> DraftRow:
        """The draft as a row that can be corrected."""
        return await self._drafts.keep(_row(proposal, person, now))

    async def row(self, row_id: int) -> DraftRow | None:
        """The draft of that number, in whatever state."""
        return await self._drafts.get(row_id)

    async def decide(self, proposal: Proposal, state: str, person: Person, now: datetime) -> DraftRow | None:
        """The draft as accepted or dismissed; None when somebody decided before."""
        row = await self.open(proposal, person, now)
        return await self._moved(row.id, UNDECIDED, state, person, now)

    async def take_down(self, draft_id: str, person: Person, now: datetime) -> DraftRow | None:
        """An accepted card that becomes a draft again; None when it is none."""
        row = next((row for row in await self.accepted() if row.draft_id == draft_id), None)
        return None if row is None else await self._moved(row.id, ("accepted",), "open", person, now)

    async def correct(self, row_id: int, reply: str, person: Person, now: datetime) -> DraftRow | Unusable | None:
        """The draft with what the reply says; None when it was decided meanwhile."""
        row = await self._drafts.get(row_id)
        if row is None or row.state not in UNDECIDED:
            return None
        card = corrected(row.card, reply, self._board.vocabulary)
        if isinstance(card, Unusable):
            return card
        changed = await self._drafts.correct(row_id, card, UNDECIDED, _named(person), now)
        await self.begin()
        return changed

    async def withdraw(self, now: datetime) -> tuple[DraftRow, ...]:
        """Accepted cards whose sentence is gone, each told of once."""
        fallen = await asyncio.to_thread(self._board.fallen)
        moved = [await self._drafts.move(row.id, ("accepted",), "withdrawn", None, now) for row in fallen]
        if moved:
            await self.begin()
        return tuple(row for row in moved if row is not None)

    async def _moved(
        self, row_id: int, before: tuple[str, ...], after: str, person: Person, now: datetime
    ) -> DraftRow | None:
        moved = await self._drafts.move(row_id, before, after, _named(person), now)
        await self.begin()
        return moved


def mark_of(card: CardText) -> str:
    """Names a card as it was shown, so that nobody accepts what another has changed meanwhile."""
    return hashlib.sha256(card_to_json(card).encode()).hexdigest()[:8]


def _row(proposal: Proposal, person: Person, now: datetime) -> DraftRow:
    draft, (by, name) = proposal.draft, _named(person)
    return DraftRow(draft.id, proposal.card, draft.evidence, draft.file, draft.document, "open", by, name, now)


def _named(person: Person) -> tuple[int, str]:
    return person.id, person.name[:LONGEST_NAME]
