"""Plans that ask the documents: what to search for, and what a quote must hold to be an answer."""

from __future__ import annotations

from bot.assistant.lexicon import Term
from bot.assistant.reading import Reading
from bot.assistant.types import Plan
from metrics.model import SemanticModel

ADVICE_CUES = ("remedy", "howto", "why")


def for_documents(reading: Reading, model: SemanticModel, otherwise: Plan | None = None) -> Plan:
    """The plan of a question for the documents; `otherwise` is what to do when they do not hold it."""
    return Plan(
        "knowledge",
        reading.language,
        reading.raw,
        search=_in_chinese(reading, model) if reading.language == "en" else reading.raw,
        metrics=reading.metrics,
        category=reading.values.get("category", ()),
        wants_figure=bool(reading.metrics) and not reading.has(*ADVICE_CUES),
        wants_amount=bool(reading.metrics) and not _about_change(reading),
        otherwise=otherwise,
    )


def _about_change(reading: Reading) -> bool:
    """Whether a growth or a share is asked for, not a level."""
    return bool(reading.times.compares or reading.has("change", "share", *ADVICE_CUES))


def _in_chinese(reading: Reading, model: SemanticModel) -> str:
    """The question with the catalogue's names as Chinese documents write them."""
    text = reading.raw
    for term in reversed(reading.terms):
        if (name := _chinese_name(term, model)) is not None:
            text = f"{text[: term.start]}{name}{text[term.end :]}"
    return text


def _chinese_name(term: Term, model: SemanticModel) -> str | None:
    if term.entry.kind == "metric":
        return model.metrics[term.entry.id].name.zh
    return term.entry.id if term.entry.kind == "value" else None
