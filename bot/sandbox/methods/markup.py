"""Checks a reply markup; only inline keyboards stay with a message."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.parameters import Parameters
from bot.sandbox.wire import Json

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")
_MOST_BUTTONS = 100


def inline_keyboard(given: Parameters) -> Json | None:
    """The InlineKeyboardMarkup to keep, None for none, an empty one or another kind of markup."""
    markup = given.object("reply_markup", "reply markup")
    if not markup:
        return None
    if "inline_keyboard" not in markup:
        if any(name in markup for name in _OTHER_MARKUPS):
            return None
        raise bad_request("object expected as reply markup")
    rows = [row for row in _rows(markup["inline_keyboard"]) if row]
    if sum(len(row) for row in rows) > _MOST_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": rows} if rows else None


def _rows(keyboard: Any) -> list[list[Json]]:
    if not isinstance(keyboard, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in keyboard):
        raise bad_request("can't parse inline keyboard button: expected an Array of Array of InlineKeyboardButton")
    return [[_button(button) for button in row] for row in keyboard]


def _button(button: Any) -> Json:
    """'Exactly one of the fields other than text, icon_custom_emoji_id, and style must be used'."""
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse inline keyboard button: field "text" must be a non-empty String')
    actions = [name for name in _ACTIONS if button.get(name) is not None]
    if len(actions) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {"text": text, actions[0]: _action(actions[0], button[actions[0]])}


def _action(action: str, value: Any) -> Any:
    """The value of a button's action as it is kept."""
    if action == "callback_data":
        # 'Data to be sent in a callback query to the bot when the button is pressed, 1-64 bytes'
        if not isinstance(value, str) or not 1 <= len(value.encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url":
        # 'HTTP or tg:// URL to be opened when the button is pressed'
        if not isinstance(value, str) or not value.lower().startswith(("http://", "https://", "tg://")):
            raise bad_request("BUTTON_URL_INVALID")
    elif action == "copy_text":
        # 'The text to be copied to the clipboard; 1-256 characters'
        text = value.get("text") if isinstance(value, dict) else None
        if not isinstance(text, str) or not 1 <= len(text) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return {"text": text}
    else:
        raise bad_request("BUTTON_TYPE_INVALID")
    return value
