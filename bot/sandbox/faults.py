"""Switchable trouble: what a network and a busy Telegram do to a bot, on demand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["too_many_requests", "server_error", "drop", "delay", "lost_reply"]
KINDS: tuple[Kind, ...] = ("too_many_requests", "server_error", "drop", "delay", "lost_reply")
EVERY_METHOD = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next calls of a method.

    too_many_requests: 429 with retry_after = seconds · server_error: 500 · drop: the connection breaks before the
    call is looked at · delay: the answer comes `seconds` late · lost_reply: the call is carried out, its answer never
    comes (the connection is held for `seconds`, then broken).
    """

    kind: Kind
    method: str = EVERY_METHOD  # as in the Bot API; "*" is every method but getUpdates
    chat_id: int | None = None  # only calls for this chat; None is any
    times: int = 1
    seconds: float = 1.0

    def meets(self, method: str, chat_id: object) -> bool:
        wanted = self.method == method or (self.method == EVERY_METHOD and method != "getUpdates")
        return wanted and (self.chat_id is None or str(self.chat_id) == str(chat_id))


class Faults:
    """Those that still wait for their calls, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        return tuple(self._waiting)

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault that this call meets, used up by one."""
        for index, fault in enumerate(self._waiting):
            if fault.meets(method, chat_id):
                rest = replace(fault, times=fault.times - 1)
                self._waiting[index : index + 1] = [rest] if rest.times > 0 else []
                return fault
        return None
