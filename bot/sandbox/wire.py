"""The Bot API's objects as they travel: plain JSON, where an optional field is absent and never null.

The sandbox keeps messages, users and chats in exactly the form in which they are sent, so that what a client
reads can never differ from what the world holds.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def present(**fields: Any) -> Json:
    """The fields that have a value; 'Optional' in the Bot API means that the field may be left out."""
    return {name: value for name, value in fields.items() if value is not None}
