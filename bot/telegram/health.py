"""Whether the surface hears Telegram, and the watchdog that starts polling anew when it does not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.telegram.polling import StampedRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Health:
    """How the surface is."""

    last_update: datetime | None  # aware; the last successful getUpdates, None before the first
    seconds_since: float  # since then, or since the start
    ok: bool
    problems: tuple[str, ...]  # English sentences for the engineer


@dataclass(frozen=True)
class Patience:
    """How long silence is borne."""

    stale_seconds: float = 75.0  # three long polls; the first may be cut off by a restart of the network
    look_seconds: float = 5.0  # between two looks of the watchdog
    restart_seconds: float = 10.0  # to stop the old polling; then the new one starts regardless
    stop_seconds: float = 5.0  # for running answers when the surface stops


class Watchdog:
    """Looks at the stamp of the polling connection again and again."""

    def __init__(self, request: StampedRequest, patience: Patience, restart: Callable[[], Awaitable[None]]) -> None:
        self._request = request
        self._patience = patience
        self._restart = restart
        self._problem = ""  # what the last failed poll said

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(self._patience.look_seconds)
            if self._request.seconds_since_success > self._patience.stale_seconds:
                await self._try_restart()

    def note(self, problem: str) -> None:
        """A poll failed; the sentence is shown while polls stay away."""
        self._problem = problem
        log.warning("%s", problem)

    def health(self) -> Health:
        """As of now."""
        silent = self._request.seconds_since_success
        problems = [f"no successful getUpdates for {silent:.0f} s"] if silent > self._patience.stale_seconds else []
        if self._problem and (problems or self._request.last_success is None):
            problems.append(self._problem)
        return Health(self._request.last_success, silent, not problems, tuple(problems))

    async def _try_restart(self) -> None:
        log.error("no updates for %.0f s, polling starts anew", self._request.seconds_since_success)
        try:
            await self._restart()
        except Exception:
            log.exception("polling could not be started anew")
        self._request.restart_stamp()
