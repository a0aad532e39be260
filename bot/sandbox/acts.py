"""What people do: write, edit, press buttons, react, come and go, block the bot."""

from __future__ import annotations

from bot.sandbox.errors import ControlError
from bot.sandbox.files import Upload
from bot.sandbox.members import member_object, record_change
from bot.sandbox.posting import post, remove, revise
from bot.sandbox.rooms import Room, Status
from bot.sandbox.text.detect import with_detected
from bot.sandbox.text.formatted import FormattedText, clean, trimmed
from bot.sandbox.wire import Json, present
from bot.sandbox.world import World

TEXT_UNITS = 4096
CAPTION_UNITS = 1024


def say(
    world: World,
    chat_id: int,
    user_id: int,
    text: str,
    *,
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> Json:
    """Somebody's text message, with the entities that Telegram finds in it."""
    room = _room_of(world, chat_id, user_id)
    _check_reply(room, reply_to)
    content = _worded("text", text, TEXT_UNITS)
    return post(world, room, user_id, _topic(room, thread_id) | content, reply_to=reply_to)


def send_document(
    world: World,
    chat_id: int,
    user_id: int,
    upload: Upload,
    caption: str = "",
    *,
    reply_to: int | None = None,
    thread_id: int | None = None,
) -> Json:
    """Somebody's file."""
    room = _room_of(world, chat_id, user_id)
    _check_reply(room, reply_to)
    if not upload.content:
        raise ControlError(400, "the file is empty; choose another")
    content = _worded("caption", caption, CAPTION_UNITS) if caption.strip() else {}
    stored = world.files.add(upload, "documents")
    sent = {"document": stored.wire_document(), **content}
    return post(world, room, user_id, _topic(room, thread_id) | sent, reply_to=reply_to)


def edit_text(world: World, chat_id: int, user_id: int, message_id: int, text: str) -> Json:
    """Somebody corrects their own message."""
    room = _room_of(world, chat_id, user_id)
    message = _message(room, message_id)
    if message["from"]["id"] != user_id or "text" not in message:
        raise ControlError(400, f"message {message_id} is not a text that {user_id} wrote")
    rest = {key: value for key, value in message.items() if key not in ("text", "entities")}
    return revise(world, room, rest | _worded("text", text, TEXT_UNITS), user_id)


def delete(world: World, chat_id: int, message_id: int) -> None:
    """A message is taken back; the bot is not told, as in Telegram."""
    room = _room(world, chat_id)
    _message(room, message_id)
    remove(world, room, [message_id])


def press(world: World, chat_id: int, user_id: int, message_id: int, data: str) -> str:
    """Somebody presses an inline button; returns the id of the callback query."""
    room = _room_of(world, chat_id, user_id)
    message = _message(room, message_id)
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    if not any(button.get("callback_data") == data for row in rows for button in row):
        raise ControlError(400, f"message {message_id} has no button with the data {data!r}")
    pressed = world.callbacks.open(user_id, room.id)
    query = {
        "id": pressed.query_id,
        "from": world.user(user_id),
        "message": room.shown(message_id),
        "chat_instance": str(abs(room.id) * 1_000_003),
        "data": data,
    }
    world.updates.push("callback_query", query)
    return pressed.query_id


def react(world: World, chat_id: int, user_id: int, message_id: int, emoji: str | None) -> None:
    """Somebody sets (or with None takes back) their reaction."""
    room = _room_of(world, chat_id, user_id)
    _message(room, message_id)
    old = room.reactions.get(message_id, {}).get(user_id, [])
    new = [{"type": "emoji", "emoji": emoji}] if emoji else []
    room.reactions.setdefault(message_id, {})[user_id] = new
    world.hub.tell("reaction", chat_id=room.id, message_id=message_id, user_id=user_id, reactions=new)
    # 'The bot must be an administrator in the chat and must explicitly specify "message_reaction"'
    if room.is_private or room.is_admin(world.bot_id):
        user = {"user": world.user(user_id), "date": world.date(), "old_reaction": old, "new_reaction": new}
        world.updates.push("message_reaction", {"chat": room.chat, "message_id": message_id, **user})


def set_member(world: World, chat_id: int, user_id: int, status: Status, by: int | None = None) -> None:
    """Somebody (or the bot) joins, leaves, is removed or made an administrator."""
    room = _room(world, chat_id)
    if room.is_private:
        raise ControlError(400, "a private chat has no other members; use a group")
    if not world.knows(user_id):
        raise ControlError(404, f"nobody here has the id {user_id}")
    record_change(world, room, user_id, status, by if by is not None else user_id)


def block(world: World, user_id: int, blocked: bool) -> None:
    """Somebody blocks the bot in their private chat, or lets it in again."""
    room = _room(world, user_id)
    if not room.is_private:
        raise ControlError(400, f"{user_id} is not a person")
    if room.blocked == blocked:
        return
    old, new = ("member", "kicked") if blocked else ("kicked", "member")
    room.blocked = blocked
    change = {
        "chat": room.chat,
        "from": world.user(user_id),
        "date": world.date(),
        "old_chat_member": member_object(world.bot, old),
        "new_chat_member": member_object(world.bot, new),
    }
    world.updates.push("my_chat_member", change)
    world.hub.tell("chat", chat=room.chat, blocked=blocked)


def add_topic(world: World, chat_id: int, user_id: int, name: str) -> int:
    """Somebody opens a topic in a forum; returns its message_thread_id."""
    room = _room_of(world, chat_id, user_id)
    if not room.chat.get("is_forum"):
        raise ControlError(400, f"chat {chat_id} has no topics; add it with is_forum=True")
    created = {"name": name, "icon_color": 0x6FB9F0}
    message = post(world, room, user_id, {"forum_topic_created": created, "is_topic_message": True})
    room.topics[message["message_id"]] = name
    return int(message["message_id"])


def upgrade(world: World, chat_id: int, new_id: int) -> Room:
    """A basic group becomes a supergroup with a new id; the old one answers with migrate_to_chat_id."""
    old = _room(world, chat_id)
    if old.kind != "group" or old.migrated_to is not None:
        raise ControlError(400, f"chat {chat_id} is not a basic group")
    creator = next(user_id for user_id, status in old.members.items() if status == "creator")
    new = world.add_group(new_id, old.chat["title"], [], creator=creator, bot=None)
    new.members.update(old.members)
    post(world, old, creator, {"migrate_to_chat_id": new_id})
    old.migrated_to = new_id
    post(world, new, creator, {"migrate_from_chat_id": chat_id})
    return new


def _worded(name: str, text: str, most: int) -> Json:
    formatted = with_detected(trimmed(FormattedText(clean(text))))
    if not formatted.text:
        raise ControlError(400, f"the {name} is empty; write something")
    if formatted.units > most:
        raise ControlError(400, f"the {name} has {formatted.units} characters; at most {most} fit into one message")
    entities = "entities" if name == "text" else "caption_entities"
    return present(**{name: formatted.text, entities: formatted.wire_entities()})


def _topic(room: Room, thread_id: int | None) -> Json:
    if thread_id is None:
        return {}
    if thread_id not in room.topics:
        raise ControlError(404, f"chat {room.id} has no topic {thread_id}")
    return {"message_thread_id": thread_id, "is_topic_message": True}


def _room(world: World, chat_id: int) -> Room:
    if chat_id not in world.rooms:
        raise ControlError(404, f"there is no chat {chat_id}")
    return world.rooms[chat_id]


def _room_of(world: World, chat_id: int, user_id: int) -> Room:
    """The chat, in which this person can write; in their private chat a blocked or closed bot is let in by that."""
    room = _room(world, chat_id)
    if user_id not in world.people:
        raise ControlError(404, f"nobody here has the id {user_id}")
    if not room.has(user_id):
        raise ControlError(403, f"{user_id} is not a member of chat {chat_id}")
    if room.is_private and room.blocked:
        block(world, user_id, False)
    room.open_to_bot = True
    return room


def _check_reply(room: Room, reply_to: int | None) -> None:
    if reply_to is not None:
        _message(room, reply_to)


def _message(room: Room, message_id: int) -> Json:
    message = room.plain(message_id)
    if message is None:
        raise ControlError(404, f"chat {room.id} has no message {message_id}")
    return message
