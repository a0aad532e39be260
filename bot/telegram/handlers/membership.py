"""The bot is added, removed, blocked or unblocked; a group becomes a supergroup."""

from __future__ import annotations

from telegram import ChatMember, ChatMemberUpdated, Update
from telegram.ext import ChatMemberHandler, MessageHandler, filters

from bot.access import Refusal
from bot.telegram.delivery import Envelope
from bot.telegram.door import Door
from bot.telegram.services import Services
from bot.telegram.types import App, Context

OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)


class MembershipHandler:
    """Keeps what is known of chats true."""

    def __init__(self, services: Services, door: Door) -> None:
        self._services = services
        self._door = door

    def register(self, application: App) -> None:
        application.add_handler(ChatMemberHandler(self.membership, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, self.migration))

    async def membership(self, update: Update, context: Context) -> None:
        """Out: digests pause. In: they go on, and a group that nobody approved asks to be let in."""
        changed = update.my_chat_member
        if changed is None:
            return
        if changed.new_chat_member.status in OUTSIDE:
            await self._services.store.mark_gone(changed.chat.id)
        elif changed.old_chat_member.status in OUTSIDE:
            await self._services.store.mark_back(changed.chat.id)
            await self._arrive(changed)

    async def migration(self, update: Update, context: Context) -> None:
        """Both chats report it; the second report changes nothing."""
        message = update.message
        if message is None:
            return
        if message.migrate_to_chat_id:
            await self._services.store.migrate_chat(message.chat.id, message.migrate_to_chat_id)
        elif message.migrate_from_chat_id:
            await self._services.store.migrate_chat(message.migrate_from_chat_id, message.chat.id)

    async def _arrive(self, changed: ChatMemberUpdated) -> None:
        place = self._services.place(changed.chat, None)
        if place.is_private or place.kind == "channel":
            return
        person = self._services.person(changed.from_user)
        decision = await self._services.access.decide(place, person)
        if isinstance(decision, Refusal):
            await self._door.refuse(Envelope(place), person, decision, "added to the group")
            return
        username = self._services.me.username
        await self._services.say(Envelope(place), "chat/joined", person.language, username=username)
