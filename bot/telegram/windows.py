"""Sliding windows: at most so many units in so many seconds, the important first, then in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(order=True)
class _Ticket:
    priority: int  # lower goes first
    number: int
    wake: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class Window:
    """Lets through at most `limit` units in any `seconds`; a pause holds everything back."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._used: deque[float] = deque()  # when each unit was used, oldest first
        self._tickets: list[_Ticket] = []
        self._numbers = itertools.count()
        self._paused_until = 0.0

    @property
    def is_idle(self) -> bool:
        """Nobody waits and nothing used still counts, so the window may be forgotten."""
        self._expire()
        return not self._tickets and not self._used and self._paused_until <= self._clock()

    @property
    def is_paused(self) -> bool:
        return self._paused_until > self._clock()

    def pause(self, seconds: float) -> None:
        """Nothing passes for so long."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    @asynccontextmanager
    async def turn(self, weight: int = 1, priority: int = 0) -> AsyncIterator[None]:
        """Waits for room, then holds the window alone while the call runs.

        The units count from the end of the call: the server saw it at some moment before that, so however
        long the ways differ, the server never counts more than we do.
        """
        ticket = _Ticket(priority, next(self._numbers))
        self._tickets.append(ticket)
        self._tickets.sort()
        try:
            await self._wait(ticket, weight)
            # From here on nobody may overtake, whatever their priority.
            ticket.priority = -1
            try:
                yield
            finally:
                self._use(weight)
        finally:
            self._tickets.remove(ticket)
            if self._tickets:
                self._tickets[0].wake.set()

    async def pass_through(self, weight: int = 1, priority: int = 0) -> None:
        """Waits for room and uses it at once, so that calls may run side by side."""
        async with self.turn(weight, priority):
            pass

    async def _wait(self, ticket: _Ticket, weight: int) -> None:
        while True:
            delay = self._delay(weight) if self._tickets[0] is ticket else None
            if delay is not None and delay <= 0:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ticket.wake.wait(), delay)
            ticket.wake.clear()

    def _delay(self, weight: int) -> float:
        self._expire()
        now = self._clock()
        room = self._limit - len(self._used)
        needed = min(weight, self._limit)  # more than the whole window passes when the window is empty
        wait = 0.0 if room >= needed else self._used[needed - room - 1] + self._seconds - now
        return max(wait, self._paused_until - now)

    def _use(self, weight: int) -> None:
        now = self._clock()
        for unit in range(weight):  # what exceeds the window counts against the following ones
            self._used.append(now + self._seconds * (unit // self._limit))

    def _expire(self) -> None:
        now = self._clock()
        while self._used and self._used[0] + self._seconds <= now:
            self._used.popleft()
