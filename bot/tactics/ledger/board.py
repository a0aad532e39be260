"""The ledger as it stands, in memory: what answers, digests, reviews and the ranking of cards read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from bot.assistant.gather import audience_of
from bot.assistant.types import Asker
from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.entry import Entry
from metrics.effects.effect import Overlap
from metrics.query import Period, Scope


class LedgerBoard:
    """Replaced as a whole at every change, so that readers in other threads never see half of one."""

    def __init__(self) -> None:
        self._entries: tuple[Entry, ...] = ()

    def hold(self, rows: Iterable[LedgerRow]) -> None:
        """These rows from now on, newest first."""
        self._entries = tuple(entry for row in rows if (entry := Entry.of(row)) is not None)

    def entries(self, chat_id: int | None = None, period: Period | None = None) -> tuple[Entry, ...]:
        """Newest first; of one chat, and only those whose days from start to review touch the period."""
        return tuple(
            entry
            for entry in self._entries
            if (chat_id is None or entry.chat_id == chat_id)
            and (period is None or (entry.start <= period.end and entry.review >= period.start))
        )

    def seen_by(self, asker: Asker) -> tuple[Entry, ...]:
        """What may be shown where this asker reads; other teams' entries count for a manager's private chat alone."""
        return tuple(entry for entry in self._entries if is_of(entry, asker) and may_show(entry, asker))

    def tried(self, asker: Asker, card_id: str, title: str) -> tuple[Entry, ...]:
        """Earlier runs of a card that may be shown to this asker, newest first, whichever chat made them."""
        return tuple(
            entry
            for entry in self._entries
            if (entry.card.id == card_id or entry.card.title == title) and may_show(entry, asker)
        )

    def follow_ups(self, asker: Asker, day: date) -> tuple[Entry, ...]:
        """Of the asker's chat: what is due today or tomorrow, and what was measured since yesterday."""
        due = (day, day + timedelta(days=1))
        return tuple(
            entry
            for entry in self.seen_by(asker)
            if (entry.state == "adopted" and entry.review in due)
            or (entry.state == "measured" and day - timedelta(days=1) <= entry.review <= day)
        )

    def others(self, entry: Entry, until: date) -> tuple[Overlap, ...]:
        """Every other entry that was under way at some time before `until`."""
        return tuple(
            other.overlap(until, entry.audience)
            for other in self._entries
            if other.id != entry.id and other.start <= until
        )


def is_of(entry: Entry, asker: Asker) -> bool:
    """Whether the entry belongs to the chat, or the chat is a manager's own."""
    if entry.chat_id == asker.chat_id or asker.chat_id is None:
        return True
    return asker.chat_id > 0 and audience_of(asker) == "manager"


def may_show(entry: Entry, asker: Asker) -> bool:
    """Whether the chat's level and categories allow it."""
    if entry.audience == "manager" and audience_of(asker) != "manager":
        return False
    return is_within(entry.scope, asker.categories)


def is_within(scope: Scope, categories: tuple[str, ...]) -> bool:
    """Whether a scope lies inside the categories that a chat is limited to; () means all."""
    return not categories or ("category" in scope and set(scope["category"]) <= set(categories))
