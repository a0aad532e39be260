"""/start and /help: what the bot can do, and for an admin who waits to be let in."""

from __future__ import annotations

from telegram import Update
from telegram.ext import CommandHandler

from bot.telegram.door import Door
from bot.telegram.services import Services, Spoken, spoken
from bot.telegram.types import App, Context


class StartHandler:
    """Greets."""

    def __init__(self, services: Services, door: Door) -> None:
        self._services = services
        self._door = door

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("start", self.start))
        application.add_handler(CommandHandler("help", self.help))

    async def start(self, update: Update, context: Context) -> None:
        """A short greeting; an admin also sees the requests that still wait."""
        said = spoken(update, self._services)
        if said is None or not await self._greet(said, "chat/start"):
            return
        if said.place.is_private and self._services.access.is_admin(said.person.id):
            for request in await self._services.access.open_requests():
                await self._door.show_request(said.person.id, request, said.person.language)

    async def help(self, update: Update, context: Context) -> None:
        """What can be asked, by example."""
        said = spoken(update, self._services)
        if said is not None:
            await self._greet(said, "chat/help")

    async def _greet(self, said: Spoken, template: str) -> bool:
        grant = await self._door.admit(said)
        if grant is None:
            return False
        await self._services.say(
            said.envelope,
            template,
            said.person.language,
            username=self._services.me.username,
            is_private=said.place.is_private,
            role=grant.asker.role,
        )
        return True
