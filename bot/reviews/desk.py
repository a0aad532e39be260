"""What the chat and the command line use of reviews: which one is wanted, and the finished files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.assistant.types import Asker
from bot.reviews.requests import RequestReader, Span, Unclear
from bot.reviews.review import Review, ReviewRequest
from bot.reviews.write_docx import write_docx
from bot.reviews.write_markdown import write_markdown
from bot.reviews.writer import ReviewWriter
from metrics.model import Language
from prompts.loader import Wording

UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')


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
        return UNSAFE.sub(" ", self.review.title).strip()


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
        return self.reader.plain(text, now, language, self.span(now))

    def write(self, request: ReviewRequest, asker: Asker, now: datetime) -> Written:
        """The finished review. Raises ReviewError when there is nothing to write."""
        review = self.writer.write(request, asker, now)
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
