"""Whether a message speaks to the bot, where and by whom it was said, and its text without the bot's name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from telegram import Chat, Message, MessageEntity, Update, User

from bot.access import Person, Place
from bot.telegram.reactions import is_thumb

GENERAL_TOPIC = 1  # sending to it means leaving message_thread_id out
# Members who write as the group or as a channel come as these two; other bots are never answered, or
# two bots would talk to each other for ever.
SPEAKS_FOR_OTHERS = (1087968824, 136817688)
OLDEST_GROUP_MESSAGE_SECONDS = 600  # a group has moved on; ten late answers at once would be noise
NAMED = (MessageEntity.MENTION, MessageEntity.TEXT_MENTION)


@dataclass(frozen=True)
class Self:
    """The bot as others name it."""

    id: int
    username: str


def place_of(chat: Chat, message: Message | None = None) -> Place:
    """Chat and topic."""
    thread = message.message_thread_id if message is not None and message.is_topic_message else None
    return Place(
        chat_id=chat.id,
        is_private=chat.type == Chat.PRIVATE,
        title=chat.title or chat.full_name or "",
        thread_id=0 if thread in (None, GENERAL_TOPIC) else int(thread or 0),
        kind=chat.type,
    )


def person_of(user: User, default: Literal["zh", "en"]) -> Person:
    """Who, and the language of what answers no question."""
    chinese = (user.language_code or "").lower().startswith("zh")
    return Person(id=user.id, name=user.full_name, language="zh" if chinese else default)


def text_of(message: Message) -> str:
    """What was written, also under a picture."""
    return message.text or message.caption or ""


def is_addressed(update: Update, me: Self) -> bool:
    """True for what the bot is meant to hear; everything else is neither answered nor kept."""
    if update.callback_query is not None or update.my_chat_member is not None:
        return True
    if update.message_reaction is not None:
        return update.message_reaction.user is not None and is_thumb(update.message_reaction)
    message = update.message
    if message is None or message.from_user is None:
        return False
    if message.migrate_to_chat_id or message.migrate_from_chat_id:
        return True
    if message.from_user.is_bot and message.from_user.id not in SPEAKS_FOR_OTHERS:
        return False
    if message.chat.type == Chat.PRIVATE:
        return _has_content(message)
    return _is_command_to(message, me) or _mentions(message, me) or _continues(message, me)


def without_name(message: Message, me: Self) -> str:
    """The text with every mention of the bot taken out."""
    text = text_of(message)
    encoded = text.encode("utf-16-le")  # offsets of entities count UTF-16 units
    for entity in sorted(_entities(message), key=lambda entity: -entity.offset):
        if _names_me(entity, text, me):
            encoded = encoded[: 2 * entity.offset] + encoded[2 * (entity.offset + entity.length) :]
    text = encoded.decode("utf-16-le", errors="ignore")
    text = re.sub(rf"@{re.escape(me.username)}\b", "", text, flags=re.IGNORECASE)
    return re.sub(r"[ \t]{2,}", " ", text).strip(" \t\n,，:：")


def is_stale(message: Message, now: datetime) -> bool:
    """A group message from a time when the bot was away."""
    age = (now.astimezone(UTC) - message.date.astimezone(UTC)).total_seconds()
    return message.chat.type != Chat.PRIVATE and age > OLDEST_GROUP_MESSAGE_SECONDS


def _has_content(message: Message) -> bool:
    """Something a person sent, not a note of the service such as a pinned message."""
    return bool(text_of(message) or message.effective_attachment)


def _entities(message: Message) -> tuple[MessageEntity, ...]:
    return tuple(message.entities or message.caption_entities or ())


def _slice(text: str, entity: MessageEntity) -> str:
    encoded = text.encode("utf-16-le")
    return encoded[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le", errors="ignore")


def _names_me(entity: MessageEntity, text: str, me: Self) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == me.id
    return entity.type == MessageEntity.MENTION and _slice(text, entity).lower() == f"@{me.username.lower()}"


def _mentions(message: Message, me: Self) -> bool:
    return any(_names_me(entity, text_of(message), me) for entity in _entities(message))


def _is_command_to(message: Message, me: Self) -> bool:
    """`/kpi` or `/kpi@me`, not `/kpi@other`."""
    first = next((entity for entity in _entities(message) if entity.offset == 0), None)
    if first is None or first.type != MessageEntity.BOT_COMMAND:
        return False
    name, _, whom = _slice(text_of(message), first).partition("@")
    return whom.lower() == me.username.lower() if whom else name[1:].lower() in COMMANDS


def _continues(message: Message, me: Self) -> bool:
    """A reply to the bot, unless it turns to somebody else by name."""
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.from_user.id != me.id:
        return False
    if replied.forum_topic_created is not None:  # every message of a topic "replies" to its creation
        return False
    has_content = bool(text_of(message) or message.document)
    return has_content and not any(entity.type in NAMED for entity in _entities(message))


COMMANDS = (
    "start",
    "help",
    "ask",
    "kpi",
    "tactics",
    "ledger",
    "digest",
    "review",
    "docs",
    "drafts",
    "feedback",
    "pin",
    "pins",
    "pace",
    "anomalies",
    "watch",
)
