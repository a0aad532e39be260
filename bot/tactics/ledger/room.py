"""What the ledger needs of an opened core: its board, the numbers, and the cards that can be adopted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.measuring import Measuring
from knowledge.documents import Audience, Tactic


class Cards(Protocol):
    """What holds the team's cards."""

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """All cards for that audience when no category is named."""
        ...


@dataclass(frozen=True)
class LedgerRoom:
    """Made once with the core; the surface adds the state."""

    board: LedgerBoard
    measuring: Measuring
    cards: Cards
