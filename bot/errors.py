"""What can go wrong in the assistant itself; the rooms' own errors come through unchanged.

BotError
├── SettingsError   the engineer's move: a setting that is wrong or missing; names the key and the next move
└── UsageError      the caller's move: a command line or request that makes no sense
"""

from __future__ import annotations


class BotError(Exception):
    """Base of every error that the bot room raises on purpose."""


class SettingsError(BotError):
    """A setting that is wrong; the message names the key, the value (never a secret) and what to write."""


class UsageError(BotError):
    """A request that cannot be understood as a request, e.g. an empty question."""
