"""Questions: /ask, /kpi, /tactics, a mention or reply in a group, anything written in a private chat."""

from __future__ import annotations

from datetime import UTC, datetime

from telegram import Update
from telegram.ext import CommandHandler, MessageHandler, filters

from bot.access import Refusal
from bot.store.answers import AnswerRow
from bot.telegram.addressing import is_stale, text_of, without_name
from bot.telegram.conversation import Conversation, Utterance
from bot.telegram.door import Door
from bot.telegram.processor import key_of
from bot.telegram.services import Services, Spoken, spoken
from bot.telegram.types import App, Context

KEPT_AS_WRITTEN = (
    "kpi",
    "tactics",
    "pace",
    "anomalies",
)  # the assistant knows these commands; /ask is only a way to address the bot


class AskHandler:
    """Puts what was said to the assistant."""

    def __init__(self, services: Services, door: Door, conversation: Conversation) -> None:
        self._services = services
        self._door = door
        self._conversation = conversation
        self._told_stale: set[int] = set()

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler(("ask", *KEPT_AS_WRITTEN), self.command))
        application.add_handler(MessageHandler(filters.COMMAND, self.unknown_command))
        application.add_handler(MessageHandler(filters.TEXT | filters.CAPTION, self.text))
        application.add_handler(MessageHandler(filters.ALL & ~filters.StatusUpdate.ALL, self.not_text))

    async def command(self, update: Update, context: Context) -> None:
        """`/ask 上周GMV` asks "上周GMV"; `/kpi 母婴` is handed over as "/kpi 母婴"."""
        said = spoken(update, self._services)
        if said is None:
            return
        text = without_name(said.message, self._services.me)
        name, rest = _command(said, text)
        if name in KEPT_AS_WRITTEN:
            await self._ask(update, said, f"/{name} {rest}".strip())
        elif rest:
            await self._ask(update, said, rest)
        else:
            await self._hint(said, "chat/how_to_ask")

    async def text(self, update: Update, context: Context) -> None:
        """A mention, a reply to the bot, or a private message."""
        said = spoken(update, self._services)
        if said is None:
            return
        text = without_name(said.message, self._services.me)
        await (self._ask(update, said, text) if text else self._hint(said, "chat/how_to_ask"))

    async def unknown_command(self, update: Update, context: Context) -> None:
        """A command that the bot does not have."""
        if (said := spoken(update, self._services)) is not None:
            await self._hint(said, "chat/unknown_command")

    async def not_text(self, update: Update, context: Context) -> None:
        """A voice message, a sticker, a file."""
        if (said := spoken(update, self._services)) is not None:
            await self._hint(said, "chat/text_only")

    async def _ask(self, update: Update, said: Spoken, text: str) -> None:
        if is_stale(said.message, datetime.now(UTC)):
            await self._say_stale(said)
            return
        continues = await self._replied_to(said)
        await self._conversation.ask(Utterance(text, said.person, said.envelope, key_of(update), continues))

    async def _replied_to(self, said: Spoken) -> AnswerRow | None:
        replied = said.message.reply_to_message
        if replied is None or replied.from_user is None or replied.from_user.id != self._services.me.id:
            return None
        return await self._services.store.answers.of_message(said.place.chat_id, replied.message_id)

    async def _say_stale(self, said: Spoken) -> None:
        """Once per chat and start: the questions of a long absence are not answered one by one."""
        decision = await self._services.access.decide(said.place, said.person)
        if said.place.chat_id in self._told_stale or isinstance(decision, Refusal):
            return
        self._told_stale.add(said.place.chat_id)
        await self._services.say(said.envelope, "chat/stale", said.person.language)

    async def _hint(self, said: Spoken, template: str) -> None:
        if await self._door.admit(said) is None:
            return
        username = self._services.me.username
        await self._services.say(said.envelope, template, said.person.language, username=username)


def _command(said: Spoken, text: str) -> tuple[str, str]:
    """Name and arguments; the name ends where Telegram's entity does, so `/kpi母婴` is read, too."""
    length = next(entity.length for entity in said.message.entities if entity.offset == 0)
    name = text_of(said.message)[1:length].partition("@")[0]
    return name.lower(), text[len(name) + 1 :].strip()
