"""A chat with its members and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from bot.sandbox.wire import Json

Status = Literal["creator", "administrator", "member", "left", "kicked"]
PRESENT: frozenset[str] = frozenset({"creator", "administrator", "member"})
ADMINS: frozenset[str] = frozenset({"creator", "administrator"})
_MOST_MESSAGES = 5_000


@dataclass(eq=False)
class Room:
    """One chat; `chat` and every message are exactly as the Bot API shows them, replies excepted."""

    chat: Json
    members: dict[int, Status] = field(default_factory=dict)
    open_to_bot: bool = True  # a private chat is closed until the person has written or pressed start
    blocked: bool = False  # the person has blocked the bot
    topics: dict[int, str] = field(default_factory=dict)  # thread id -> name, forums only
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, dict[int, list[Json]]] = field(default_factory=dict)  # message id -> user id -> reactions
    migrated_to: int | None = None
    _messages: dict[int, Json] = field(default_factory=dict)
    _replies: dict[int, int] = field(default_factory=dict)  # message id -> the id it replies to
    _next_id: int = 1

    @property
    def id(self) -> int:
        return int(self.chat["id"])

    @property
    def kind(self) -> str:
        return str(self.chat["type"])

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    @property
    def present(self) -> list[int]:
        """Ids of those who are in the chat now, in the order they came."""
        return [user_id for user_id, status in self.members.items() if status in PRESENT]

    def has(self, user_id: int) -> bool:
        return self.members.get(user_id, "left") in PRESENT

    def is_admin(self, user_id: int) -> bool:
        return self.members.get(user_id, "left") in ADMINS

    def take_id(self) -> int:
        """The next message id; ids only grow."""
        self._next_id += 1
        return self._next_id - 1

    def put(self, message: Json, reply_to: int | None = None) -> None:
        """Keep a message, new or edited; the oldest fall out beyond the bound."""
        message_id = message["message_id"]
        self._messages[message_id] = message
        if reply_to is not None:
            self._replies[message_id] = reply_to
        while len(self._messages) > _MOST_MESSAGES:
            self.drop(next(iter(self._messages)))

    def drop(self, message_id: int) -> None:
        self._messages.pop(message_id, None)
        self._replies.pop(message_id, None)
        self.reactions.pop(message_id, None)
        if message_id in self.pinned:
            self.pinned.remove(message_id)

    def plain(self, message_id: int) -> Json | None:
        """The message without what it replies to."""
        return self._messages.get(message_id)

    def shown(self, message_id: int) -> Json:
        """The message as sent out: 'the Message object in this field will not contain further reply_to_message
        fields even if it itself is a reply'."""
        message = dict(self._messages[message_id])
        replied = self._messages.get(self._replies.get(message_id, 0))
        if replied is not None:
            message["reply_to_message"] = replied
        return message

    def page(self, before: int | None, limit: int) -> list[Json]:
        """The newest `limit` messages, or those before an id; oldest first."""
        newest = (key for key in reversed(self._messages) if before is None or key < before)
        return [self.shown(key) for key in reversed(list(islice(newest, limit)))]

    @property
    def last(self) -> Json | None:
        return self.shown(next(reversed(self._messages))) if self._messages else None

    def __len__(self) -> int:
        return len(self._messages)
