"""Delivers updates to the bot's own server: in order, with the secret, repeated a bounded number of times."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.sandbox.updates import WEBHOOK_SET, UpdateQueue
from bot.sandbox.wire import Json, present

if TYPE_CHECKING:
    import httpx

_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header, not a secret


@dataclass(frozen=True, slots=True)
class Target:
    """Where updates go."""

    url: str
    secret: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class Patience:
    """'In case of an unsuccessful request, we will repeat the request and give up after a reasonable amount of
    attempts': the wait doubles from `first_seconds` up to `longest_seconds`."""

    attempts: int = 10
    first_seconds: float = 0.25
    longest_seconds: float = 10.0
    timeout_seconds: float = 30.0


class Webhook:
    """The webhook of the bot; no target means that the bot polls."""

    def __init__(self, updates: UpdateQueue, patience: Patience | None = None) -> None:
        self._updates = updates
        self.patience = patience or Patience()
        self.target: Target | None = None
        self._task: asyncio.Task[None] | None = None
        self._last_error: tuple[int, str] | None = None

    async def point_at(self, target: Target) -> None:
        """Start delivering to `target`; a waiting getUpdates is refused."""
        await self.pause()
        self._updates.interrupt(WEBHOOK_SET)
        self.target = target
        self._last_error = None
        self.resume()

    async def remove(self) -> None:
        await self.pause()
        self.target = None
        self._last_error = None

    def resume(self) -> None:
        """Deliver again after a pause; nothing without a target."""
        if self.target is not None and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(self.target))

    async def pause(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def wire(self) -> Json:
        """The WebhookInfo object: 'URL may be empty if webhook is not set up'."""
        date, message = self._last_error or (None, None)
        return present(
            url=self.target.url if self.target else "",
            has_custom_certificate=False,
            pending_update_count=len(self._updates),
            last_error_date=date,
            last_error_message=message,
            max_connections=self.target.max_connections if self.target else None,
            allowed_updates=list(self._updates.allowed) or None,
        )

    async def _run(self, target: Target) -> None:
        import httpx  # only a world with a webhook needs a client

        async with httpx.AsyncClient(timeout=self.patience.timeout_seconds, trust_env=False) as client:
            while True:
                for update in await self._updates.poll(1, 60.0):
                    await self._deliver(client, target, update)
                    self._updates.confirm(update["update_id"] + 1)

    async def _deliver(self, client: httpx.AsyncClient, target: Target, update: Json) -> None:
        wait = self.patience.first_seconds
        for attempt in range(self.patience.attempts):
            if attempt:
                await asyncio.sleep(wait)
                wait = min(2 * wait, self.patience.longest_seconds)
            problem = await self._post(client, target, update)
            if problem is None:
                return
            self._last_error = (int(time.time()), problem)

    async def _post(self, client: httpx.AsyncClient, target: Target, update: Json) -> str | None:
        """None when the other side took it ('a response HTTP status code 2XY'), else what went wrong."""
        import httpx

        headers = {_SECRET_HEADER: target.secret} if target.secret else {}
        try:
            response = await client.post(target.url, json=update, headers=headers)
        except httpx.HTTPError as error:
            return "Connection refused" if isinstance(error, httpx.ConnectError) else "Read timeout expired"
        if response.is_success:
            return None
        return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
