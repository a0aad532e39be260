"""Thumbs among the reactions of a person; every other sign is none of the bot's business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from telegram import MessageReactionUpdated, ReactionType, ReactionTypeEmoji

Thumb = Literal["up", "down"]
THUMBS: dict[str, Thumb] = {"👍": "up", "👎": "down"}


def is_thumb(reaction: MessageReactionUpdated) -> bool:
    """Whether a thumb came, went or turned."""
    return verdict_of(reaction.old_reaction) != verdict_of(reaction.new_reaction)


def verdict_of(given: Sequence[ReactionType]) -> Thumb | None:
    """The thumb among the reactions of one person; the last where there are several."""
    emoji = [one.emoji for one in given if isinstance(one, ReactionTypeEmoji)]
    return next((THUMBS[sign] for sign in reversed(emoji) if sign in THUMBS), None)
