"""Every method that the sandbox knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.methods import identity, receiving, sending
from bot.sandbox.parameters import Parameters
from bot.sandbox.world import World

Method = Callable[[World, Parameters], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    "getUpdates": receiving.get_updates,
    "setWebhook": receiving.set_webhook,
    "deleteWebhook": receiving.delete_webhook,
    "getWebhookInfo": receiving.get_webhook_info,
    "getMe": identity.get_me,
    "logOut": identity.log_out,
    "close": identity.log_out,
    "setMyCommands": identity.set_my_commands,
    "getMyCommands": identity.get_my_commands,
    "deleteMyCommands": identity.delete_my_commands,
    "setMyName": identity.setter("name", 64),
    "getMyName": identity.getter("name"),
    "setMyDescription": identity.setter("description", 512),
    "getMyDescription": identity.getter("description"),
    "setMyShortDescription": identity.setter("short_description", 120),
    "getMyShortDescription": identity.getter("short_description"),
    "sendMessage": sending.send_message,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "sendChatAction": sending.send_chat_action,
    "sendMessageDraft": sending.send_message_draft,
}
# Names are not case-sensitive: 'All methods in the Bot API are case-insensitive.'
_SPELLINGS = {name.lower(): name for name in METHODS}


def spelling(name: str) -> str | None:
    """The name as the documentation spells it, None for no such method."""
    return _SPELLINGS.get(name.lower())
