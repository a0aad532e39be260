"""How much a bot may send: sliding windows per chat and overall, refused with 429 beyond them."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from bot.sandbox.errors import too_many_requests


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` messages within any `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Telegram's own: 'In a single chat, avoid sending more than one message per second. We may allow short bursts
    that go over this limit'; 'In a group, bots are not able to send more than 20 messages per minute'; 'For bulk
    notifications, bots are not able to broadcast more than about 30 messages per second'. None turns one off."""

    private: Window | None = Window(5, 5.0)
    group: Window | None = Window(20, 60.0)
    overall: Window | None = Window(30, 1.0)

    @classmethod
    def none(cls) -> Limits:
        """Everything goes through, for tests of something else."""
        return cls(None, None, None)


# A client that spaces its calls exactly must not fail on the jitter of the way here.
_TOLERANCE = 0.02


class Limiter:
    """Counts what was let through; a refused call counts for nothing."""

    def __init__(self, limits: Limits, timer: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._timer = timer
        self._sent: dict[int | None, deque[float]] = {}

    def spend(self, chat_id: int, weight: int = 1) -> None:
        """Let `weight` messages into the chat or raise ApiError 429. A chat with a negative id is a group."""
        now = self._timer()
        chat = self.limits.group if chat_id < 0 else self.limits.private
        windows = ((chat_id, chat), (None, self.limits.overall))
        wait = max(self._wait(key, window, weight, now) for key, window in windows)
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        for key, _ in windows:
            self._sent.setdefault(key, deque(maxlen=1000)).extend([now] * weight)

    def _wait(self, key: int | None, window: Window | None, weight: int, now: float) -> float:
        """Seconds until the window has room; an album larger than the window waits for an empty one."""
        if window is None:
            return 0.0
        length = window.seconds * (1 - _TOLERANCE)
        recent = [moment for moment in self._sent.get(key, ()) if moment > now - length]
        surplus = len(recent) + min(weight, window.count) - window.count
        return recent[surplus - 1] + length - now if surplus > 0 else 0.0
