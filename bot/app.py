"""The composition root: the one place where real things are chosen and handed to each other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.assistant.beside import both
from bot.assistant.compose.compose import Composer
from bot.assistant.gather import Gatherer
from bot.assistant.lexicon import Lexicon
from bot.assistant.not_held import load_not_held
from bot.assistant.outlook import Outlook
from bot.assistant.pipeline import OperationsAssistant
from bot.assistant.reading import Reader
from bot.assistant.rivals import Rivals
from bot.assistant.understand import Understander
from bot.assistant.verified import PinBoard
from bot.assistant.vocabulary import load_vocabulary
from bot.digests.build import DailyDigest
from bot.documents import open_library
from bot.no_numbers import NoNumbers
from bot.reviews.answering import ReviewAnswers
from bot.reviews.desk import ReviewDesk
from bot.reviews.requests import RequestReader
from bot.reviews.writer import ReviewWriter
from bot.settings import Settings
from bot.store.peek import read_drafts, read_ledger, read_pins
from bot.tactics.advise import Advisor
from bot.tactics.draft_board import DraftBoard
from bot.tactics.drafting import vocabulary_of
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.measuring import Measuring
from bot.tactics.ledger.room import LedgerRoom
from knowledge.errors import IndexBusyError
from knowledge.library import Library
from metrics.analyst import Analyst
from metrics.diagnosis.diagnostician import Diagnostician
from prompts.loader import Wording

if TYPE_CHECKING:
    from knowledge.documents import SyncReport

WEEK_STARTS = {"monday": 0, "sunday": 6}  # as date.weekday() counts

Progress = Callable[[int, int, str], None]
logger = logging.getLogger(__name__)


@dataclass
class Core:
    """Everything that answers questions, without a chat surface."""

    settings: Settings
    wording: Wording
    analyst: Analyst | NoNumbers
    library: Library
    assistant: OperationsAssistant
    pins: PinBoard
    drafts: DraftBoard
    ledger: LedgerRoom
    reviews: ReviewDesk

    def sync(self, progress: Progress | None = None) -> SyncReport | None:
        """Reads the documents; None when another process owns the index and keeps it in step."""
        try:
            return self.library.sync(progress)
        except IndexBusyError:
            return None

    def close(self) -> None:
        """Lets go of files and threads."""
        self.assistant.close()
        self.library.close()
        self.analyst.close()


def open_core(
    settings: Settings, progress: Progress | None = None, *, serving: bool = False, index: Path | None = None
) -> Core:
    """Opens data and documents and syncs the index; `serving` says that this process answers for long.

    `index` is another folder for the index than the home's.
    Raises DefinitionError, SourceError, StoreError.
    """
    wording = Wording.load()
    analyst = open_analyst(settings)
    library = open_library(settings, index or settings.path("index"), serving=serving)
    pins, drafts = PinBoard(library, wording), DraftBoard(library, vocabulary_of(analyst.model), settings.timezone)
    state = settings.state_file, settings.database_url.get_secret_value()
    pins.hold(read_pins(*state))
    drafts.hold(read_drafts(*state))
    ledger = LedgerRoom(read_board(settings), Measuring(analyst.run, analyst.model, analyst.calendar), drafts)
    assistant = assemble(settings, analyst, library, wording, drafts, ledger.board)
    assistant.verified = pins
    reviews = review_desk(settings, analyst, wording, assistant.composer.lexicon, ledger.board)
    assistant.reviews = ReviewAnswers(reviews, wording)
    core = Core(settings, wording, analyst, library, assistant, pins, drafts, ledger, reviews)
    core.sync(progress)
    return core


def read_board(settings: Settings) -> LedgerBoard:
    """The ledger as it stands; empty while there is no state."""
    board = LedgerBoard()
    board.hold(read_ledger(settings.state_file, settings.database_url.get_secret_value()))
    return board


def assemble(
    settings: Settings,
    analyst: Analyst | NoNumbers,
    library: Library,
    wording: Wording,
    cards: DraftBoard,
    past: LedgerBoard,
) -> OperationsAssistant:
    """The assistant over opened data and documents."""
    model, vocabulary, lexicon = analyst.model, load_vocabulary(), Lexicon(analyst.model, not_held=load_not_held())
    week_start = WEEK_STARTS[settings.week_start]
    reader = Reader(lexicon, analyst.calendar, vocabulary, week_start)
    advisor = Advisor(model, lexicon, analyst.run, cards, past)
    reasons = Diagnostician(analyst.run, model, analyst.calendar, both)
    outlook = Outlook(analyst)
    composer = Composer(model, analyst.calendar, wording, lexicon, vocabulary, lambda: len(library.documents()))
    return OperationsAssistant(
        understander=Understander(reader, lexicon, model, analyst.span, week_start, analyst.unlisted),
        gatherer=Gatherer(analyst, library, advisor, Rivals(lexicon, analyst.calendar), reasons, outlook, week_start),
        composer=composer,
        model=model,
        shelf=library,
        digests=DailyDigest(analyst, advisor, wording, settings.language, outlook, past),
    )


def review_desk(
    settings: Settings, analyst: Analyst | NoNumbers, wording: Wording, lexicon: Lexicon, ledger: LedgerBoard
) -> ReviewDesk:
    """What writes reviews over opened data and the ledger."""
    reader = RequestReader(lexicon, analyst.calendar, WEEK_STARTS[settings.week_start])
    return ReviewDesk(reader, ReviewWriter(analyst, ledger, wording), wording, analyst.span)


def open_analyst(settings: Settings) -> Analyst | NoNumbers:
    """The shop's data; with no sources file the catalogue alone, whose every figure is absent."""
    catalog = settings.path(settings.metrics.catalog) if settings.metrics.catalog else None
    calendar = settings.path(settings.metrics.calendar) if settings.metrics.calendar else None
    sources = settings.path(settings.metrics.sources)
    if not sources.exists():
        return NoNumbers.load(catalog, calendar, settings.timezone)
    cache = settings.path("state") / "rows"
    return Analyst.open(sources, catalog=catalog, calendar=calendar, week_start=settings.week_start, cache=cache)
