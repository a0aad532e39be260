"""Puts the framework's application together from our parts."""

from __future__ import annotations

from telegram.ext import Application, ContextTypes, ExtBot
from telegram.request import HTTPXRequest

from bot.telegram.limiter import ChatLimiter
from bot.telegram.polling import StampedRequest
from bot.telegram.processor import ChatProcessor
from bot.telegram.types import App

CONNECTIONS = 64
READ_SECONDS = 15.0  # Telegram is slow at times; a call given up too early is a message nobody knows about
MEDIA_SECONDS = 60.0


def build(token: str, api_base_url: str, polling: StampedRequest, processor: ChatProcessor) -> App:
    """An application that is not initialised yet; nothing is sent."""
    address = api_base_url.rstrip("/")
    request = HTTPXRequest(
        connection_pool_size=CONNECTIONS,
        read_timeout=READ_SECONDS,
        write_timeout=READ_SECONDS,
        connect_timeout=10.0,
        pool_timeout=10.0,
        media_write_timeout=MEDIA_SECONDS,
    )
    bot = ExtBot(
        token=token,
        base_url=f"{address}/bot",
        base_file_url=f"{address}/file/bot",
        request=request,
        get_updates_request=polling,
        rate_limiter=ChatLimiter(),
    )
    return (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(user_data=dict, chat_data=dict, bot_data=dict))
        .concurrent_updates(processor)
        .job_queue(None)
        .build()
    )
