"""Who may see what: the whole matrix, and how grants come and go."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.access import Access, Grant, Person, Place, Refusal
from bot.assistant.types import Role
from bot.store.store import Store
from tests.bot.fakes import SetClock

ADMIN, SOMEONE = 9, 5
PRIVATE = Place(SOMEONE, True, "某人")
GROUP = Place(-1, False, "群", kind="group")


@pytest.fixture
async def access(tmp_path: Path) -> AsyncIterator[Access]:
    store = await Store.open(tmp_path / "state.sqlite")
    yield Access(store, (ADMIN,), SetClock())
    await store.close()


# rows: the person's own grant; columns: the level shown in private, in a viewer, operator and manager group
MATRIX: dict[Role | None, tuple[Role | None, Role, Role, Role]] = {
    None: (None, "viewer", "operator", "operator"),
    "viewer": ("viewer", "viewer", "viewer", "viewer"),
    "operator": ("operator", "viewer", "operator", "operator"),
    "manager": ("manager", "viewer", "operator", "manager"),
    "admin": ("admin", "viewer", "operator", "manager"),
}


@pytest.mark.parametrize("own", list(MATRIX))
async def test_the_level_is_the_lower_of_person_and_chat(access: Access, own: Role | None) -> None:
    person = Person(ADMIN if own == "admin" else SOMEONE, "某人")
    if own not in (None, "admin"):
        await access.grant("person", SOMEONE, own)
    shown: list[Role | None] = []
    places: tuple[tuple[Place, Role | None], ...] = (
        (Place(person.id, True, ""), None),
        (GROUP, "viewer"),
        (GROUP, "operator"),
        (GROUP, "manager"),
    )
    for place, level in places:
        if level is not None:
            await access.grant("chat", GROUP.chat_id, level)
        decision = await access.decide(place, person)
        shown.append(decision.asker.role if isinstance(decision, Grant) else None)
    assert tuple(shown) == MATRIX[own]


async def test_nobody_is_let_in_by_default_not_even_an_admin_into_an_unknown_group(access: Access) -> None:
    assert await access.decide(PRIVATE, Person(SOMEONE, "某人")) == Refusal("unknown_person")
    assert await access.decide(GROUP, Person(SOMEONE, "某人")) == Refusal("unknown_chat")
    assert await access.decide(GROUP, Person(ADMIN, "管理员")) == Refusal("unknown_chat")
    assert await access.chat_level(GROUP.chat_id) is None
    assert await access.chat_level(SOMEONE) is None


async def test_a_private_grant_opens_no_group_and_a_group_no_private_chat(access: Access) -> None:
    await access.grant("person", SOMEONE, "manager")
    assert isinstance(await access.decide(GROUP, Person(SOMEONE, "某人")), Refusal)
    await access.grant("chat", GROUP.chat_id, "manager")
    assert isinstance(await access.decide(Place(6, True, ""), Person(6, "他人")), Refusal)


async def test_a_group_may_be_limited_to_categories(access: Access) -> None:
    await access.grant("chat", GROUP.chat_id, "operator", categories=("母婴", "美妆"))
    decision = await access.decide(GROUP, Person(SOMEONE, "某人"))
    assert isinstance(decision, Grant)
    assert decision.asker.categories == ("母婴", "美妆")
    await access.grant("chat", GROUP.chat_id, "manager")  # a new level leaves the limit as it is
    level = await access.chat_level(GROUP.chat_id)
    assert level is not None
    assert (level.role, level.categories) == ("manager", ("母婴", "美妆"))


async def test_who_is_revoked_is_let_in_nowhere(access: Access) -> None:
    await access.grant("person", SOMEONE, "manager")
    await access.grant("chat", GROUP.chat_id, "manager")
    await access.revoke("person", SOMEONE)
    for place in (PRIVATE, GROUP):
        assert await access.decide(place, Person(SOMEONE, "某人")) == Refusal("barred")
    await access.revoke("chat", GROUP.chat_id)
    assert isinstance(await access.decide(GROUP, Person(6, "他人")), Refusal)


async def test_nobody_can_be_made_an_admin_by_a_grant_or_a_stored_row(access: Access) -> None:
    with pytest.raises(ValueError, match="cannot be granted"):
        await access.grant("person", SOMEONE, "admin")
    await access._store.people.set_person(SOMEONE, "某人", "admin", None, SetClock().now())
    assert isinstance(await access.decide(PRIVATE, Person(SOMEONE, "某人")), Refusal)


async def test_only_admins_decide_requests_and_only_once(access: Access) -> None:
    request = await access.request(PRIVATE, Person(SOMEONE, "某人"))
    assert request is not None
    assert await access.request(PRIVATE, Person(SOMEONE, "某人")) is None
    assert await access.approve(request.id, "manager", by=SOMEONE) is None
    assert await access.decline(request.id, by=SOMEONE) is None
    with pytest.raises(ValueError, match="cannot be approved"):
        await access.approve(request.id, "admin", by=ADMIN)
    assert (await access.approve(request.id, "viewer", by=ADMIN)) is not None
    assert await access.decline(request.id, by=ADMIN) is None
    decision = await access.decide(PRIVATE, Person(SOMEONE, "某人"))
    assert isinstance(decision, Grant)
    assert decision.asker.role == "viewer"


async def test_a_declined_request_may_be_repeated_after_a_day(access: Access) -> None:
    request = await access.request(PRIVATE, Person(SOMEONE, "某人"))
    assert request is not None
    await access.decline(request.id, by=ADMIN)
    assert await access.request(PRIVATE, Person(SOMEONE, "某人")) is None
    assert isinstance(access._clock, SetClock)
    access._clock.advance(hours=25)
    assert await access.request(PRIVATE, Person(SOMEONE, "某人")) is not None


async def test_every_change_of_access_is_in_the_audit_log(access: Access) -> None:
    request = await access.request(PRIVATE, Person(SOMEONE, "某人"))
    assert request is not None
    await access.approve(request.id, "operator", by=ADMIN)
    await access.withdraw(request.id, by=ADMIN)
    kinds = [(entry.kind, entry.user_id, entry.question) for entry in await access._store.answers.audit_log()]
    assert kinds == [("revoked", ADMIN, "person 5"), ("granted", ADMIN, "person 5")]
