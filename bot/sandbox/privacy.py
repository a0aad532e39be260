"""Which messages of a group a bot in privacy mode is shown."""

from __future__ import annotations

import re

from bot.sandbox.rooms import Room
from bot.sandbox.wire import Json

_CONTENT = ("text", "caption", "photo", "document")


def shows(bot: Json, privacy: bool, room: Room, message: Json) -> bool:
    """Whether the bot receives a message that somebody else wrote.

    Follows 'What messages will my bot get?': everything in private chats, as an administrator or without privacy
    mode; otherwise service messages, commands meant for it, messages that name it, and replies to its own.
    """
    if not room.has(bot["id"]):
        return False
    if room.is_private or not privacy or room.is_admin(bot["id"]):
        return True
    if not any(field in message for field in _CONTENT):
        return True
    replied = message.get("reply_to_message", {})
    return replied.get("from", {}).get("id") == bot["id"] or _addresses(bot, room, message)


def _addresses(bot: Json, room: Room, message: Json) -> bool:
    text = message.get("text") or message.get("caption") or ""
    for entity in message.get("entities") or message.get("caption_entities") or []:
        if entity["type"] == "text_mention" and entity.get("user", {}).get("id") == bot["id"]:
            return True
        if entity["type"] == "bot_command" and _is_meant(bot, _slice(text, entity)):
            return True
    # By its characters rather than by the entity: there is none in '@some_bot上周', which people do write.
    return (
        re.search(rf"(?<![A-Za-z0-9_])@{re.escape(bot['username'])}(?![A-Za-z0-9_])", text, re.IGNORECASE) is not None
    )


def _is_meant(bot: Json, command: str) -> bool:
    """'/command@this_bot', or a general command: the bot is the only one in the sandbox."""
    _, _, name = command.partition("@")
    return not name or name.lower() == bot["username"].lower()


def _slice(text: str, entity: Json) -> str:
    """The characters of an entity, whose place is counted in UTF-16 units."""
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
