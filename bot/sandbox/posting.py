"""Puts messages into chats and tells the bot and the pages about them."""

from __future__ import annotations

from bot.sandbox.privacy import shows
from bot.sandbox.rooms import Room
from bot.sandbox.wire import Json
from bot.sandbox.world import World


def post(world: World, room: Room, author_id: int, content: Json, *, reply_to: int | None = None) -> Json:
    """A new message with this content (text, photo, …); returned as the Bot API shows it."""
    message = {
        "message_id": room.take_id(),
        "from": world.user(author_id),
        "chat": room.chat,
        "date": world.date(),
        **content,
    }
    room.put(message, reply_to)
    return _announce(world, room, message["message_id"], author_id, "message")


def revise(world: World, room: Room, message: Json, author_id: int) -> Json:
    """A message in its new form, dated as edited."""
    room.put({**message, "edit_date": world.date()})
    return _announce(world, room, message["message_id"], author_id, "edited_message")


def remove(world: World, room: Room, message_ids: list[int]) -> None:
    """Messages gone for everyone."""
    for message_id in message_ids:
        room.drop(message_id)
    world.hub.tell("deleted", chat_id=room.id, message_ids=message_ids)


def _announce(world: World, room: Room, message_id: int, author_id: int, kind: str) -> Json:
    shown = room.shown(message_id)
    event = "message" if kind == "message" else "edited"
    world.hub.tell(event, chat_id=room.id, message=shown)
    # A bot is never told of what it wrote itself.
    if author_id != world.bot_id and shows(world.bot, world.privacy, room, shown):
        world.updates.push(kind, shown)
    return shown
