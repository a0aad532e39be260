"""What happens in the world, told to every listening page; a slow listener is let go and never waited for."""

from __future__ import annotations

import asyncio

from bot.sandbox.wire import Json

_MOST_WAITING = 512


class Listener:
    """One page's queue of events."""

    def __init__(self) -> None:
        self._events: asyncio.Queue[Json | None] = asyncio.Queue(_MOST_WAITING + 1)

    async def next(self) -> Json | None:
        """The next event; None when the hub has let this listener go."""
        return await self._events.get()

    def offer(self, event: Json) -> bool:
        """False when this listener has fallen too far behind."""
        if self._events.qsize() >= _MOST_WAITING:
            return False
        self._events.put_nowait(event)
        return True

    def end(self) -> None:
        while not self._events.empty():
            self._events.get_nowait()
        self._events.put_nowait(None)


class Hub:
    """All listeners."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    @property
    def listeners(self) -> int:
        """How many pages listen."""
        return len(self._listeners)

    def join(self) -> Listener:
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def tell(self, event: str, **content: object) -> None:
        """Send {"event": …} to everybody."""
        for listener in tuple(self._listeners):
            if not listener.offer({"event": event, **content}):
                self.leave(listener)
                listener.end()

    def close(self) -> None:
        for listener in tuple(self._listeners):
            self.leave(listener)
            listener.end()
