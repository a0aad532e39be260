"""Button presses that wait for the bot's answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.errors import bad_request

_SECONDS = 30.0  # Telegram does not say how long; clients stop waiting at about this
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed a button, and where."""

    query_id: str
    user_id: int
    chat_id: int
    since: float  # by the world's timer


class CallbackQueries:
    """Presses by id, until answered or too old."""

    def __init__(self, timer: Callable[[], float], seconds: float = _SECONDS) -> None:
        self._timer = timer
        self.seconds = seconds
        self._open: dict[str, Press] = {}

    def open(self, user_id: int, chat_id: int) -> Press:
        self._forget_old()
        press = Press(str(secrets.randbelow(9 * 10**18) + 10**18), user_id, chat_id, self._timer())
        self._open[press.query_id] = press
        return press

    def answer(self, query_id: str) -> Press:
        """The press, answered and done with; raises ApiError for one unknown, answered or too old."""
        self._forget_old()
        press = self._open.pop(query_id, None)
        if press is None:
            raise bad_request(TOO_OLD)
        return press

    def _forget_old(self) -> None:
        limit = self._timer() - self.seconds
        for query_id in [key for key, press in self._open.items() if press.since <= limit]:
            del self._open[query_id]
