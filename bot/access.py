"""Who may see what, decided per person and chat before anything is read; nobody is let in by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from bot.assistant.types import Asker, Role
from bot.services import Clock
from bot.store.answers import AuditRow
from bot.store.people import Kind, RequestRow
from bot.store.store import Store

ROLES: tuple[Role, ...] = get_args(Role)  # lowest first
GRANTABLE: tuple[Role, ...] = ("viewer", "operator", "manager")  # admin comes from the settings only
MEMBER_CEILING: Role = "operator"  # of a group member without a grant of their own
BARRED = "barred"
TELL_PAUSE = timedelta(hours=1)  # an unknown chat is told how to be let in at most this often
DECLINED_PAUSE = timedelta(hours=24)  # a declined request may be repeated after this
Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Person:
    """Who speaks."""

    id: int
    name: str
    language: Language = "zh"  # of messages that answer no question


@dataclass(frozen=True)
class Place:
    """Where it is spoken."""

    chat_id: int
    is_private: bool
    title: str
    thread_id: int = 0  # 0: no topic
    kind: str = "private"  # private, group, supergroup


@dataclass(frozen=True)
class Grant:
    """Let in: figures are shown at the asker's role, settings may be changed at the person's."""

    asker: Asker
    person_role: Role


@dataclass(frozen=True)
class Refusal:
    """Not let in, and why."""

    reason: Literal["unknown_person", "unknown_chat", "barred"]


class Access:
    """Decides from the grants of persons and chats; grants change only through here, and are logged."""

    def __init__(self, store: Store, admins: Iterable[int], clock: Clock) -> None:
        self._store = store
        self.admins = tuple(dict.fromkeys(admins))
        self._clock = clock

    def is_admin(self, user_id: int) -> bool:
        """Named in the settings; no chat can make anyone an admin."""
        return user_id in self.admins

    async def decide(self, place: Place, person: Person) -> Grant | Refusal:
        """What this person may see there: never more than the person's or the chat's own level."""
        own = await self._own_role(person.id)
        if isinstance(own, Refusal):
            return own
        if place.is_private:
            return Refusal("unknown_person") if own is None else _grant(place, person, own, own, ())
        chat = await self._store.people.chat(place.chat_id)
        level = _role(None if chat is None else chat.role)
        if chat is None or level is None:
            return Refusal("unknown_chat")
        if own is None:
            own = lower(level, MEMBER_CEILING)
        return _grant(place, person, own, level, chat.categories)

    async def chat_level(self, chat_id: int) -> Asker | None:
        """What may be shown in a chat when nobody asks, e.g. its digest; None when it is not let in."""
        if chat_id > 0:  # a private chat has the id of its person
            own = await self._own_role(chat_id)
            if own is None or isinstance(own, Refusal):
                return None
            return Asker(role=own, user_id=chat_id, chat_id=chat_id)
        chat = await self._store.people.chat(chat_id)
        level = _role(None if chat is None else chat.role)
        if chat is None or level is None:
            return None
        return Asker(role=level, chat_id=chat_id, categories=chat.categories)

    async def may_tell(self, place: Place) -> bool:
        """True at most once an hour for a chat, so that refusals never fill it."""
        await self._store.people.see_chat(place.chat_id, place.kind, place.title)
        return await self._store.people.may_tell(place.chat_id, self._clock.now(), TELL_PAUSE)

    async def request(self, place: Place, person: Person) -> RequestRow | None:
        """Asks the admins to let the person, or in a group the chat, in; None while that is already pending."""
        kind: Kind = "person" if place.is_private else "chat"
        wanted = RequestRow(
            id=0,
            kind=kind,
            subject_id=person.id if place.is_private else place.chat_id,
            chat_id=place.chat_id,
            name=person.name if place.is_private else place.title,
            asked_by=f"{person.name} ({person.id})",
            language=person.language,
            state="open",
            role=None,
            decided_by=None,
        )
        return await self._store.people.open_request(wanted, self._clock.now(), DECLINED_PAUSE)

    async def approve(self, request_id: int, role: Role, by: int) -> RequestRow | None:
        """Lets in who asked; None when `by` is no admin or someone else decided first. Raises ValueError for admin."""
        if role not in GRANTABLE:
            raise ValueError(f"a request cannot be approved as {role!r}; choose one of {', '.join(GRANTABLE)}")
        if not self.is_admin(by):
            return None
        decided = await self._store.people.decide_request(request_id, "approved", role, by, self._clock.now())
        if decided is not None:
            await self.grant(decided.kind, decided.subject_id, role, by=by, name=decided.name)
        return decided

    async def decline(self, request_id: int, by: int) -> RequestRow | None:
        """Refuses a request; None when `by` is no admin or someone else decided first."""
        if not self.is_admin(by):
            return None
        decided = await self._store.people.decide_request(request_id, "declined", None, by, self._clock.now())
        if decided is not None:
            await self._log("declined", decided.kind, decided.subject_id, None, by)
        return decided

    async def withdraw(self, request_id: int, by: int) -> RequestRow | None:
        """Takes back what an approval granted; None when `by` is no admin or nothing was granted by it."""
        if not self.is_admin(by):
            return None
        now = self._clock.now()
        decided = await self._store.people.decide_request(request_id, "declined", None, by, now, "approved")
        if decided is not None:
            await self.revoke(decided.kind, decided.subject_id, by=by)
        return decided

    async def grant(
        self,
        kind: Kind,
        subject_id: int,
        role: Role,
        by: int | None = None,
        name: str = "",
        categories: tuple[str, ...] | None = None,
    ) -> None:
        """Lets a person or chat in at `role`; `by` None is the engineer, e.g. on the command line."""
        if role not in GRANTABLE:
            raise ValueError(f"{role!r} cannot be granted; choose one of {', '.join(GRANTABLE)}")
        now = self._clock.now()
        if kind == "person":
            await self._store.people.set_person(subject_id, name, role, by, now)
        else:
            await self._store.people.set_chat(subject_id, role, by, now, categories)
        await self._log("granted", kind, subject_id, role, by)

    async def revoke(self, kind: Kind, subject_id: int, by: int | None = None) -> None:
        """Shuts out: a person everywhere, also as a member of a group; a chat until it is let in again."""
        now = self._clock.now()
        if kind == "person":
            await self._store.people.set_person(subject_id, "", BARRED, by, now)
        else:
            await self._store.people.set_chat(subject_id, None, by, now)
        await self._log("revoked", kind, subject_id, None, by)

    async def open_requests(self) -> tuple[RequestRow, ...]:
        """The oldest requests that still wait for an admin."""
        return await self._store.people.open_requests(limit=10)

    async def _own_role(self, user_id: int) -> Role | Refusal | None:
        if self.is_admin(user_id):
            return "admin"
        stored = await self._store.people.person_role(user_id)
        return Refusal("barred") if stored == BARRED else _role(stored)

    async def _log(self, kind: str, subject: Kind, subject_id: int, role: Role | None, by: int | None) -> None:
        await self._store.answers.log(
            AuditRow(
                at=self._clock.now(),
                kind=kind,
                user_id=by,
                chat_id=subject_id if subject == "chat" else None,
                role=role,
                question=f"{subject} {subject_id}",
            )
        )


def lower(first: Role, second: Role) -> Role:
    """The lower of two roles."""
    return min(first, second, key=ROLES.index)


def at_least(role: Role, wanted: Role) -> bool:
    """True when `role` is `wanted` or higher."""
    return ROLES.index(role) >= ROLES.index(wanted)


def _grant(place: Place, person: Person, own: Role, level: Role, categories: tuple[str, ...]) -> Grant:
    asker = Asker(role=lower(own, level), user_id=person.id, chat_id=place.chat_id, categories=categories)
    return Grant(asker=asker, person_role=own)


def _role(stored: str | None) -> Role | None:
    """The role of that name; what this version does not know counts as nothing granted."""
    return next((role for role in ROLES if role == stored and role != "admin"), None)
