"""Answers out of the documents: quotes with their source, the nearest passage, or that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.assistant.compose.buttons import Rows, source_button
from bot.assistant.compose.statements import Statement, disagreeing, statements
from bot.assistant.requoting import steps_of
from bot.assistant.types import Button, Citation, Facts, Plan
from knowledge.contradictions import contradict
from knowledge.documents import Passage
from metrics.model import Language, SemanticModel
from prompts.loader import Wording

MOST_QUOTES = 3
MOST_PLACES = 5
MOST_STEPS = 6
PLACES = frozenset({"page", "slide", "sheet"})
MOST_OF_HEADING = 60  # characters
CLOSE_ENOUGH = 0.75  # of the best score: another place that is nearly as good is quoted as well
MOST_MISSING = 4
LIST_MARK = re.compile(r"^[-*] ", re.MULTILINE)
EXAMPLES = ("gmv", "conversion_rate", "roi")


@dataclass(frozen=True)
class Source:
    """Where a quote stands, ready to print."""

    document: str
    section: str
    place: str  # "第3页"
    date: str
    years: int  # whole years since that date: what is older than one says so


@dataclass(frozen=True)
class Quoted:
    """A quote ready to print."""

    quote: str
    sources: tuple[Source, ...]
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quoting:
    """Prints places of documents in one language, as of one day."""

    wording: Wording
    language: Language
    today: date

    def source(self, passage: Passage) -> Source:
        """The place of one passage; a document older than a year says so."""
        kind, _, name = passage.place.partition(":")
        place = self.wording.text(f"answer/place_{kind}", self.language, name=name) if kind in PLACES else ""
        section = " › ".join(shortened(heading) for heading in passage.section.split(" › "))
        return Source(passage.document, section, place, str(passage.date or ""), years_since(passage.date, self.today))

    def stated(self, passages: tuple[Passage, ...]) -> list[str]:
        """What is printed of their places and does not stand in the documents themselves."""
        sources = [self.source(passage) for passage in passages]
        return [text for source in sources for text in (source.place, str(source.years))]

    def quoted(self, statement: Statement, steps: tuple[str, ...] = ()) -> Quoted:
        """One statement with all its places."""
        return Quoted(statement.shown.quote, tuple(map(self.source, statement.passages)), steps)


def compose_knowledge(plan: Plan, facts: Facts, shown: Quoting) -> tuple[str, tuple[Citation, ...], Rows]:
    """Up to three statements, the best first, each with its places; those that contradict it side by side."""
    wording, language = shown.wording, plan.language
    said = chosen_statements(facts.passages)
    differing = disagreeing(said)
    said = (*differing, *(one for one in said if one not in differing))[:MOST_QUOTES]
    steps = steps_of(said[0].shown)[:MOST_STEPS] if plan.wants == "way" else ()
    items = [shown.quoted(one, () if number else steps) for number, one in enumerate(said)]
    cards = [suggestion.tactic.title for suggestion in facts.suggestions]
    html = wording.render("answer/knowledge", language, items=items, cards=cards, differing=len(differing))
    buttons: list[tuple[Button, ...]] = [(source_button("source", said[0].shown.id, wording, language),)]
    if cards:
        remedy = wording.text("button/remedy", language)
        request = wording.text("button/remedy_request", language)
        buttons[0] += (Button(remedy, f"{plan.category[0]} {request}" if plan.category else request),)
    return html, tuple(citation(item) for one in said for item in one.passages), tuple(buttons)


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


def compose_passage(passage: Passage, shown: Quoting) -> tuple[str, tuple[Citation, ...], Rows]:
    """The whole passage as it stands in the document."""
    text = LIST_MARK.sub("· ", passage.text)
    html = shown.wording.render("answer/passage", shown.language, source=shown.source(passage), text=text)
    return html, (citation(passage),), ()


def chosen_statements(passages: tuple[Passage, ...]) -> tuple[Statement, ...]:
    """What the best passage says, what contradicts it, and others nearly as good that answer by themselves."""
    best, *others = passages
    kept = [
        other
        for other in others
        if (other.answers and other.score >= CLOSE_ENOUGH * best.score) or contradict(best, other)
    ]
    return statements([best, *kept][:MOST_PLACES])


def years_since(day: date | None, today: date) -> int:
    """Whole years from a document's day to today; 0 for a document without one."""
    if day is None:
        return 0
    return max(0, today.year - day.year - ((today.month, today.day) < (day.month, day.day)))


def shortened(heading: str) -> str:
    """A heading as a source names it: one that is a whole text is cut."""
    return heading if len(heading) <= MOST_OF_HEADING else f"{heading[: MOST_OF_HEADING - 1]}…"


def quoted(passage: Passage, shown: Quoting) -> Quoted:
    """A single passage as it is printed."""
    return shown.quoted(Statement((passage,)))


def citation(passage: Passage) -> Citation:
    """Where the quote stands."""
    return Citation(passage.document, passage.section, passage.quote, passage.file, passage.place)
