"""Methods that change or remove what the bot has sent."""

from __future__ import annotations

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.markup import inline_keyboard
from bot.sandbox.methods.media import read_media
from bot.sandbox.methods.target import message_of, writable_chat
from bot.sandbox.methods.texts import message_caption, message_text
from bot.sandbox.parameters import Parameters, as_integer
from bot.sandbox.posting import remove, revise
from bot.sandbox.rooms import Room
from bot.sandbox.wire import Json, present
from bot.sandbox.world import World

_TEXT = ("text", "entities", "link_preview_options")
_CAPTION = ("caption", "caption_entities", "show_caption_above_media")
_MEDIA = ("photo", "document", "has_media_spoiler")
_DELETABLE_SECONDS = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_message_text(world: World, given: Parameters) -> Json:
    """'Use this method to edit text and game messages.'"""
    room, message = _editable(world, given)
    content = message_text(given)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _replace(world, room, message, given, _TEXT, content)


def edit_message_caption(world: World, given: Parameters) -> Json:
    """'Use this method to edit captions of messages.'"""
    room, message = _editable(world, given)
    content = message_caption(given)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    return _replace(world, room, message, given, _CAPTION, content)


def edit_message_media(world: World, given: Parameters) -> Json:
    """'… or to add media to text messages'; in an album only media of the same type."""
    room, message = _editable(world, given)
    item = given.object("media", "InputMedia")
    media = read_media(world, given, item)
    if "media_group_id" in message and media.kind not in message:
        raise bad_request("can't change the media type of an album's message")
    inline_keyboard(given)
    return _replace(world, room, message, given, _TEXT + _CAPTION + _MEDIA, media.content(world))


def edit_message_reply_markup(world: World, given: Parameters) -> Json:
    """'Use this method to edit only the reply markup of messages.'"""
    room, message = _editable(world, given)
    return _replace(world, room, message, given, (), {})


def delete_message(world: World, given: Parameters) -> bool:
    """'A message can only be deleted if it was sent less than 48 hours ago', and by the rights of the bot."""
    room = writable_chat(world, given)
    message = message_of(room, given, "delete")
    if not _is_deletable(world, room, message):
        raise bad_request("message can't be deleted for everyone")
    remove(world, room, [message["message_id"]])
    return True


def delete_messages(world: World, given: Parameters) -> bool:
    """'If some of the specified messages can't be found, they are skipped.'"""
    room = writable_chat(world, given)
    wanted = [as_integer(value, "message_ids") for value in given.array("message_ids", "Integer") or []]
    # 'A JSON-serialized list of 1-100 identifiers of messages to delete'
    if not 1 <= len(wanted) <= 100:
        raise bad_request("message identifiers are not specified or too many of them; 1-100 are accepted")
    found = [message for message_id in dict.fromkeys(wanted) if (message := room.plain(message_id)) is not None]
    if not all(_is_deletable(world, room, message) for message in found):
        raise bad_request("message can't be deleted for everyone")
    if found:
        remove(world, room, [message["message_id"] for message in found])
    return True


def _editable(world: World, given: Parameters) -> tuple[Room, Json]:
    if given.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    room = writable_chat(world, given)
    message = message_of(room, given, "edit")
    is_content = any(name in message for name in ("text", "photo", "document"))
    if message["from"]["id"] != world.bot_id or "forward_origin" in message or not is_content:
        raise bad_request("message can't be edited")
    return room, message


def _replace(
    world: World, room: Room, message: Json, given: Parameters, fields: tuple[str, ...], content: Json
) -> Json:
    """The message with these fields exchanged for `content`; a keyboard that is not given again is gone."""
    kept = {name: value for name, value in message.items() if name not in (*fields, "reply_markup")}
    changed = kept | content | present(reply_markup=inline_keyboard(given))
    if _without_date(changed) == _without_date(message):
        raise bad_request(NOT_MODIFIED)
    # Edits share the limits of messages: a bot that streams by editing meets them as well.
    world.limiter.spend(room.id)
    return revise(world, room, changed, world.bot_id)


def _without_date(message: Json) -> Json:
    return {name: value for name, value in message.items() if name != "edit_date"}


def _is_deletable(world: World, room: Room, message: Json) -> bool:
    """'Bots can delete outgoing messages …, incoming messages in private chats'; as administrators any message."""
    if world.date() - message["date"] > _DELETABLE_SECONDS:
        return False
    return message["from"]["id"] == world.bot_id or room.is_private or room.is_admin(world.bot_id)
