"""/digest: now, on HH:MM, off, or how it stands."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from telegram import Update
from telegram.ext import CommandHandler

from bot.access import Grant, at_least
from bot.assistant.types import Role
from bot.digests.plan import next_due, parse_time
from bot.telegram.addressing import text_of, without_name
from bot.telegram.conversation import Conversation
from bot.telegram.door import Door
from bot.telegram.processor import key_of
from bot.telegram.services import Services, Spoken, spoken
from bot.telegram.types import App, Context

DEFAULT_TIME = "09:00"
NOW, ON, OFF, STATUS = (
    ("now", "现在"),
    ("on", "开", "开启", "订阅"),
    ("off", "关", "关闭", "退订"),
    ("", "status", "状态"),
)
MAY_SWITCH: Role = "operator"  # in a group a viewer must not change what all others get


class DigestHandler:
    """The daily digest of a chat."""

    def __init__(self, services: Services, door: Door, conversation: Conversation) -> None:
        self._services = services
        self._door = door
        self._conversation = conversation

    def register(self, application: App) -> None:
        application.add_handler(CommandHandler("digest", self.digest))

    async def digest(self, update: Update, context: Context) -> None:
        """Does what the first word says; anything else gets the usage."""
        said = spoken(update, self._services)
        grant = None if said is None else await self._door.admit(said)
        if said is None or grant is None:
            return
        words = without_name(said.message, self._services.me).lower().split()[1:]
        await self._do(update, said, grant, words[0] if words else "", " ".join(words[1:]))

    async def _do(self, update: Update, said: Spoken, grant: Grant, verb: str, rest: str) -> None:
        if verb in NOW:
            key = key_of(update)
            await self._conversation.digest_now(said.envelope, grant, text_of(said.message), key)
        elif verb in ON and parse_time(rest or DEFAULT_TIME) is not None:
            await self._switch_on(said, grant, parse_time(rest or DEFAULT_TIME) or DEFAULT_TIME)
        elif verb in OFF:
            await self._switch_off(said, grant)
        elif verb in STATUS:
            await self._status(said)
        else:
            await self._say(said, "usage")

    async def _switch_on(self, said: Spoken, grant: Grant, local_time: str) -> None:
        if not self._may_switch(said, grant):
            await self._say(said, "not_allowed")
            return
        services, place = self._services, said.place
        zone = services.settings.zone
        await services.store.digests.subscribe(
            place.chat_id, place.thread_id, local_time, zone, said.person.id, services.now
        )
        coming = next_due(local_time, ZoneInfo(zone), services.now)
        await self._say(said, "on", time=local_time, zone=zone, next=coming)

    async def _switch_off(self, said: Spoken, grant: Grant) -> None:
        if not self._may_switch(said, grant):
            await self._say(said, "not_allowed")
            return
        was_on = await self._services.store.digests.unsubscribe(said.place.chat_id, said.place.thread_id)
        await self._say(said, "off", was_on=was_on)

    async def _status(self, said: Spoken) -> None:
        """Whether it is on, when it comes next, what became of the last one."""
        digests, place = self._services.store.digests, said.place
        subscription = await digests.subscription(place.chat_id, place.thread_id)
        if subscription is None or subscription.state == "off":
            await self._say(said, "status_off")
            return
        zone = ZoneInfo(subscription.zone)
        last = next(iter(await digests.last(subscription.id)), None)
        is_admin = self._services.access.is_admin(said.person.id)
        await self._say(
            said,
            "status",
            time=subscription.local_time,
            zone=subscription.zone,
            next=next_due(subscription.local_time, zone, self._services.now),
            last=last,
            late_minutes=self._services.settings.digest.late_minutes,
            unknown=await digests.count("unknown") if is_admin else 0,
        )

    def _may_switch(self, said: Spoken, grant: Grant) -> bool:
        return said.place.is_private or at_least(grant.person_role, MAY_SWITCH)

    async def _say(self, said: Spoken, template: str, **values: object) -> None:
        await self._services.say(said.envelope, f"digest_settings/{template}", said.person.language, **values)
