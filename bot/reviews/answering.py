"""Answers a question that asks for a review: what it comes to in a few lines, and how to have the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.assistant.grounding import ungrounded_numbers
from bot.assistant.types import Answer, Facts, Intent, Plan, Question
from bot.reviews.desk import ReviewDesk
from bot.reviews.errors import ReviewError
from bot.reviews.requests import COMMAND
from bot.reviews.review import Review, ReviewRequest
from metrics.query import Period
from prompts.loader import Wording

MAY_NOT_WRITE = "viewer"


@dataclass(frozen=True)
class ReviewAnswers:
    """Stands before the assistant's own reading: it takes only what is wholly a request for a review."""

    desk: ReviewDesk
    wording: Wording

    def find(self, question: Question) -> Answer | None:
        """The answer to a request for a review; None for every other question."""
        request = self._request(question)
        if request is None:
            return None
        if isinstance(request, str):
            return self._said(question, "clarify", "usage")
        if question.asker.role == MAY_NOT_WRITE:
            return self._said(question, "denied", "not_allowed")
        try:  # what is unusual takes its time, and the few lines do without
            desk = replace(self.desk, writer=replace(self.desk.writer, judge=lambda *_: None))
            return self._answer(desk.writer.write(request, question.asker, question.now), question)
        except ReviewError as error:
            html = self.wording.render("review/none", request.language, reason=error.reason)
            intent: Intent = "denied" if error.reason == "not_shown" else "abstain"
            return Answer(Plan(intent, request.language, question.text), html, Facts())

    def _request(self, question: Question) -> ReviewRequest | str | None:
        name, _, words = question.text.strip().partition(" ")
        if name.lower() == COMMAND:
            return self.desk.command(words, question.now, question.language)
        return self.desk.plain(question.text, question.now, question.language)

    def _answer(self, review: Review, question: Question) -> Answer:
        request, headline = review.request, review.results[0]
        how = self.wording.render("review/how", request.language, words=_words(request.unit, request.period))
        html = f"{self.desk.summary(review)}\n{how}"
        facts = Facts(results=(headline,))
        plan = Plan("kpi", request.language, question.text, query=headline.query)
        stray = ungrounded_numbers(html, facts, (*review.stated, question.text, how))
        return Answer(plan, html, facts, grounded=not stray)

    def _said(self, question: Question, intent: Intent, template: str) -> Answer:
        html = self.wording.render(f"review/{template}", question.language)
        return Answer(Plan(intent, question.language, question.text, unclear="review"), html, Facts())


def _words(unit: str, period: Period) -> str:
    """How the command names the same period: `month 2026-10`, `2026-11-09~2026-11-15`."""
    if unit == "year":
        return f"year {period.start:%Y}"
    if unit == "month":
        return f"month {period.start:%Y-%m}"
    return f"{unit} {period.start}~{period.end}"
