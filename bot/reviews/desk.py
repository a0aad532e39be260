"""What the chat and the command line use of reviews: which one is wanted, and the finished files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.assistant.types import Asker
from bot.reviews.facts import Numbers
from bot.reviews.requests import RequestReader, Span, Unclear
from bot.reviews.review import Review, ReviewRequest
from bot.reviews.write_docx import write_docx
from bot.reviews.write_markdown import write_markdown
from bot.reviews.writer import ReviewWriter
from metrics.calendar import Calendar
from metrics.model import Language, SemanticModel
from metrics.query import KpiQuery, KpiResult
from prompts.loader import Wording

LONGEST_NAME = 60  # characters; file systems take 255 bytes
UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


class NotWantedError(Exception):
    """Nobody waits for the review any more."""


@dataclass(frozen=True)
class WantedNumbers:
    """Numbers that are read only as long as somebody wants them."""

    numbers: Numbers
    is_wanted: Callable[[], bool]

    @property
    def model(self) -> SemanticModel:
        return self.numbers.model

    @property
    def calendar(self) -> Calendar:
        return self.numbers.calendar

    def run(self, query: KpiQuery, now: datetime) -> KpiResult:
        """One answered query. Raises NotWantedError, MetricsError."""
        if not self.is_wanted():
            raise NotWantedError
        return self.numbers.run(query, now)


@dataclass(frozen=True)
class Written:
    """A review as files; the Markdown without pictures, so that it stands alone."""

    review: Review
    markdown: str
    docx: bytes
    is_grounded: bool

    @property
    def name(self) -> str:
        """The files' name without its kind."""
        return UNSAFE.sub(" ", self.review.title)[:LONGEST_NAME].strip()


@dataclass(frozen=True)
class ReviewDesk:
    """Reads requests and writes reviews; blocking, to be called in threads."""

    reader: RequestReader
    writer: ReviewWriter
    wording: Wording
    span: Callable[[datetime], Span | None]  # first and last day of data

    def command(self, words: str, now: datetime, language: Language) -> ReviewRequest | Unclear:
        """What stands behind `/review`."""
        return self.reader.command(words, now, language)

    def plain(self, text: str, now: datetime, language: Language) -> ReviewRequest | None:
        """The review that a sentence asks for; None for every other sentence."""
        return self.reader.plain(text, now, language, self.span(now)) if self.reader.may_ask(text) else None

    def write(
        self, request: ReviewRequest, asker: Asker, now: datetime, is_wanted: Callable[[], bool] = lambda: True
    ) -> Written:
        """The finished review; it stops at the next query once nobody wants it any more.

        Raises ReviewError when there is nothing to write, NotWantedError when it was stopped.
        """
        writer = replace(self.writer, numbers=WantedNumbers(self.writer.numbers, is_wanted))
        review = writer.write(request, asker, now)
        markdown = write_markdown(review, self.wording, pictures=False)
        return Written(review, markdown, write_docx(review, self.wording), self.writer.is_grounded(review))

    def illustrated(self, review: Review) -> str:
        """The Markdown with links to its pictures."""
        return write_markdown(review, self.wording)

    def summary(self, review: Review) -> str:
        """The few lines for a chat, as Telegram HTML."""
        return self.wording.render(
            "review/summary", review.request.language, title=review.title, lines=review.summary, notes=review.notes
        )
