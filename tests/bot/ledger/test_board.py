"""Who learns what of the ledger: by chat, level and categories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.assistant.types import Asker
from bot.store.ledger_rows import LedgerRow
from bot.tactics.ledger.board import LedgerBoard
from bot.tactics.ledger.entry import text_of
from tests.bot.ledger.entries import CARD, ROW

HERE, ELSEWHERE, MANAGER = -100, -200, 7
FOR_MANAGERS = replace(ROW, id=2, audience="manager", card=text_of(replace(CARD, id="d" * 16, title="压低投放")))


def board(*rows: LedgerRow) -> LedgerBoard:
    made = LedgerBoard()
    made.hold(rows)
    return made


@pytest.mark.parametrize(
    ("asker", "seen"),
    [
        (Asker("operator", 1, HERE), [1]),
        (Asker("manager", 1, HERE), [1, 2]),
        (Asker("operator", 1, HERE, ("家电",)), [1]),
        (Asker("operator", 1, HERE, ("服饰",)), []),
        (Asker("manager", 1, ELSEWHERE), []),
        (Asker("operator", 1, 1), []),
        (Asker("manager", MANAGER, MANAGER), [1, 2]),
    ],
)
def test_entries_are_shown_in_their_chat_and_to_managers_in_private(asker: Asker, seen: list[int]) -> None:
    assert [entry.id for entry in board(replace(ROW, id=1), FOR_MANAGERS).seen_by(asker)] == seen


def test_the_name_of_a_tactic_for_managers_is_not_told_beside_one_for_everyone() -> None:
    held = board(replace(ROW, id=1), FOR_MANAGERS)
    for_everyone, for_managers = held.entries()
    assert [other.title for other in held.others(for_everyone, date(2026, 10, 25))] == [""]
    assert [other.title for other in held.others(for_managers, date(2026, 10, 25))] == [CARD.title]
