"""Long polling that cannot hang unnoticed: every successful getUpdates is stamped, a deadline ends the others."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from telegram.error import TimedOut
from telegram.request import HTTPXRequest, RequestData

SLACK_SECONDS = 15.0  # beyond the length of one long poll; the client's own timeout is per read, not in all


class StampedRequest(HTTPXRequest):
    """The connection that polls for updates."""

    def __init__(self, poll_seconds: int, slack_seconds: float = SLACK_SECONDS, **options: Any) -> None:
        super().__init__(connection_pool_size=2, **options)
        self._deadline_seconds = poll_seconds + slack_seconds
        self.last_success: datetime | None = None
        self._stamp = time.monotonic()  # so that the first poll gets its time, too

    @property
    def seconds_since_success(self) -> float:
        """Since the last successful poll, or since the start when there was none."""
        return time.monotonic() - self._stamp

    def restart_stamp(self) -> None:
        """Polling starts anew and gets its time."""
        self._stamp = time.monotonic()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """The answer of the server; TimedOut when it does not come in time."""
        try:
            async with asyncio.timeout(self._deadline_seconds):
                code, payload = await super().do_request(url, method, request_data, *args, **kwargs)
        except TimeoutError:
            raise TimedOut("no answer to a long poll in time") from None
        if code == 200 and url.endswith("/getUpdates"):
            self.last_success = datetime.now(UTC)
            self._stamp = time.monotonic()
        return code, payload
