"""What the chat surface may use of the assistant: the seams that app.py fills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.assistant.types import Answer, Asker, Plan, Question
from knowledge.documents import DocumentInfo, SyncReport


class Clock(Protocol):
    """Where the time comes from; injected so that a question can be asked as of any moment."""

    def now(self) -> datetime:
        """The present moment, aware, in the shop's zone."""
        ...


class Assistant(Protocol):
    """Answers questions; safe to call from the event loop, work runs in threads."""

    async def answer(self, question: Question) -> Answer:
        """Always an answer: what cannot be known or shown is said in words, never raised."""
        ...

    async def digest(self, asker: Asker, now: datetime) -> Answer:
        """The digest of the last whole day, as that asker's chat may see it."""
        ...

    def pack(self, plan: Plan) -> str:
        """A plan as JSON text, to be stored with its answer."""
        ...

    def unpack(self, packed: str) -> Plan | None:
        """The plan back, None when it was written by a version that no longer fits."""
        ...


class Documents(Protocol):
    """The team's documents; blocking, to be called in threads."""

    def documents(self) -> Sequence[DocumentInfo]:
        """Every indexed document, also those that another one replaces."""
        ...

    def sync(self, progress: Callable[[int, int, str], None] | None = None) -> SyncReport:
        """Makes the index equal to the folders. Raises IndexBusyError when another process holds it."""
        ...
