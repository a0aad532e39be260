"""The state of the sandbox: one bot, the people, their chats, and what waits for the bot."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.callbacks import CallbackQueries
from bot.sandbox.errors import SandboxError
from bot.sandbox.faults import Faults
from bot.sandbox.files import FileStore
from bot.sandbox.limits import Limiter, Limits
from bot.sandbox.live import Hub
from bot.sandbox.profile import Profile
from bot.sandbox.rooms import Room, Status
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.webhook import Webhook
from bot.sandbox.wire import Json, present

_TOKEN_CHARACTERS = string.ascii_letters + string.digits + "_-"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be spoken as."""

    user: Json  # User as in the Bot API
    role: str  # operator, manager, admin, newcomer; "" for none in particular
    role_label: str  # the role as the page shows it


@dataclass(frozen=True, slots=True)
class Exchange:
    """One Bot API call and its answer, for whoever observes the traffic."""

    method: str  # as the documentation spells it, or as it came when there is no such method
    parameters: Json  # as decoded from the request; values of forms are strings
    files: tuple[str, ...]  # names of the parts that carried files
    status: int
    answer: Json


class World:
    """Everything the sandbox knows; used from one event loop only."""

    def __init__(
        self,
        *,
        bot_id: int = 7_000_000_001,
        username: str = "opsbot_demo_bot",
        name: str = "opsbot",
        privacy: bool = True,
        limits: Limits | None = None,
        language: str = "en",
        now: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`privacy` is the bot's privacy mode in groups; `now` gives dates, `timer` drives limits and expiry."""
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": name, "username": username}
        self.token = f"{bot_id}:{''.join(secrets.choice(_TOKEN_CHARACTERS) for _ in range(35))}"
        self.privacy = privacy
        self.language = language
        self.people: dict[int, Person] = {}
        self.rooms: dict[int, Room] = {}
        self.updates = UpdateQueue()
        self.webhook = Webhook(self.updates)
        self.files = FileStore()
        self.limiter = Limiter(limits or Limits(), timer)
        self.faults = Faults()
        self.callbacks = CallbackQueries(timer)
        self.profile = Profile()
        self.hub = Hub()
        self.observers: list[Callable[[Exchange], None]] = []
        self._now = now

    @property
    def bot_id(self) -> int:
        return int(self.bot["id"])

    def date(self) -> int:
        """The present second, as messages are dated."""
        return int(self._now())

    def add_person(
        self,
        user_id: int,
        first_name: str,
        *,
        username: str | None = None,
        language_code: str | None = None,
        role: str = "",
        role_label: str = "",
        started: bool = True,
    ) -> Person:
        """Somebody with a private chat with the bot; the bot can write there once the person has `started`."""
        self._check_new(user_id)
        user = {"id": user_id, "is_bot": False, **present(first_name=first_name, username=username)}
        person = Person(user | present(language_code=language_code), role, role_label)
        self.people[user_id] = person
        chat = {"id": user_id, "type": "private", **present(first_name=first_name, username=username)}
        self.rooms[user_id] = Room(chat, {user_id: "member", self.bot_id: "member"}, open_to_bot=started)
        return person

    def add_group(
        self,
        chat_id: int,
        title: str,
        members: Iterable[int],
        *,
        creator: int,
        kind: Literal["group", "supergroup"] = "supergroup",
        bot: Status | None = "member",
        username: str | None = None,
        is_forum: bool = False,
    ) -> Room:
        """A group with its members; `bot` is the bot's own status there, None when it never was a member."""
        self._check_new(chat_id)
        chat = {"id": chat_id, "type": kind, "title": title, **present(username=username, is_forum=is_forum or None)}
        statuses: dict[int, Status] = dict.fromkeys(members, "member")
        statuses[creator] = "creator"
        if bot is not None:
            statuses[self.bot_id] = bot
        # In a forum 1 is the General topic, so no other may begin with message 1.
        self.rooms[chat_id] = Room(chat, statuses, _next_id=2 if is_forum else 1)
        return self.rooms[chat_id]

    def user(self, user_id: int) -> Json:
        """The User with this id; raises SandboxError for a stranger."""
        if user_id == self.bot_id:
            return self.bot
        if user_id not in self.people:
            raise SandboxError(f"nobody here has the id {user_id}; add them with add_person")
        return self.people[user_id].user

    def knows(self, user_id: int) -> bool:
        return user_id == self.bot_id or user_id in self.people

    def _check_new(self, chat_id: int) -> None:
        if chat_id in self.rooms:
            raise SandboxError(f"the id {chat_id} is taken; choose another")
