"""Changes a message of the bot in place; a message that cannot be changed any more is no failure."""

from __future__ import annotations

import logging

from telegram import CallbackQuery, InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.telegram.delivery import NO_PREVIEW
from bot.telegram.types import Bot

log = logging.getLogger(__name__)


async def edit(query: CallbackQuery, markup: str, keyboard: InlineKeyboardMarkup | None = None) -> bool:
    """The pressed message with another text; False when it is gone or too old."""
    try:
        await query.edit_message_text(
            markup, parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=NO_PREVIEW
        )
    except TelegramError as error:
        log.info("a message could not be changed: %s", error.message)
        return "not modified" in error.message.lower()
    return True


def keyboard_of(query: CallbackQuery) -> InlineKeyboardMarkup | None:
    """The buttons under the pressed message; None for a message that Telegram no longer shows us."""
    return query.message.reply_markup if isinstance(query.message, Message) else None


async def edit_keyboard(query: CallbackQuery, keyboard: InlineKeyboardMarkup) -> None:
    """The pressed message with other buttons."""
    try:
        await query.edit_message_reply_markup(keyboard)
    except TelegramError as error:
        log.info("the buttons of a message could not be changed: %s", error.message)


async def edit_own(
    bot: Bot, chat_id: int, message_id: int, markup: str, keyboard: InlineKeyboardMarkup | None = None
) -> bool:
    """A message that the bot sent earlier, with another text; False when it is gone or cannot be changed."""
    try:
        await bot.edit_message_text(
            markup,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            reply_markup=keyboard,
            link_preview_options=NO_PREVIEW,
        )
    except TelegramError as error:
        log.info("a message could not be changed: %s", error.message)
        return "not modified" in error.message.lower()
    return True
