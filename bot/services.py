"""What the chat surface may use of the assistant: the seams that app.py fills."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.assistant.types import Answer, Asker, Plan, Question


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
