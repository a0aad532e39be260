"""The same server through aiogram, a client that shares no code with the first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ChatAction, ParseMode
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Message,
    ReplyParameters,
)

from bot.sandbox import acts
from bot.sandbox.limits import Limits, Window
from bot.sandbox.server import Sandbox
from bot.sandbox.world import World
from tests.bot.sandbox.conftest import CHEN, GROUP, LIN, png


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.base_url))
    async with Bot(sandbox.token, session=session) as bot:
        yield bot


async def test_a_conversation_through_a_dispatcher(world: World, client: Bot) -> None:
    dispatcher = Dispatcher()
    done = asyncio.Event()
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="为什么", callback_data="why")]])

    @dispatcher.message()
    async def answer(message: Message) -> None:
        sent = await message.reply("<b>1.83%</b> 😀", parse_mode=ParseMode.HTML, reply_markup=keyboard)
        assert sent.reply_to_message is not None
        assert sent.reply_to_message.message_id == message.message_id
        acts.press(world, GROUP, LIN, sent.message_id, "why")

    @dispatcher.callback_query()
    async def explain(query: CallbackQuery) -> None:
        await query.answer("稍等")
        assert isinstance(query.message, Message)
        await query.message.edit_text("因为直播")
        done.set()

    acts.say(world, GROUP, LIN, "@opsbot_demo_bot 母婴转化率")
    polling = asyncio.create_task(dispatcher.start_polling(client, handle_signals=False, close_bot_session=False))
    await asyncio.wait_for(done.wait(), 10)
    await dispatcher.stop_polling()
    await polling
    assert [message["text"] for message in world.rooms[GROUP].page(None, 9)][1] == "因为直播"


async def test_media_files_and_chats(client: Bot) -> None:
    photo = await client.send_photo(GROUP, BufferedInputFile(png(40, 30), "a.png"), caption="图")
    assert photo.photo is not None
    assert (photo.photo[-1].width, photo.photo[-1].height) == (40, 30)
    file = await client.get_file(photo.photo[-1].file_id)
    downloaded = await client.download_file(file.file_path or "")
    assert downloaded is not None
    assert downloaded.read() == png(40, 30)
    pictures = [InputMediaPhoto(media=BufferedInputFile(png(n, 9), f"{n}.png"), caption="册") for n in (10, 20)]
    album = await client.send_media_group(GROUP, pictures)
    assert [m.photo[-1].width for m in album if m.photo] == [10, 20]
    assert (await client.get_chat(GROUP)).title == "运营作战群"
    assert (await client.get_chat_member(GROUP, CHEN)).status == "member"
    assert await client.send_chat_action(GROUP, ChatAction.TYPING)


async def test_refusals_are_understood(world: World, client: Bot) -> None:
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await client.send_message(GROUP, "x", reply_parameters=ReplyParameters(message_id=9))
    acts.block(world, CHEN, True)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await client.send_message(CHEN, "x")
    world.limiter.limits = Limits(private=Window(1, 30))
    await client.send_message(LIN, "x")
    with pytest.raises(TelegramRetryAfter) as caught:
        await client.send_message(LIN, "x")
    assert caught.value.retry_after == 30
