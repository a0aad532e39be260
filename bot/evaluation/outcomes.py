"""Puts case after case to the assistant: one that crashes is a result too, and the next is asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

logger = logging.getLogger(__name__)


class Numbered(Protocol):
    """A case of any kind."""

    @property
    def line(self) -> int:
        """Of the file, 1-based."""
        ...


Case = TypeVar("Case", bound=Numbered)
Outcome = TypeVar("Outcome")


def outcomes(
    cases: Iterable[Case], ask: Callable[[Case], Outcome], crashed: Callable[[str], Outcome]
) -> Iterator[tuple[Case, Outcome]]:
    """Each case with what became of it, in order; `crashed` makes an outcome of the error's words."""
    for case in cases:
        try:
            outcome = ask(case)
        except Exception as error:
            logger.debug("crashed on line %d", case.line, exc_info=True)
            outcome = crashed(f"{type(error).__name__}: {error}")
        yield case, outcome
