"""Which chat and message a call is about, and whether the bot may reach them."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.parameters import Parameters, as_integer
from bot.sandbox.rooms import Room
from bot.sandbox.wire import Json
from bot.sandbox.world import World


def reachable_chat(world: World, given: Parameters, name: str = "chat_id") -> Room:
    """The chat, with the bot in it or its private chat; raises ApiError in Telegram's words."""
    room = known_chat(world, given.chat(name))
    status = room.members.get(world.bot_id, "left")
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {room.kind} chat")
    if status == "left":
        raise forbidden(f"bot is not a member of the {room.kind} chat")
    return room


def writable_chat(world: World, given: Parameters) -> Room:
    """The chat, where the bot can write now."""
    room = reachable_chat(world, given)
    if room.blocked:
        raise forbidden("bot was blocked by the user")
    return room


def known_chat(world: World, chat: int | str) -> Room:
    """A chat that the bot has ever seen: 'chat not found' also for people who never wrote to it."""
    room = _by_name(world, chat) if isinstance(chat, str) else world.rooms.get(chat)
    if room is None or not room.open_to_bot or world.bot_id not in room.members:
        raise bad_request("chat not found")
    if room.migrated_to is not None:
        # 'The group has been migrated to a supergroup with the specified identifier'
        moved = {"migrate_to_chat_id": room.migrated_to}
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", moved)
    return room


def _by_name(world: World, name: str) -> Room | None:
    """'username of the target supergroup or channel': people cannot be addressed by their names."""
    wanted = name.removeprefix("@").lower()
    groups = (room for room in world.rooms.values() if not room.is_private)
    return next((room for room in groups if room.chat.get("username", "").lower() == wanted), None)


def message_of(room: Room, given: Parameters, purpose: str, name: str = "message_id") -> Json:
    """The message of a call; `purpose` completes 'message to … not found'."""
    if not given.has(name):
        raise bad_request("message identifier is not specified")
    message = room.plain(given.integer(name))
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message


def reply_target(room: Room, given: Parameters) -> int | None:
    """The id of the message to reply to, by reply_parameters or the older reply_to_message_id."""
    parameters = given.object("reply_parameters", "reply parameters")
    if parameters is None:
        wanted = given.integer("reply_to_message_id")
        lenient = given.flag("allow_sending_without_reply")
    else:
        wanted = as_integer(parameters.get("message_id", 0), "message_id")
        # 'Pass True if the message should be sent even if the specified message to be replied to is not found'
        lenient = parameters.get("allow_sending_without_reply") is True
        if str(parameters.get("chat_id", room.id)) != str(room.id):
            raise bad_request("replies to another chat are not part of the sandbox; leave chat_id out")
    if not wanted:
        return None
    if room.plain(wanted) is None:
        if lenient:
            return None
        raise bad_request("message to be replied not found")
    return wanted


def topic_fields(room: Room, given: Parameters) -> Json:
    """'Unique identifier for the target message thread (topic) of a forum; for forum supergroups only'."""
    thread_id = given.integer("message_thread_id")
    if not thread_id:
        return {}
    if thread_id not in room.topics:
        raise bad_request("message thread not found")
    return {"message_thread_id": thread_id, "is_topic_message": True}
