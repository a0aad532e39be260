"""The cards that suggestions are made of: the documents' own, and those that a person made of a sentence in them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from bot.store.draft_rows import CardText, DraftRow
from knowledge.documents import Acceptance, Audience, DocumentInfo, Passage, Tactic
from knowledge.drafts import Draft, Vocabulary, bare, one_line, told_by

DECIDED = ("accepted", "dismissed")


class Shelf(Protocol):
    """The part of the library that holds cards, drafts and the sentences under them."""

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """The documents' own cards."""
        ...

    def drafts(self, vocabulary: Vocabulary, *, audience: Audience = "everyone") -> tuple[Draft, ...]:
        """What free text suggests."""
        ...

    def holding(self, file: str, sentence: str, *, audience: Audience = "everyone") -> Passage | None:
        """The passage of that file in which the sentence stands."""
        ...

    def documents(self) -> Sequence[DocumentInfo]:
        """Every indexed document."""
        ...


@dataclass(frozen=True)
class Proposal:
    """A draft as it waits for a person's word."""

    draft: Draft
    card: CardText  # as recognised, or as corrected by a person
    row: DraftRow | None  # None while nobody did anything with it


class DraftBoard:
    """Holds the decisions; what does not stand in a document any more is not suggested, whatever was decided.

    Safe to use from threads.
    """

    def __init__(self, shelf: Shelf, vocabulary: Vocabulary, zone: tzinfo) -> None:
        self.vocabulary = vocabulary
        self._shelf = shelf
        self._zone = zone
        self._lock = threading.Lock()
        self._searching = threading.Lock()
        self._rows: tuple[DraftRow, ...] = ()
        self._found: tuple[object, tuple[Draft, ...]] = (None, ())

    def hold(self, rows: Sequence[DraftRow]) -> None:
        """Goes by these decisions from now on."""
        with self._lock:
            self._rows = tuple(rows)

    def tactics(self, *, category: str | None = None, audience: Audience = "everyone") -> tuple[Tactic, ...]:
        """The documents' own cards, then the accepted ones that stand; those without categories fit any category."""
        own = self._shelf.tactics(category=category, audience=audience)
        accepted = [row for row in self._held("accepted") if category is None or _fits(row, category)]
        if not accepted:
            return own
        told = [bare(card.evidence) for card in self._shelf.tactics(audience=audience)]
        return (*own, *(card for row in accepted if (card := self._card(row, audience, told)) is not None))

    def source(self, card: Tactic, *, audience: Audience = "everyone") -> str:
        """Id of the passage that the card stands in; "" when its words are not found as they stand."""
        for sentence in (card.evidence, *card.actions[:1]):
            passage = self._shelf.holding(card.file, sentence, audience=audience) if sentence else None
            if passage is not None:
                return passage.id
        return ""

    def waiting(self) -> tuple[Proposal, ...]:
        """The drafts that nobody accepted or dismissed, in reading order, those for managers among them."""
        rows = {row.draft_id: row for row in self._held()}
        dismissed = {row.evidence for row in self._held("dismissed")}  # also in a copy under another name
        return tuple(
            Proposal(draft, row.card if row else recognised(draft), row)
            for draft in self.drafts()
            if ((row := rows.get(draft.id)) is None or row.state not in DECIDED) and draft.evidence not in dismissed
        )

    def accepted(self) -> tuple[DraftRow, ...]:
        """The accepted cards that stand, oldest first."""
        return tuple(row for row in self._held("accepted") if self._stands(row))

    def decision(self, draft_id: str) -> DraftRow | None:
        """What was decided on that draft; None while nobody did anything with it."""
        return next((row for row in self._held() if row.draft_id == draft_id), None)

    def fallen(self) -> tuple[DraftRow, ...]:
        """Accepted cards whose sentence does not stand in its document any more."""
        return tuple(row for row in self._held("accepted") if not self._stands(row))

    def drafts(self) -> tuple[Draft, ...]:
        """Everything that is proposed, whatever was decided; found once for each state of the documents."""
        mark = tuple((info.id, info.superseded_by) for info in self._shelf.documents())
        with self._searching:  # not the other lock: a search takes a while, and questions go on
            if self._found[0] != mark:
                self._found = (mark, self._shelf.drafts(self.vocabulary, audience="manager"))
            return self._found[1]

    def _held(self, *states: str) -> list[DraftRow]:
        with self._lock:
            return [row for row in self._rows if not states or row.state in states]

    def _stands(self, row: DraftRow) -> bool:
        return self._shelf.holding(row.file, row.evidence, audience="manager") is not None

    def _card(self, row: DraftRow, audience: Audience, told: Sequence[str]) -> Tactic | None:
        """The card for that reader; None when a card of the documents tells the same by now."""
        passage = self._shelf.holding(row.file, row.evidence, audience=audience)
        sentence = told_by(row.evidence)
        if passage is None or any(sentence in other for other in told):
            return None
        return Tactic(
            id=row.draft_id,
            title=row.card.title,
            categories=row.card.categories,
            channels=row.card.channels,
            metrics=row.card.metrics,
            when=row.card.when,
            actions=row.card.actions,
            evidence=one_line(row.evidence).rstrip("。；;"),
            caution=row.card.caution,
            effort=row.card.effort,
            document_id=passage.document_id,
            document=passage.document,
            file=passage.file,
            section=passage.section,
            date=passage.date,
            audience=passage.audience,
            accepted=Acceptance(row.by_name, row.at.astimezone(self._zone).date()),
        )


def recognised(draft: Draft) -> CardText:
    """The card as the text suggests it."""
    return CardText(
        title=draft.title,
        categories=draft.categories,
        channels=draft.channels,
        metrics=draft.metrics,
        when="",
        actions=(draft.action,),
        caution="",
        effort="",
    )


def _fits(row: DraftRow, category: str) -> bool:
    return not row.card.categories or category in row.card.categories
