"""Answers out of the documents: quotes with their source, the nearest passage, or that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.assistant.compose.buttons import Rows, source_button
from bot.assistant.types import Button, Citation, Facts, Plan
from knowledge.documents import Passage
from metrics.model import Language, SemanticModel
from prompts.loader import Wording

MOST_QUOTES = 3
CLOSE_ENOUGH = 0.75  # of the best score: another place that is nearly as good is quoted as well
MOST_MISSING = 4
LIST_MARK = re.compile(r"^[-*] ", re.MULTILINE)
EXAMPLES = ("gmv", "conversion_rate", "roi")


@dataclass(frozen=True)
class Quoted:
    """A quote ready to print."""

    quote: str
    document: str
    section: str
    date: str


def compose_knowledge(plan: Plan, facts: Facts, wording: Wording) -> tuple[str, tuple[Citation, ...], Rows]:
    """Up to three quotes, the best first, each with document and section."""
    chosen = chosen_passages(facts.passages)
    cards = [suggestion.tactic.title for suggestion in facts.suggestions]
    html = wording.render("answer/knowledge", plan.language, items=[quoted(item) for item in chosen], cards=cards)
    buttons: list[tuple[Button, ...]] = [(source_button("source", chosen[0].id, wording, plan.language),)]
    if cards:
        remedy = wording.text("button/remedy", plan.language)
        request = wording.text("button/remedy_request", plan.language)
        buttons[0] += (Button(remedy, f"{plan.category[0]} {request}" if plan.category else request),)
    return html, tuple(citation(item) for item in chosen), tuple(buttons)


def compose_abstention(
    plan: Plan, facts: Facts, wording: Wording, model: SemanticModel, documents: int
) -> tuple[str, tuple[Citation, ...], Rows]:
    """Says that the documents don't hold it, and offers what is nearest as nearest."""
    nearest = facts.passages[0] if facts.passages and facts.verdict == "weak" else None
    missing = facts.passages[0].missing[:MOST_MISSING] if facts.passages else ()
    names = [model.metrics[id].name.text(plan.language) for id in EXAMPLES if id in model.metrics]
    html = wording.render(
        "answer/abstain", plan.language, missing=missing, nearest=nearest, examples=names, documents=documents
    )
    buttons: Rows = ((source_button("passage", nearest.id, wording, plan.language),),) if nearest else ()
    return html, (), buttons


def compose_passage(passage: Passage, wording: Wording, language: Language) -> tuple[str, tuple[Citation, ...], Rows]:
    """The whole passage as it stands in the document."""
    html = wording.render(
        "answer/passage",
        language,
        document=passage.document,
        section=passage.section,
        date=str(passage.date or ""),
        text=LIST_MARK.sub("· ", passage.text),
    )
    return html, (citation(passage),), ()


def chosen_passages(passages: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The best passage and others nearly as good that say something else."""
    chosen: list[Passage] = []
    for passage in passages:
        is_close = not chosen or passage.score >= CLOSE_ENOUGH * chosen[0].score
        if is_close and all(passage.quote != other.quote for other in chosen):
            chosen.append(passage)
    return tuple(chosen[:MOST_QUOTES])


def quoted(passage: Passage) -> Quoted:
    """A passage as it is printed."""
    return Quoted(passage.quote, passage.document, passage.section, str(passage.date or ""))


def citation(passage: Passage) -> Citation:
    """Where the quote stands."""
    return Citation(passage.document, passage.section, passage.quote, passage.file)
