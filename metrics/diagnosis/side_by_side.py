"""Two things at a time, where whoever asks has a thread to spare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

First = TypeVar("First")
Second = TypeVar("Second")


class SideBySide(Protocol):
    """Runs two things that do not wait for one another."""

    def __call__(self, first: Callable[[], First], second: Callable[[], Second], /) -> tuple[First, Second]:
        """What both come to."""
        ...


def one_by_one(first: Callable[[], First], second: Callable[[], Second], /) -> tuple[First, Second]:
    """The plain way."""
    return first(), second()
