"""What can go wrong in the sandbox.

SandboxError
├── PortUnavailableError   the engineer's move: the port cannot be listened on; says which and what to do
├── ApiError               the bot's move: a call that Telegram would refuse, with Telegram's code and words
└── ControlError           the page's move: a request of the control API that makes no sense
"""

from __future__ import annotations

from typing import Any

from bot.errors import BotError


class SandboxError(BotError):
    """Base of every error that the sandbox raises on purpose."""


class PortUnavailableError(SandboxError):
    """The address cannot be listened on."""


class ApiError(SandboxError):
    """A refused Bot API call."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters or {}  # ResponseParameters: retry_after, migrate_to_chat_id


class ControlError(SandboxError):
    """A refused request of the control API."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def bad_request(reason: str) -> ApiError:
    """400 with Telegram's usual prefix."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """403 with Telegram's usual prefix."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """429; 'In case of exceeding flood control, the number of seconds left to wait' goes into retry_after."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
