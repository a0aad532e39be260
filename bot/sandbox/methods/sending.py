"""Methods that put new messages into a chat."""

from __future__ import annotations

from collections.abc import Callable

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.markup import inline_keyboard
from bot.sandbox.methods.target import message_of, reachable_chat, reply_target, topic_fields, writable_chat
from bot.sandbox.methods.texts import message_caption, message_text
from bot.sandbox.parameters import Parameters
from bot.sandbox.posting import post
from bot.sandbox.rooms import Room
from bot.sandbox.text.parsing import formatted_text
from bot.sandbox.wire import Json, present
from bot.sandbox.world import World

# 'Type of action to broadcast. Choose one, depending on what the user is about to receive'
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_CONTENT = ("text", "entities", "link_preview_options", "photo", "document", "caption", "caption_entities")


def send_message(world: World, given: Parameters) -> Json:
    """'Use this method to send text messages. On success, the sent Message is returned.'"""
    room = writable_chat(world, given)
    content = message_text(given)
    return send(world, room, given, lambda: content)


def send(world: World, room: Room, given: Parameters, content: Callable[[], Json]) -> Json:
    """Post content with what every sending method shares: topic, reply, keyboard, protection, limits.

    `content` is made last, so that a refused call stores no file.
    """
    fields = topic_fields(room, given) | shared_fields(given)
    markup = inline_keyboard(given)
    reply_to = reply_target(room, given)
    world.limiter.spend(room.id)
    return post(world, room, world.bot_id, fields | content() | present(reply_markup=markup), reply_to=reply_to)


def shared_fields(given: Parameters) -> Json:
    """'Protects the contents of the sent message from forwarding and saving'."""
    return present(has_protected_content=given.flag("protect_content") or None)


def copy_message(world: World, given: Parameters) -> Json:
    """'The copied message doesn't have a link to the original message. Returns the MessageId.'"""
    room, original = _original(world, given, "copy")
    content = {name: original[name] for name in _CONTENT if name in original}
    # 'If not specified, the original caption is kept'
    if given.has("caption") and "text" not in content:
        content = {k: v for k, v in content.items() if not k.startswith("caption")} | message_caption(given)
    return {"message_id": send(world, room, given, lambda: content)["message_id"]}


def forward_message(world: World, given: Parameters) -> Json:
    """'Use this method to forward messages of any kind. Service messages … can't be forwarded.'"""
    room, original = _original(world, given, "forward")
    origin = {"type": "user", "date": original["date"], "sender_user": original["from"]}
    content = {name: original[name] for name in _CONTENT if name in original}
    return send(world, room, given, lambda: {"forward_origin": origin, **content})


def _original(world: World, given: Parameters, purpose: str) -> tuple[Room, Json]:
    room = writable_chat(world, given)
    original = message_of(reachable_chat(world, given, "from_chat_id"), given, purpose)
    if not any(name in original for name in _CONTENT) or original.get("has_protected_content"):
        verb = "copied" if purpose == "copy" else "forwarded"
        raise bad_request(f"message can't be {verb}")
    return room, original


def send_chat_action(world: World, given: Parameters) -> bool:
    """'The status is set for 5 seconds or less'."""
    room = writable_chat(world, given)
    action = given.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    topic_fields(room, given)
    world.hub.tell("chat_action", chat_id=room.id, user_id=world.bot_id, action=action)
    return True


def send_message_draft(world: World, given: Parameters) -> bool:
    """'Use this method to stream a partial message to a user while the message is being generated.'"""
    room = writable_chat(world, given)
    # 'Unique identifier for the target private chat'
    if not room.is_private:
        raise bad_request("the method is available only in private chats")
    draft_id = given.integer("draft_id")
    # 'Unique identifier of the message draft; must be non-zero'
    if draft_id == 0:
        raise bad_request("draft_id must be non-zero")
    text = formatted_text(given, "text", "entities")
    if text.units > 4096:
        raise bad_request("message is too long")
    entities = text.wire_entities() or []
    world.hub.tell("draft", chat_id=room.id, draft_id=draft_id, text=text.text, entities=entities)
    return True
