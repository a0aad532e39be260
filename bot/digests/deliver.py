"""Delivers due digests: each once, late ones within bounds, and never again what may have arrived."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.access import Access
from bot.assistant.types import Answer, Asker
from bot.digests.plan import due_days
from bot.due import DueWorker, Mark, Receipt, Send
from bot.services import Assistant, Clock
from bot.settings import DigestSettings
from bot.store.digests import Digests, Subscription
from bot.store.due import DueRow


class Outbox(Protocol):
    """How a digest gets into its chat."""

    async def send(self, subscription: Subscription, asker: Asker, answer: Answer, mark: Mark) -> Receipt:
        """Sends it once, with `mark(True)` right before an attempt and `mark(False)` after one that certainly failed.

        Raises only what `mark` raises.
        """
        ...

    async def report_unknown(self, count: int) -> None:
        """Tells the admins that so many digests may or may not have arrived."""
        ...


class DigestWorker(DueWorker):
    """The daily digests."""

    def __init__(
        self,
        digests: Digests,
        assistant: Assistant,
        access: Access,
        outbox: Outbox,
        clock: Clock,
        settings: DigestSettings,
    ) -> None:
        super().__init__(digests, clock, settings.tick_seconds)
        self._digests = digests
        self._assistant = assistant
        self._access = access
        self._outbox = outbox
        self._late = timedelta(minutes=settings.late_minutes)

    async def _plan(self) -> None:
        now = self._clock.now()
        subscriptions = await self._digests.active()
        known = await self._digests.planned(now.date() - timedelta(days=3))
        for subscription in subscriptions:
            zone = ZoneInfo(subscription.zone)
            for day, moment in due_days(subscription.local_time, zone, subscription.since, now):
                if (subscription.id, day) not in known:
                    await self._digests.plan(subscription, day, moment)
        await self._digests.skip_late(now - self._late, now)

    async def _prepare(self, row: DueRow) -> Send | None:
        subscription = await self._digests.by_number(row.subscription_id)
        asker = None if subscription is None else await self._access.chat_level(subscription.chat_id)
        if subscription is None or subscription.state != "on" or asker is None:
            await self._finish(row, "skipped", "not let in" if asker is None else "switched off")
            return None
        answer = await self._assistant.digest(asker, self._clock.now())
        return partial(self._outbox.send, subscription, asker, answer)

    async def _report_unknown(self, count: int) -> None:
        await self._outbox.report_unknown(count)
