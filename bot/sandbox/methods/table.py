"""Every method that the sandbox knows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.sandbox.methods import chats, editing, identity, interaction, media, receiving, sending
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
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "sendMediaGroup": media.send_media_group,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "sendChatAction": sending.send_chat_action,
    "sendMessageDraft": sending.send_message_draft,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "answerCallbackQuery": interaction.answer_callback_query,
    "setMessageReaction": interaction.set_message_reaction,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_chat_member,
    "getChatAdministrators": chats.get_chat_administrators,
    "getChatMemberCount": chats.get_chat_member_count,
    "leaveChat": chats.leave_chat,
    "pinChatMessage": chats.pin_chat_message,
    "unpinChatMessage": chats.unpin_chat_message,
    "unpinAllChatMessages": chats.unpin_all_chat_messages,
    "getFile": chats.get_file,
    "getUserProfilePhotos": chats.get_user_profile_photos,
}
# Names are not case-sensitive: 'All methods in the Bot API are case-insensitive.'
_SPELLINGS = {name.lower(): name for name in METHODS}


def spelling(name: str) -> str | None:
    """The name as the documentation spells it, None for no such method."""
    return _SPELLINGS.get(name.lower())
