"""Writes a review: gathers its facts, then sections, title, summary; the same facts give the same text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.assistant.compose.figures import Printer
from bot.assistant.compose.lines import baselines
from bot.assistant.gather import audience_of
from bot.assistant.grounding import ungrounded_numbers
from bot.assistant.types import Asker, Facts
from bot.reviews.dated import DatedPrinter
from bot.reviews.errors import ReviewError
from bot.reviews.facts import Assignment, Numbers, ReviewFacts
from bot.reviews.gather import Gatherer, Ledger, scope_of
from bot.reviews.judging import Judge, judge
from bot.reviews.periods import name_of
from bot.reviews.review import Review, ReviewRequest, Section
from bot.reviews.scribe import Scribe
from bot.reviews.sections.ahead import ahead
from bot.reviews.sections.events import events
from bot.reviews.sections.groups import groups
from bot.reviews.sections.movement import movement
from bot.reviews.sections.overview import overview
from bot.reviews.sections.sources import Missing, sources
from bot.reviews.sections.tactics import tactics
from bot.reviews.sections.unusual import unusual
from bot.reviews.summary import summary_of
from bot.reviews.write_markdown import write_markdown
from knowledge.documents import Audience
from prompts.loader import Wording

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ReviewWriter:
    """Writes reviews over one shop; safe to use from several threads."""

    numbers: Numbers
    ledger: Ledger
    wording: Wording
    judge: Judge = judge

    def write(self, request: ReviewRequest, asker: Asker, now: datetime) -> Review:
        """The review as that asker's chat may see it. Raises ReviewError when there is nothing to write."""
        facts = Gatherer(self.numbers, self.ledger, self.judge).gather(assigned(request, asker, now))
        printer = DatedPrinter(
            self.numbers.model,
            self.wording,
            request.language,
            now,
            self.numbers.calendar,
            asked=("previous", "year_ago"),
        )
        return self._written(Scribe(printer, facts))

    def is_grounded(self, review: Review) -> bool:
        """Whether every number of the text stands in its facts; what does not is logged."""
        text = write_markdown(review, self.wording, pictures=False)
        stray = ungrounded_numbers(text, Facts(results=review.results), review.stated)
        if stray:
            logger.error("a review holds numbers that its facts do not: %s", ", ".join(stray))
        return not stray

    def _written(self, scribe: Scribe) -> Review:
        facts, printer, at = scribe.facts, scribe.printer, scribe.facts.assignment
        missing = _missing(scribe)
        parts = (overview, movement, groups, events, unusual, tactics, ahead)
        sections = (*(part(scribe) for part in parts), sources(scribe, missing))
        _number(sections, printer)
        title = self._title(scribe)
        return Review(
            request=at.request,
            title=title,
            date=at.now.date(),
            # A chat that is limited to categories must not read the others' figures out of a document: the whole shop
            # stands as a category of its own, which none of its categories is.
            categories=tuple(at.scope.get("category", ())) or (scribe.scope,),
            audience=_audience(facts, printer),
            introduction=self._introduction(scribe),
            sections=sections,
            summary=summary_of(scribe),
            notes=tuple(note for note in _notes(scribe) if note),
            scope=at.scope,
            results=facts.results,
            stated=(*printer.stated, str(at.now.date())),
            left_out=tuple(code for code, _ in missing),
        )

    def _title(self, scribe: Scribe) -> str:
        at = scribe.facts.assignment
        name = name_of(at.unit, at.period, self.wording, at.request.language, is_title=True)
        scope = scribe.scope if at.scope else ""
        title = scribe.text("title", period=name, scope=scope, unit=at.unit)
        return scribe.printer.say(title)

    def _introduction(self, scribe: Scribe) -> str:
        printer, at = scribe.printer, scribe.facts.assignment
        return scribe.text(
            "introduction",
            scope=scribe.scope,
            period=scribe.period,
            range=printer.range(at.period),
            complete=at.period.complete,
            until=printer.moment(at.period.until) if at.period.until is not None else "",
            baselines=printer.joined(baselines(scribe.facts.headline, printer)),
        )


def _notes(scribe: Scribe) -> tuple[str, ...]:
    """What must be known beside the few lines of the summary."""
    headline = scribe.facts.headline
    return (scribe.footnote(headline), *scribe.cautions(headline), scribe.printer.freshness(headline))


def assigned(request: ReviewRequest, asker: Asker, now: datetime) -> Assignment:
    """What may be written for whom. Raises ReviewError for what has not begun or may not be shown."""
    if request.period.start > now.date():
        raise ReviewError("not_begun", f"{request.period.start}")
    wanted = request.categories or asker.categories
    if asker.categories and not set(wanted) <= set(asker.categories):
        raise ReviewError("not_shown", f"{request.period.start}")
    return Assignment(request, asker, now, scope_of(wanted), audience_of(asker))


def _missing(scribe: Scribe) -> list[Missing]:
    """What could not be written, as a code and the names that it is about."""
    facts, printer = scribe.facts, scribe.printer
    lacking = [printer.metric(item.metric) for item in facts.headline.figures if item.absence == "not_available"]
    found: list[Missing] = [("no_metric", printer.joined(lacking))] if lacking else []
    if facts.uncut:
        found.append(("not_split", printer.joined(printer.dimension(id) for id in facts.uncut)))
    said = {
        "no_movement": facts.explanation is not None,
        "no_event": bool(facts.events),
        "not_judged": facts.scan is not None,
        "no_unusual": facts.scan is None or bool(facts.incidents),
        "no_tactics": bool(facts.entries),
    }
    return [*found, *((code, "") for code, is_there in said.items() if not is_there)]


def _audience(facts: ReviewFacts, printer: Printer) -> Audience:
    """For managers as soon as one of its figures is."""
    metrics = {figure.metric for result in facts.results for figure in result.figures if figure.value is not None}
    metrics |= {incident.anomaly.metric for incident in facts.incidents} | {entry.metric for entry in facts.entries}
    if any(entry.audience == "manager" for entry in facts.entries):
        return "manager"
    is_for_managers = any(printer.model.metrics[id].audience == "manager" for id in metrics)
    return "manager" if is_for_managers else "everyone"


def _number(sections: tuple[Section, ...], printer: Printer) -> None:
    """The numbers of headings are stated: they count sections, nothing else."""
    for number, section in enumerate((one for one in sections if not one.is_empty), 1):
        printer.say(f"{number}")
        _number_parts(section, f"{number}", printer)


def _number_parts(section: Section, number: str, printer: Printer) -> None:
    for place, part in enumerate((one for one in section.parts if not one.is_empty), 1):
        printer.say(f"{number}.{place}")
        _number_parts(part, f"{number}.{place}", printer)
