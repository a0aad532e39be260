"""One more thread for queries that do not wait for one another: planning a query keeps a single core busy."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from typing import TypeVar

First = TypeVar("First")
Second = TypeVar("Second")

THREADS = 2  # of all answers that are made at the same time


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What both come to, side by side; an error of the first counts before one of the second.

    Returns or raises only when both have ended. Neither may call `both` itself: they would wait for one another.
    """
    running = _pool().submit(second)
    try:
        result = first()
    finally:
        wait([running])
    return result, running.result()


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="beside")
