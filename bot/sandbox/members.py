"""Membership: how a member looks in the Bot API, and what a change of status sets off."""

from __future__ import annotations

from bot.sandbox.posting import post
from bot.sandbox.rooms import PRESENT, Room, Status
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
_MISSING_RIGHTS = {
    "can_be_edited",
    "is_anonymous",
    "can_promote_members",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
}


def member_object(user: Json, status: str) -> Json:
    """The ChatMember of this status."""
    base = {"status": status, "user": user}
    if status == "creator":
        return base | {"is_anonymous": False}
    if status == "administrator":
        return base | dict.fromkeys(_RIGHTS, True) | dict.fromkeys(_MISSING_RIGHTS, False)
    if status == "kicked":
        return base | {"until_date": 0}  # 'If 0, then the user is banned forever'
    return base


def record_change(world: World, room: Room, user_id: int, status: Status, by: int) -> None:
    """Set a status: service message for coming and going, my_chat_member or chat_member, an event for the page."""
    old: Status = room.members.get(user_id, "left")
    if old == status:
        return
    user = world.user(user_id)
    change = {
        "chat": room.chat,
        "from": world.user(by),
        "date": world.date(),
        "old_chat_member": member_object(user, old),
        "new_chat_member": member_object(user, status),
    }
    room.members[user_id] = status
    _tell_bot(world, room, user_id, change)
    _service_message(world, room, user, old, status, by)
    world.hub.tell("chat", chat=room.chat, members=room.present)


def _tell_bot(world: World, room: Room, user_id: int, change: Json) -> None:
    if user_id == world.bot_id:
        world.updates.push("my_chat_member", change)
    # 'The bot must be an administrator in the chat and must explicitly specify "chat_member"'
    elif room.is_admin(world.bot_id):
        world.updates.push("chat_member", change)


def _service_message(world: World, room: Room, user: Json, old: Status, new: Status, by: int) -> None:
    if old not in PRESENT and new in PRESENT:
        post(world, room, by, {"new_chat_members": [user]})
    elif old in PRESENT and new not in PRESENT:
        post(world, room, by, {"left_chat_member": user})
