"""What can go wrong with the state.

BotError
└── StoreError   the engineer's move: the state cannot be opened; names the address (without password) and the next move
"""

from __future__ import annotations

from bot.errors import BotError


class StoreError(BotError):
    """The state cannot be opened or brought up to date."""
