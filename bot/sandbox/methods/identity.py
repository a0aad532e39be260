"""Methods about the bot itself: who it is, its commands and descriptions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.target import known_chat
from bot.sandbox.parameters import Parameters, as_integer
from bot.sandbox.profile import DEFAULT_SCOPE, ScopeKey
from bot.sandbox.wire import Json
from bot.sandbox.world import World

_WIDE_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
_MOST_COMMANDS = 100


def get_me(world: World, given: Parameters) -> Json:
    """'Returns basic information about the bot in form of a User object.'"""
    abilities = dict.fromkeys(
        (
            "supports_guest_queries",
            "supports_inline_queries",
            "can_connect_to_business",
            "has_main_web_app",
            "has_topics_enabled",
            "allows_users_to_create_topics",
            "can_manage_bots",
        ),
        False,
    )
    return {**world.bot, "can_join_groups": True, "can_read_all_group_messages": not world.privacy, **abilities}


def log_out(world: World, given: Parameters) -> bool:
    """'log out from the cloud Bot API server': there is no cloud here, nothing to leave."""
    return True


def set_my_commands(world: World, given: Parameters) -> bool:
    """'A JSON-serialized list of bot commands to be set. At most 100 commands can be specified.'"""
    commands = given.array("commands", "BotCommand")
    if commands is None:
        raise bad_request('parameter "commands" is required')
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_command(command) for command in commands]
    scope, language = _scope(world, given), _language(given)
    world.profile.set_commands(scope, language, checked)
    world.hub.tell("commands", commands=world.profile.shown_commands(world.language))
    return True


def get_my_commands(world: World, given: Parameters) -> list[Json]:
    """'If commands aren't set, an empty list is returned.'"""
    return world.profile.commands(_scope(world, given), _language(given))


def delete_my_commands(world: World, given: Parameters) -> bool:
    """'delete the list of the bot's commands for the given scope and user language'."""
    world.profile.set_commands(_scope(world, given), _language(given), [])
    world.hub.tell("commands", commands=world.profile.shown_commands(world.language))
    return True


def setter(what: str, most: int) -> Callable[[World, Parameters], bool]:
    """setMyName, setMyDescription and setMyShortDescription: 'New …; 0-N characters'."""

    def set_words(world: World, given: Parameters) -> bool:
        words = given.text(what)
        if len(words) > most:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        world.profile.set_words(what, _language(given), words)
        return True

    return set_words


def getter(what: str) -> Callable[[World, Parameters], Json]:
    """getMyName, getMyDescription and getMyShortDescription 'for the given user language'."""

    def get_words(world: World, given: Parameters) -> Json:
        words = world.profile.words(what, _language(given))
        return {what: words or (world.bot["first_name"] if what == "name" else "")}

    return get_words


def _command(value: Any) -> Json:
    if not isinstance(value, dict):
        raise bad_request("expected an Object of type BotCommand")
    command, description = value.get("command"), value.get("description")
    # 'Text of the command; 1-32 characters. Can contain only lowercase English letters, digits and underscores.'
    if not isinstance(command, str) or not re.fullmatch(r"/?[a-z0-9_]{1,32}", command):
        raise bad_request("BOT_COMMAND_INVALID")
    # 'Description of the command; 1-256 characters.'
    if not isinstance(description, str) or not 1 <= len(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command.removeprefix("/"), "description": description}


def _scope(world: World, given: Parameters) -> ScopeKey:
    scope = given.object("scope", "BotCommandScope")
    if scope is None:
        return DEFAULT_SCOPE
    kind = scope.get("type")
    if kind in _WIDE_SCOPES:
        return (str(kind), 0, 0)
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat = scope.get("chat_id")
    wanted = chat if isinstance(chat, str) and chat.startswith("@") else as_integer(chat, "chat_id")
    user_id = as_integer(scope.get("user_id"), "user_id") if kind == "chat_member" else 0
    return (str(kind), known_chat(world, wanted).id, user_id)


def _language(given: Parameters) -> str:
    """'A two-letter ISO 639-1 language code.'"""
    language = given.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language
