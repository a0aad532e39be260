"""Sends texts and answers: cut to size, with their picture and buttons, and never twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from telegram import ForceReply, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.access import Place
from bot.assistant.types import Picture
from bot.store.store import Store
from bot.telegram.errors import DeliveryError, Outcome, never_reached
from bot.telegram.html import CAPTION_LIMIT, plain, split, units
from bot.telegram.limiter import Sending
from bot.telegram.types import Bot

log = logging.getLogger(__name__)

RETRY_SECONDS = (0.5, 2.0)  # between attempts that certainly did not reach Telegram
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
INTERACTIVE = Sending()
Call = Callable[[int], Awaitable[Message]]


@dataclass(frozen=True)
class Envelope:
    """Where a message goes and how."""

    place: Place
    reply_to: int | None = None
    keyboard: InlineKeyboardMarkup | ForceReply | None = None
    sending: Sending = INTERACTIVE

    @property
    def thread(self) -> int | None:
        return self.place.thread_id or None

    @property
    def reply(self) -> ReplyParameters | None:
        # The question may have been deleted meanwhile; its answer is still worth sending.
        return ReplyParameters(self.reply_to, allow_sending_without_reply=True) if self.reply_to else None


@dataclass(frozen=True)
class Paper:
    """A file on its way out."""

    name: str
    content: bytes


class Delivery:
    """The one place from which messages leave."""

    def __init__(self, bot: Bot, store: Store) -> None:
        self._bot = bot
        self._store = store

    async def text(self, envelope: Envelope, markup: str) -> tuple[int, ...]:
        """Numbers of the messages sent; the keyboard is under the last. Raises DeliveryError."""
        parts = split(markup)
        sent: list[int] = []
        for number, part in enumerate(parts):
            is_last = number == len(parts) - 1
            piece = replace(
                envelope,
                reply_to=envelope.reply_to if number == 0 else None,
                keyboard=envelope.keyboard if is_last else None,
                sending=envelope.sending if number == 0 else _continued(envelope.sending),
            )
            try:
                sent.append(await self._part(piece, part))
            except DeliveryError as error:
                raise _after(error, len(sent)) from None
        return tuple(sent)

    async def picture(self, envelope: Envelope, picture: Picture, markup: str) -> tuple[int, ...]:
        """A photo with the text under it, or before it when the text is too long. Raises DeliveryError."""
        fits = units(plain(markup)) <= CAPTION_LIMIT
        try:
            if fits:
                return (await self._photo(envelope, picture, markup),)
            first = await self._photo(replace(envelope, keyboard=None), picture, "")
        except _RejectedError as error:
            log.warning("a picture was refused, the text goes alone: %s", error.reason)
            return await self.text(envelope, markup)
        try:
            rest = replace(envelope, reply_to=None, sending=_continued(envelope.sending))
            return (first, *await self.text(rest, markup))
        except DeliveryError as error:
            raise _after(error, 1) from None

    async def document(self, envelope: Envelope, paper: Paper) -> int:
        """A file without a caption. Raises DeliveryError."""

        async def call(chat_id: int) -> Message:
            return await self._bot.send_document(
                chat_id=chat_id,
                document=InputFile(paper.content, filename=paper.name),
                message_thread_id=envelope.thread,
                reply_parameters=envelope.reply,
                reply_markup=envelope.keyboard,
                rate_limit_args=envelope.sending,
            )

        try:
            return (await self._guarded(call, envelope.place)).message_id
        except _RejectedError as error:
            raise DeliveryError("refused", error.reason) from None

    async def _part(self, envelope: Envelope, markup: str) -> int:
        try:
            return (await self._guarded(self._message(envelope, markup, ParseMode.HTML), envelope.place)).message_id
        except _RejectedError as error:
            if "can't parse entities" not in error.reason.lower():
                raise DeliveryError("refused", error.reason) from None
            log.error("the markup of a message was refused, it goes as plain text: %s", error.reason)
        return await self._unmarked(envelope, markup)

    async def _unmarked(self, envelope: Envelope, markup: str) -> int:
        try:
            return (await self._guarded(self._message(envelope, plain(markup), None), envelope.place)).message_id
        except _RejectedError as error:
            raise DeliveryError("refused", error.reason) from None

    async def _photo(self, envelope: Envelope, picture: Picture, markup: str) -> int:
        caption = markup or picture.alt[:CAPTION_LIMIT]

        async def call(chat_id: int) -> Message:
            return await self._bot.send_photo(
                chat_id=chat_id,
                photo=picture.png,
                caption=caption,
                parse_mode=ParseMode.HTML if markup else None,
                message_thread_id=envelope.thread,
                reply_parameters=envelope.reply,
                reply_markup=envelope.keyboard,
                rate_limit_args=envelope.sending,
            )

        return (await self._guarded(call, envelope.place)).message_id

    def _message(self, envelope: Envelope, text: str, parse_mode: str | None) -> Call:
        async def call(chat_id: int) -> Message:
            return await self._bot.send_message(
                chat_id=chat_id,
                text=text,
                parse_mode=parse_mode,
                message_thread_id=envelope.thread,
                reply_parameters=envelope.reply,
                reply_markup=envelope.keyboard,
                link_preview_options=NO_PREVIEW,
                rate_limit_args=envelope.sending,
            )

        return call

    async def _guarded(self, call: Call, place: Place) -> Message:
        """One message sent at most once. Raises DeliveryError, or _RejectedError for what another form may cure."""
        try:
            try:
                return await _attempts(call, place.chat_id)
            except ChatMigrated as error:
                await self._store.migrate_chat(place.chat_id, error.new_chat_id)
                return await _attempts(call, error.new_chat_id)
        except Forbidden as error:
            await self._store.mark_gone(place.chat_id)
            raise DeliveryError("refused", error.message) from None
        except BadRequest as error:
            raise _RejectedError(error.message) from None
        except RetryAfter as error:
            raise DeliveryError("not_sent", error.message) from None
        except NetworkError as error:
            outcome: Outcome = "not_sent" if never_reached(error) else "unknown"
            raise DeliveryError(outcome, type(error).__name__) from error
        except TelegramError as error:
            raise DeliveryError("refused", error.message) from None


class _RejectedError(Exception):
    """Telegram found fault with the request itself."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _continued(sending: Sending) -> Sending:
    """For what follows a first part: whether the whole has begun is settled."""
    return replace(sending, mark=None)


def _after(error: DeliveryError, sent: int) -> DeliveryError:
    """Once a part has arrived, sending all of it again would double that part."""
    return DeliveryError("unknown", f"after {sent} of several parts: {error.reason}") if sent else error


async def _attempts(call: Call, chat_id: int) -> Message:
    """Tries again only what certainly never reached Telegram: it has no way to recognise a repeated message."""
    for pause in RETRY_SECONDS:
        try:
            return await call(chat_id)
        except NetworkError as error:
            if not never_reached(error):
                raise
            log.warning("no connection to Telegram, next attempt in %.1f s", pause)
            await asyncio.sleep(pause)
    return await call(chat_id)
