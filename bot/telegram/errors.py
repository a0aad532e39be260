"""What can go wrong between us and Telegram.

BotError
└── DeliveryError   nobody's move: a message did not arrive, or nobody knows whether it did; `.outcome` says which
"""

from __future__ import annotations

from typing import Literal

import httpx
from telegram.error import BadRequest, NetworkError

from bot.errors import BotError

Outcome = Literal["refused", "not_sent", "unknown"]


class DeliveryError(BotError):
    """refused: Telegram said no for good; not_sent: certainly not sent, may be tried later; unknown: perhaps sent."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(f"{outcome}: {reason}")
        self.outcome = outcome
        self.reason = reason


def never_reached(error: NetworkError) -> bool:
    """True when the request certainly did not get to Telegram, so that sending again cannot double it."""
    causes = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
    return not isinstance(error, BadRequest) and isinstance(error.__cause__, causes)
