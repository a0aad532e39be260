"""Methods about chats, their members and files."""

from __future__ import annotations

from bot.sandbox.errors import bad_request
from bot.sandbox.members import member_object, record_change
from bot.sandbox.methods.target import message_of, reachable_chat, writable_chat
from bot.sandbox.parameters import Parameters
from bot.sandbox.posting import post
from bot.sandbox.rooms import Room
from bot.sandbox.wire import Json, present
from bot.sandbox.world import World

_PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_invite_users",
)
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


def get_chat(world: World, given: Parameters) -> Json:
    """'Returns a ChatFullInfo object on success.'"""
    room = reachable_chat(world, given)
    pinned = room.plain(room.pinned[-1]) if room.pinned else None
    return {
        **room.chat,
        "accent_color_id": abs(room.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
        **present(
            permissions=None if room.is_private else dict.fromkeys(_PERMISSIONS, True),
            pinned_message=pinned,
        ),
    }


def get_chat_member(world: World, given: Parameters) -> Json:
    """'Use this method to get information about a member of a chat.'"""
    room = reachable_chat(world, given)
    user_id = given.integer("user_id")
    if not world.knows(user_id):
        raise bad_request("user not found")
    return member_object(world.user(user_id), room.members.get(user_id, "left"))


def get_chat_administrators(world: World, given: Parameters) -> list[Json]:
    """'get a list of administrators in a chat': other bots are left out, the bot itself is not."""
    room = _group(world, given, "there are no administrators in the private chat")
    admins = [user_id for user_id in room.present if room.is_admin(user_id)]
    return [member_object(world.user(user_id), room.members[user_id]) for user_id in admins]


def get_chat_member_count(world: World, given: Parameters) -> int:
    """'Use this method to get the number of members in a chat.'"""
    return len(reachable_chat(world, given).present)


def leave_chat(world: World, given: Parameters) -> bool:
    """'Use this method for your bot to leave a group, supergroup or channel.'"""
    room = _group(world, given, "chat member status can't be changed in private chats")
    record_change(world, room, world.bot_id, "left", world.bot_id)
    return True


def pin_chat_message(world: World, given: Parameters) -> bool:
    """'In private chats …, all non-service messages can be pinned'; in groups the bot must be an administrator."""
    room = _pinnable(world, given)
    message = message_of(room, given, "pin")
    message_id = message["message_id"]
    if message_id not in room.pinned:
        room.pinned.append(message_id)
        post(world, room, world.bot_id, {"pinned_message": message})
    return True


def unpin_chat_message(world: World, given: Parameters) -> bool:
    """'If not specified, the most recent pinned message (by sending date) will be unpinned.'"""
    room = _pinnable(world, given)
    if not room.pinned:
        raise bad_request("message to unpin not found")
    message_id = given.integer("message_id", max(room.pinned))
    if message_id not in room.pinned:
        raise bad_request("message to unpin not found")
    room.pinned.remove(message_id)
    return True


def unpin_all_chat_messages(world: World, given: Parameters) -> bool:
    """'Use this method to clear the list of pinned messages in a chat.'"""
    _pinnable(world, given).pinned.clear()
    return True


def get_file(world: World, given: Parameters) -> Json:
    """'For the moment, bots can download files of up to 20MB in size.'"""
    stored = world.files.get(given.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    shown = stored.wire_file()
    if "file_path" not in shown:
        raise bad_request("file is too big")
    return shown


def get_user_profile_photos(world: World, given: Parameters) -> Json:
    """'Returns a UserProfilePhotos object': nobody here has a picture."""
    if not world.knows(given.integer("user_id")):
        raise bad_request("user not found")
    return {"total_count": 0, "photos": []}


def _group(world: World, given: Parameters, otherwise: str) -> Room:
    room = reachable_chat(world, given)
    if room.is_private:
        raise bad_request(otherwise)
    return room


def _pinnable(world: World, given: Parameters) -> Room:
    room = writable_chat(world, given)
    if not room.is_private and not room.is_admin(world.bot_id):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return room
