"""Serves answers that an admin verified, before anything else is looked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import tzinfo
from typing import Protocol

from bot.assistant.compose.buttons import Rows, source_button
from bot.assistant.fold import is_chinese
from bot.assistant.gather import audience_of
from bot.assistant.same_question import Asked, is_same, taken_apart
from bot.assistant.types import Answer, Citation, Facts, Plan, Question
from bot.store.curated import PinRow
from knowledge.documents import Audience, DocumentInfo, Passage
from metrics.model import Language
from prompts.loader import Wording


class Shelf(Protocol):
    """The part of the library that tells whether a source still stands."""

    def passage(self, id: str, *, audience: Audience = "everyone") -> Passage | None:
        """The passage with that id, None when it is gone or not for that audience."""
        ...

    def documents(self) -> Sequence[DocumentInfo]:
        """Every indexed document."""
        ...

    def likeness(self, first: str, second: str) -> float | None:
        """Cosine of two texts' meanings; None when the model was not measured."""
        ...


class PinBoard:
    """The pins that are on; safe to use from threads."""

    def __init__(self, shelf: Shelf, wording: Wording) -> None:
        self._shelf = shelf
        self._wording = wording
        self._lock = threading.Lock()
        self._pins: tuple[PinRow, ...] = ()
        self._asked: tuple[tuple[Asked, PinRow], ...] | None = ()

    def hold(self, pins: Sequence[PinRow]) -> None:
        """Serves these from now on."""
        with self._lock:
            self._pins = tuple(pins)
            self._asked = None  # taken apart by the next question: it loads a dictionary

    def find(self, question: Question) -> Answer | None:
        """The verified answer to exactly this question; None when there is none that may be shown."""
        if not self._pins or question.text.startswith("/"):
            return None
        asked, audience = taken_apart(question.text), audience_of(question.asker)
        fitting = [pin for known, pin in self._known() if is_same(asked, known, self._shelf.likeness)]
        standing = self.standing(fitting, audience) if fitting else ()
        return self._answer(standing[0], question, audience) if standing else None

    def standing(self, pins: Sequence[PinRow], audience: Audience) -> tuple[PinRow, ...]:
        """Those for that audience whose every cited document is there, in use, and for that audience."""
        live = {
            (info.file, info.title)
            for info in self._shelf.documents()
            if info.superseded_by is None and (audience == "manager" or info.audience == "everyone")
        }
        seen = (pin for pin in pins if pin.audience == "everyone" or audience == "manager")
        return tuple(pin for pin in seen if all((one.file, one.document) in live for one in pin.passages))

    def _known(self) -> tuple[tuple[Asked, PinRow], ...]:
        with self._lock:
            if self._asked is None:
                self._asked = tuple((taken_apart(pin.question), pin) for pin in self._pins)
            return self._asked

    def _answer(self, pin: PinRow, question: Question, audience: Audience) -> Answer:
        language: Language = "zh" if is_chinese(question.text) else "en"
        ids = [passage.id for passage in pin.passages]
        found = [id for id in ids if self._shelf.passage(id, audience=audience) is not None]
        html = self._wording.render(
            "pinned/answer",
            language,
            pin=pin,
            day=pin.at.astimezone(_zone(question)).date(),
            is_changed=len(found) < len(ids),
            cites=_cites(pin),
        )
        citations = tuple(Citation(item.document, item.section, item.quote, item.file) for item in pin.passages)
        buttons: Rows = ((source_button("source", found[0], self._wording, language),),) if found else ()
        plan = Plan("knowledge", language, question.text, search=question.text)
        return Answer(plan, html, Facts(verdict="answer"), citations, buttons)


def _zone(question: Question) -> tzinfo | None:
    return question.now.tzinfo


def _cites(pin: PinRow) -> tuple[str, ...]:
    """Sources that the text does not name itself."""
    return tuple(dict.fromkeys(item.document for item in pin.passages if item.document not in pin.html))
