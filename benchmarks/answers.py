"""How long one answer takes in process, from the text of the question to the text of the answer, and its picture."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Measured, percentile
from benchmarks.questions import SEED, Asked, mixed_questions
from benchmarks.workshop import Workshop

if TYPE_CHECKING:
    from datetime import datetime

    from bot.app import Core

WARM_UP = 20
SHOWN = 5
TARGET_MS, KPI_TARGET_MS = 150.0, 60.0


@dataclass(frozen=True)
class Timed:
    """One answered question."""

    asked: Asked
    intent: str  # as understood
    is_grounded: bool
    milliseconds: float  # until the text stands; the chat draws the picture next
    drawing: float | None = None  # milliseconds; None: an answer without a picture
    error: str = ""  # what broke, "" for an answer

    @property
    def whole(self) -> float:
        """Milliseconds until text and picture stand."""
        return self.milliseconds + (self.drawing or 0.0)


def measure(workshop: Workshop) -> Measured:
    """Mixed questions, one after another, by a warm assistant."""
    with workshop.core() as core:
        now, model = workshop.clock.now(), core.analyst.model
        for asked in mixed_questions(model, WARM_UP, SEED + 1):
            ask(core, asked, now)
        timed = [ask(core, asked, now) for asked in mixed_questions(model, workshop.questions)]
    return Measured(_figures(timed), _details(timed))


def ask(core: Core, asked: Asked, now: datetime) -> Timed:
    """Only the last question is timed; what went before is its context."""
    from bot.assistant.types import Asker, Question

    asker = Asker("manager")  # sees every figure, so that none is saved by being denied
    earlier = tuple(core.assistant.answer_now(Question(text, asker, now)).plan for text in asked.after)
    question = Question(asked.text, asker, now, earlier)
    started = time.perf_counter()
    try:
        answer = core.assistant.answer_now(question)
    except Exception as error:  # one broken answer is a figure of its own; the others are still measured
        return Timed(asked, "broken", True, _since(started), error=repr(error))
    spent, drawn = _since(started), time.perf_counter()
    if answer.picture is None:
        return Timed(asked, answer.plan.intent, answer.grounded, spent)
    assert answer.picture.png
    return Timed(asked, answer.plan.intent, answer.grounded, spent, _since(drawn))


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _figures(timed: list[Timed]) -> tuple[Figure, ...]:
    every = [one.whole for one in timed]
    words = [one.milliseconds for one in timed if one.intent == "kpi"]
    pictures = [one.drawing for one in timed if one.drawing is not None]
    figures = [
        Figure(f"{len(every)} mixed questions with their pictures, p50", percentile(every, 0.5), "ms"),
        Figure("mixed questions, p95", percentile(every, 0.95), "ms", TARGET_MS),
        Figure("mixed questions, slowest", max(every), "ms"),
    ]
    if words:
        figures.append(Figure(f"{len(words)} KPI answers in text, p95", percentile(words, 0.95), "ms", KPI_TARGET_MS))
    if pictures:
        figures.append(Figure(f"drawing {len(pictures)} of their pictures, p95", percentile(pictures, 0.95), "ms"))
    return (
        *figures,
        Figure("questions without an answer", sum(bool(one.error) for one in timed), "", 0),
        Figure("answers with an ungrounded number", sum(not one.is_grounded for one in timed), "", 0),
    )


def _details(timed: list[Timed]) -> tuple[str, ...]:
    intents = Counter(one.intent for one in timed)
    understood = "answered as " + ", ".join(f"{intent} {count}" for intent, count in intents.most_common())
    by_kind = [_kind(kind, timed) for kind in dict.fromkeys(one.asked.kind for one in timed)]
    slowest = sorted(timed, key=lambda one: -one.whole)[:SHOWN]
    shown = [f"slow: {one.whole:4.0f} ms  {' → '.join((*one.asked.after, one.asked.text))}" for one in slowest]
    stray = [f"ungrounded: {one.asked.text}" for one in timed if not one.is_grounded]
    broken = [f"broken: {one.asked.text}: {one.error}" for one in timed if one.error]
    return (understood, "p50/p95 by kind: " + ", ".join(by_kind), *shown, *stray, *broken)


def _kind(kind: str, timed: list[Timed]) -> str:
    spent = [one.whole for one in timed if one.asked.kind == kind]
    return f"{kind} {percentile(spent, 0.5):.0f}/{percentile(spent, 0.95):.0f} ms"
