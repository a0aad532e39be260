"""The few lines that a chat is shown before it opens the review."""

from __future__ import annotations

from collections import Counter

from bot.reviews.scribe import Scribe
from bot.reviews.sections.groups import movers
from bot.reviews.sections.tactics import kind_of
from bot.reviews.sections.unusual import incident_name

MOST_NAMED = 3
TOLD = ("gmv", "visitors", "conversion_rate", "refund_rate", "roi")


def summary_of(scribe: Scribe) -> tuple[str, ...]:
    """What changed most, in plain text."""
    result = scribe.facts.headline
    lead = [id for id in (scribe.facts.lead,) if id not in TOLD]
    lines = scribe.phrases(result, (*lead, *TOLD))
    lines += [line for dimension in scribe.facts.groups if (line := movers(scribe, dimension, "summary_best"))][:1]
    facts = scribe.facts
    if facts.incidents:
        names = [incident_name(scribe, incident) for incident in facts.incidents[:MOST_NAMED]]
        lines.append(scribe.text("summary_unusual", names=names, count=scribe.printer.say(str(len(facts.incidents)))))
    if facts.entries:
        kinds = Counter(kind_of(entry) for entry in facts.entries)
        lines.append(scribe.text("summary_tactics", kinds=dict(kinds)))
    return tuple(lines)
