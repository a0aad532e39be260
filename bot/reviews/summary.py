"""The few lines that a chat is shown before it opens the review."""

from __future__ import annotations

from bot.reviews.scribe import Scribe
from bot.reviews.sections.groups import movers

TOLD = ("gmv", "visitors", "conversion_rate", "refund_rate", "roi")


def summary_of(scribe: Scribe) -> tuple[str, ...]:
    """What changed most, in plain text."""
    result = scribe.facts.headline
    lead = [id for id in (scribe.facts.lead,) if id not in TOLD]
    lines = scribe.phrases(result, (*lead, *TOLD))
    lines += [line for dimension in scribe.facts.groups if (line := movers(scribe, dimension, "summary_best"))][:2]
    return tuple(lines)
