"""Why there is no review to write."""

from __future__ import annotations

from typing import Literal

from bot.errors import BotError

Reason = Literal["no_data", "not_begun", "not_shown", "unreadable"]
SAID: dict[Reason, str] = {
    "no_data": "there are no figures for {period}; name a period that the data cover",
    "not_begun": "{period} has not begun; name a period that has",
    "not_shown": "{period} cannot be reviewed for these categories: they may not be shown here",
    "unreadable": "the data cannot be read now ({period}); `opsbot check` says which table",
}


class ReviewError(BotError):
    """A review that cannot be written; `reason` picks the sentence that a chat is told."""

    def __init__(self, reason: Reason, period: str) -> None:
        super().__init__(SAID[reason].format(period=period))
        self.reason: Reason = reason
        self.period = period
