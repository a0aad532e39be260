"""What can go wrong with wording; always the engineer's move."""

from __future__ import annotations


class PromptError(Exception):
    """A template that is missing in one language, or that was rendered without a value it needs."""
