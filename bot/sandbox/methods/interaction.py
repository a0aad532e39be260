"""Methods that answer to presses and react to messages."""

from __future__ import annotations

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.target import message_of, writable_chat
from bot.sandbox.parameters import Parameters
from bot.sandbox.wire import Json
from bot.sandbox.world import World

# ReactionTypeEmoji: 'Reaction emoji. Currently, it can be one of …'
# fmt: off
REACTIONS = frozenset((
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮",
    "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤‍🔥", "🌚", "🌭", "💯", "🤣", "⚡",
    "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻", "👨‍💻",
    "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅", "🤪", "🗿",
    "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷‍♂", "🤷", "🤷‍♀", "😡",
))
# fmt: on


def answer_callback_query(world: World, given: Parameters) -> bool:
    """'The answer will be displayed to the user as a notification at the top of the chat screen or as an alert.'"""
    text = given.text("text")
    # 'Text of the notification. If not specified, nothing will be shown to the user, 0-200 characters'
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = given.text("callback_query_id")
    press = world.callbacks.answer(query_id)
    world.hub.tell(
        "callback_answer",
        callback_query_id=query_id,
        user_id=press.user_id,
        chat_id=press.chat_id,
        text=text,
        show_alert=given.flag("show_alert"),
        url=given.text("url"),
    )
    return True


def set_message_reaction(world: World, given: Parameters) -> bool:
    """'As non-premium users, bots can set up to one reaction per message.'"""
    room = writable_chat(world, given)
    message = message_of(room, given, "react")
    wanted = given.array("reaction", "ReactionType") or []
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    reactions = [_reaction(value) for value in wanted]
    message_id = message["message_id"]
    room.reactions.setdefault(message_id, {})[world.bot_id] = reactions
    world.hub.tell("reaction", chat_id=room.id, message_id=message_id, user_id=world.bot_id, reactions=reactions)
    return True


def _reaction(value: object) -> Json:
    """'Paid reactions can't be used by bots'; custom ones only where a chat allows them."""
    emoji = value.get("emoji") if isinstance(value, dict) and value.get("type") == "emoji" else None
    if not isinstance(emoji, str) or emoji.replace("\ufe0f", "") not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return {"type": "emoji", "emoji": emoji}
